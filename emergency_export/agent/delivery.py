"""Replies on their way: a CAR gets its name and number when it is due, then each is put into the inbox."""

from collections.abc import Iterable, Iterator
from sqlite3 import Row
from typing import NamedTuple

from emergency_export.agent import damage
from emergency_export.agent.answer import FileAnswer, RecordAnswer
from emergency_export.agent.book import Book, DayFullError
from emergency_export.agent.desk import Desk
from emergency_export.agent.exchange import Exchange
from emergency_export.agent.sendings import LOST, WHOLE


class Written(NamedTuple):
    """The names of replies that were put into the inbox, and of those that wait for their name to be free."""

    fcos: tuple[str, ...]
    cars: tuple[str, ...]
    waiting: tuple[str, ...]


def write_due(book: Book, exchange: Exchange, desk: Desk) -> Written:
    """Put every reply that is due into the inbox, the oldest first, and mark it as sent."""
    step = book.counted("step")
    with book.transaction():
        _issue(book, desk, step)
    names: dict[str, list[str]] = {"FCO": [], "CAR": [], "waiting": []}
    due = book.connection.execute(
        "SELECT sendings.id AS sending_id, form, replies.* FROM sendings JOIN replies ON replies.id = reply_id"
        " WHERE done = 0 AND due <= ? AND form <> ? AND name IS NOT NULL ORDER BY sendings.id",
        (step, LOST),
    ).fetchall()
    for row in due:
        # A second sending cannot be seen while the first lies there.
        again = _sent_before(book, row) and exchange.lies(row["name"])
        if not again and exchange.put(row["name"], _content(book, row, desk)):
            book.connection.execute("UPDATE sendings SET done = 1 WHERE id = ?", (row["sending_id"],))
            names[row["kind"]].append(row["name"])
        else:
            names["waiting"].append(row["name"])
    return Written(tuple(names["FCO"]), tuple(names["CAR"]), tuple(names["waiting"]))


def _issue(book: Book, desk: Desk, step: int) -> None:
    """Give the CARs that are due their names; what finds the names of the day used up waits for the next."""
    unnamed = book.connection.execute(
        "SELECT * FROM replies WHERE name IS NULL AND id IN"
        " (SELECT reply_id FROM sendings WHERE done = 0 AND due <= ? AND form <> ?) ORDER BY id",
        (step, LOST),
    ).fetchall()
    for row in sorted(unnamed, key=lambda row: _turn(row, desk)):
        try:
            name = desk.new_name(book, "CAR")
        except DayFullError:
            return
        if desk.faults.happens("gap", row["reply_key"]):
            book.next_number("car")
        book.connection.execute(
            "UPDATE replies SET name = ?, car_sequence = ?, issued = ? WHERE id = ?",
            (name, book.next_number("car"), desk.stamp(), row["id"]),
        )


def _turn(row: Row, desk: Desk) -> tuple[float, int]:
    """Order CARs as they came about; those that are shuffled go behind, in the order of a draw."""
    key = row["reply_key"].rpartition("/")[0]
    return desk.faults.draw("turn", key) if desk.faults.happens("shuffle", key) else -1.0, row["id"]


def _sent_before(book: Book, row: Row) -> bool:
    found = book.connection.execute(
        "SELECT 1 FROM sendings WHERE reply_id = ? AND done = 1 AND form = ? LIMIT 1", (row["id"], WHOLE)
    )
    return found.fetchone() is not None


def _content(book: Book, row: Row, desk: Desk) -> Iterable[bytes]:
    lines = _fco(book, row, desk) if row["kind"] == "FCO" else _car(book, row, desk)
    content = (line.encode("ascii") + desk.form.line_end for line in lines)
    if row["form"] in {damage.CUT, damage.FLIPPED}:
        spoil = damage.cut if row["form"] == damage.CUT else damage.flip
        return [spoil(b"".join(content), desk.faults.draw("damage place", row["reply_key"]))]
    return content


def _fco(book: Book, row: Row, desk: Desk) -> Iterator[str]:
    file = book.connection.execute("SELECT * FROM files WHERE id = ?", (row["file_id"],)).fetchone()
    answer = FileAnswer(file["name"], file["file_sequence"], file["reason"], file["received_count"], file["stamp"])
    yield desk.form.fco(answer)


def _car(book: Book, row: Row, desk: Desk) -> Iterator[str]:
    form, sequence = desk.form, row["car_sequence"]
    yield form.car_header(cupid=desk.cupid, stamp=row["issued"], sequence=sequence, file_name=row["name"])
    count = 0
    for answer in _answers(book, row["rows_of"] or row["id"]):
        yield form.car_row(answer, row["decided"])
        count += 1
    if row["form"] == damage.MISCOUNTED:
        count += 1
    yield form.car_trailer(cupid=desk.cupid, sequence=sequence, count=count)


def _answers(book: Book, reply_id: int) -> Iterator[RecordAnswer]:
    rows = book.connection.execute(
        "SELECT txn_ref, telephone_no, command, code, errors FROM answers WHERE reply_id = ? ORDER BY place, line",
        (reply_id,),
    )
    for row in rows:
        yield RecordAnswer(*row)
