"""Files seen: which number is expected next, which are spent, which copies lie in the outbox answered."""

from sqlite3 import Row

from emergency_export.agent.arrival import Arrival
from emergency_export.agent.book import Book
from emergency_export.agent.exchange import Mark


def next_expected(book: Book) -> int:
    """Return the lowest file number that has not been seen."""
    row = book.connection.execute("SELECT value FROM counters WHERE name = 'file'").fetchone()
    return int(row[0]) + 1


def sequence_reason(book: Book, number: int) -> str:
    """Return SEQDUP for a number that is spent, SEQGAP for one beyond the next, else a blank."""
    expected = next_expected(book)
    if number < expected or _is_spent(book, number):
        return "SEQDUP"
    return "SEQGAP" if number > expected else ""


def enter_file(book: Book, arrival: Arrival, reason: str, stamp: str) -> int:
    """Write down a file with the agent's decision and return its row.

    A refused file's number is spent like an accepted one's, SEQGAP excepted; SEQDUP says that it is spent.
    """
    spends = arrival.sequence is not None and reason != "SEQGAP"
    file_id = book.connection.execute(
        "INSERT INTO files (name, sha256, file_sequence, spent, reason, received_count, stamp)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (arrival.name, arrival.sha256, arrival.sequence, spends, reason, arrival.received_count, stamp),
    ).lastrowid
    expected = next_expected(book)
    while _is_spent(book, expected):
        expected = book.next_number("file") + 1
    if file_id is None:  # pragma: no cover  an INSERT always has a row
        raise AssertionError
    return file_id


def _is_spent(book: Book, number: int) -> bool:
    found = book.connection.execute("SELECT 1 FROM files WHERE file_sequence = ? AND spent LIMIT 1", (number,))
    return found.fetchone() is not None


def file_key(arrival: Arrival) -> str:
    """Return what a file is called where faults are drawn: its number, else its name."""
    return arrival.name if arrival.sequence is None else f"{arrival.sequence:06d}"


def arrivals_of(book: Book, arrival: Arrival) -> int:
    """Return how many files of this number, or name where it has none, were judged before."""
    column, value = ("name", arrival.name) if arrival.sequence is None else ("file_sequence", arrival.sequence)
    row = book.connection.execute(f"SELECT count(*) FROM files WHERE {column} = ?", (value,)).fetchone()  # noqa: S608
    return int(row[0])


def lose_once(book: Book, key: str) -> bool:
    """Note that a file is lost; False where it was before: it comes through the second time."""
    done = book.connection.execute("INSERT OR IGNORE INTO lost VALUES (?)", (key,))
    return done.rowcount == 1


def lying(book: Book, name: str) -> Row | None:
    """Return what is known of the answered copy of a DAT in the outbox: its mark, digest, number, reason."""
    row: Row | None = book.connection.execute(
        "SELECT lying.*, sha256, file_sequence, reason FROM lying JOIN files ON files.id = file_id"
        " WHERE lying.name = ?",
        (name,),
    ).fetchone()
    return row


def remember_lying(book: Book, name: str, file_id: int, mark: Mark) -> None:
    """Note that this copy has been answered and still lies in the outbox."""
    book.connection.execute("INSERT OR REPLACE INTO lying VALUES (?, ?, ?, ?, ?)", (name, file_id, *mark))


def forget_absent(book: Book, present: set[str]) -> None:
    """Forget the copies that were taken away: the same name again is then a resend."""
    for (name,) in book.connection.execute("SELECT name FROM lying").fetchall():
        if name not in present:
            book.connection.execute("DELETE FROM lying WHERE name = ?", (name,))


def is_same_copy(row: Row, mark: Mark) -> bool:
    """Tell whether the file in the outbox is untouched since it was answered."""
    return Mark(row["size"], row["mtime_ns"], row["inode"]) == mark
