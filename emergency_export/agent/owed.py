"""Replies owed: written down with the file they answer, put into the inbox afterwards, again after a crash.

The bytes of a reply follow from the database alone, so that writing one again gives the same reply.
"""

from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Row
from typing import NamedTuple

from emergency_export.agent.answer import FileAnswer
from emergency_export.agent.book import Book
from emergency_export.agent.desk import Desk
from emergency_export.agent.folder import put_whole


class Written(NamedTuple):
    """The names of replies that were put into the inbox, and of those that wait for their name to be free."""

    fcos: tuple[str, ...]
    cars: tuple[str, ...]
    waiting: tuple[str, ...]


def owe(book: Book, kind: str, name: str, file_id: int) -> None:
    """Note in the caller's transaction that a file is to be answered with an FCO or a CAR."""
    number = book.next_number("car") if kind == "CAR" else None
    book.connection.execute(
        "INSERT INTO replies (kind, name, file_id, car_sequence) VALUES (?, ?, ?, ?)",
        (kind, name, file_id, number),
    )


def write_owed(book: Book, inbox: Path, desk: Desk) -> Written:
    """Put every reply owed into the inbox, the oldest first, and mark it as written."""
    names: dict[str, list[str]] = {"FCO": [], "CAR": [], "waiting": []}
    owed = book.connection.execute(
        "SELECT replies.id AS reply_id, kind, replies.name AS reply_name, car_sequence, files.* FROM replies"
        " JOIN files ON files.id = file_id WHERE written = 0 ORDER BY replies.id"
    ).fetchall()
    for row in owed:
        lines = _fco(row, desk) if row["kind"] == "FCO" else _car(book, row, desk)
        content = (line.encode("ascii") + desk.form.line_end for line in lines)
        if put_whole(inbox, row["reply_name"], content):
            book.connection.execute("UPDATE replies SET written = 1 WHERE id = ?", (row["reply_id"],))
            names[row["kind"]].append(row["reply_name"])
        else:
            names["waiting"].append(row["reply_name"])
    return Written(tuple(names["FCO"]), tuple(names["CAR"]), tuple(names["waiting"]))


def _fco(row: Row, desk: Desk) -> Iterator[str]:
    answer = FileAnswer(row["name"], row["file_sequence"], row["reason"], row["received_count"], row["stamp"])
    yield desk.form.fco(answer)


def _car(book: Book, row: Row, desk: Desk) -> Iterator[str]:
    form, stamp, sequence = desk.form, row["stamp"], row["car_sequence"]
    yield form.car_header(cupid=desk.cupid, stamp=stamp, sequence=sequence, file_name=row["reply_name"])
    count = 0
    for answer in book.answers(row["id"]):
        yield form.car_row(answer, stamp)
        count += 1
    yield form.car_trailer(cupid=desk.cupid, sequence=sequence, count=count)
