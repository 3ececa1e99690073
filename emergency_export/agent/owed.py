"""Replies owed: written down with what they answer, in the same transaction.

The bytes of a reply follow from the database alone, so that writing one again gives the same reply.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from emergency_export.agent import codes
from emergency_export.agent.answer import RecordAnswer
from emergency_export.agent.book import Book
from emergency_export.agent.desk import Desk
from emergency_export.agent.sendings import LOST, WHOLE, Sending, delay_of, plan

_BLANK_ROWS = (
    (codes.NUMBER_MISSING, ""),
    (codes.NO_IMPORT, "E"),
    (codes.EXPORT_OVERDUE, "E"),
    (codes.NO_EXPORT, "I"),
    (codes.IMPORT_OVERDUE, "I"),
)


def owe(book: Book, desk: Desk, kind: str, key: str, *, file_id: int | None = None, after: int = 0) -> int:
    """Note in the caller's transaction that a reply is due `after` so many steps, and return its row.

    `key` names the reply where its faults are drawn.
    """
    planned = plan(desk.faults, kind, key, after=after)
    reply_id = _enter(book, desk, (kind, file_id, key, None), planned.own)
    if planned.renamed:
        _enter(book, desk, (kind, file_id, f"{key}/AGAIN", reply_id), planned.renamed)
    return reply_id


def owe_fco(book: Book, desk: Desk, key: str, file_id: int, dat_name: str) -> None:
    """Note that a file is to be answered; its FCO has its name at once."""
    # "CAR before FCO": one step behind the first CAR of the same file, however late that is.
    after = 1 + delay_of(desk.faults, f"{key}/CAR") if desk.faults.happens("shuffle", key) else 0
    reply_id = owe(book, desk, "FCO", f"{key}/FCO", file_id=file_id, after=after)
    name = desk.form.naming.fco(dat_name)
    book.connection.execute("UPDATE replies SET name = ?, issued = decided WHERE id = ?", (name, reply_id))


def _enter(book: Book, desk: Desk, reply: tuple[str, int | None, str, int | None], sent: Iterable[Sending]) -> int:
    kind, file_id, key, rows_of = reply
    reply_id = book.connection.execute(
        "INSERT INTO replies (kind, file_id, reply_key, rows_of, decided) VALUES (?, ?, ?, ?, ?)",
        (kind, file_id, key, rows_of, desk.stamp()),
    ).lastrowid
    if reply_id is None:  # pragma: no cover  an INSERT always has a row
        raise AssertionError
    step = book.counted("step")
    rows = [(reply_id, step + sending.after, sending.form) for sending in sent]
    book.connection.executemany("INSERT INTO sendings (reply_id, due, form) VALUES (?, ?, ?)", rows)
    return reply_id


@dataclass(slots=True)
class Car:
    """The rows of one CAR, which is owed as soon as it has one."""

    book: Book
    desk: Desk
    key: str
    file_id: int | None = None
    after: int = 0
    shuffled: bool = False
    reply_id: int | None = None
    _line: int = field(default=0)

    def add(self, answer: RecordAnswer) -> None:
        """Write down what one record is answered."""
        if self.reply_id is None:
            self.reply_id = owe(self.book, self.desk, "CAR", self.key, file_id=self.file_id, after=self.after)
        self._line += 1
        place = self.desk.faults.draw("place", f"{self.key}/{self._line}") if self.shuffled else self._line
        self.book.connection.execute(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (self.reply_id, place, self._line, *answer)
        )

    def close(self) -> None:
        """Add the row that nobody asked for, where that is among the faults: its reference is blank."""
        if self.reply_id is None or not self.desk.faults.happens("unsolicited", self.key):
            return
        row = self.book.connection.execute(
            "SELECT telephone_no FROM answers WHERE reply_id = ? ORDER BY line LIMIT 1", (self.reply_id,)
        ).fetchone()
        code, command = self.desk.faults.choose("unsolicited row", self.key, _BLANK_ROWS)
        self.add(RecordAnswer("", row["telephone_no"], command, code, ""))


class FileAnswers:
    """The answers to the records of one file: one CAR, or two where part of them comes later."""

    def __init__(self, book: Book, desk: Desk, key: str, file_id: int) -> None:
        faults = desk.faults
        self._faults = faults
        self._partial = faults.happens("partial", key)
        shuffled = faults.happens("shuffle", key)
        self._first = Car(book, desk, f"{key}/CAR", file_id, shuffled=shuffled)
        later = 1 + delay_of(faults, f"{key}/CAR")
        self._rest = Car(book, desk, f"{key}/REST", file_id, after=later, shuffled=shuffled)

    def add(self, answer: RecordAnswer) -> None:
        """Write down the answer to the next record."""
        reference = answer.txn_ref
        if self._faults.happens("non_final", reference):
            code = self._faults.choose("non-final code", reference, (codes.NOT_OWNED, codes.NUMBER_MISSING))
            self._first.add(answer._replace(code=code, errors=code if code == codes.NOT_OWNED else ""))
            self._rest.add(answer)
        elif self._partial and self._faults.draw("partial row", reference) < 0.5:  # noqa: PLR2004  half of them
            self._rest.add(answer)
        else:
            self._first.add(answer)

    def close(self) -> None:
        """Add what is added at the end of a CAR."""
        self._first.close()
        self._rest.close()


def calm(book: Book, *, recover: bool) -> None:
    """Make everything owed due at once, whole and once; with `recover` what was lost is owed again."""
    book.connection.execute(
        "DELETE FROM sendings WHERE done = 0 AND form <> ? AND"
        " (form <> ? OR reply_id IN (SELECT id FROM replies WHERE rows_of IS NOT NULL)"
        "  OR EXISTS (SELECT 1 FROM sendings AS other WHERE other.reply_id = sendings.reply_id"
        "   AND other.form = ? AND other.id < sendings.id))",
        (LOST, WHOLE, WHOLE),
    )
    book.connection.execute("UPDATE sendings SET due = 0 WHERE done = 0 AND form <> ?", (LOST,))
    if recover:
        book.connection.execute("UPDATE sendings SET due = 0, form = ? WHERE form = ?", (WHOLE, LOST))


def count_owed(book: Book) -> int:
    """Return how many times a reply is still to be put into the inbox."""
    row = book.connection.execute("SELECT count(*) FROM sendings WHERE done = 0 AND form <> ?", (LOST,)).fetchone()
    return int(row[0])
