"""Taking in one DAT: both checks, the records changed, the answers owed, in one database transaction."""

from pathlib import Path
from typing import BinaryIO, NamedTuple

from emergency_export.agent import codes
from emergency_export.agent.answer import RecordAnswer
from emergency_export.agent.arrival import Arrival, examine, lines_of, text_of
from emergency_export.agent.book import Book
from emergency_export.agent.check import Standards, check_record
from emergency_export.agent.desk import Desk
from emergency_export.agent.folder import mark_of
from emergency_export.agent.form import Form
from emergency_export.agent.owed import owe
from emergency_export.agent.sequence import enter_file, remember_lying, sequence_reason


class Taken(NamedTuple):
    """What became of a DAT: `reason` is blank when it was accepted, `refused` counts its refused records."""

    name: str
    reason: str
    refused: int


def take_in(book: Book, path: Path, desk: Desk, standards: Standards) -> Taken:
    """Check a DAT, apply its records and write down the replies owed; all of it or, on any error, nothing."""
    with path.open("rb") as stream:
        mark = mark_of(stream.fileno())
        arrival = examine(stream, path.name, desk.form, desk.cupid, desk.environment)
        with book.transaction():
            reason = _reason(book, arrival)
            file_id = enter_file(book, arrival, reason, desk.stamp())
            owe(book, "FCO", desk.form.naming.fco(arrival.name), file_id)
            refused = 0
            # A full file is for comparison only: it has no transactions to answer.
            if not reason and arrival.kind == "D" and arrival.received_count:
                stream.seek(0)
                refused = _answer_records(book, stream, file_id, desk.form, standards)
                owe(book, "CAR", desk.new_name(book, "CAR"), file_id)
            remember_lying(book, path, file_id, mark)
    return Taken(path.name, reason, refused)


def sequence_of(path: Path, desk: Desk) -> int | None:
    """Return the file number that a DAT's header states, if it can be read: files are taken in that order."""
    with path.open("rb") as stream:
        lines = lines_of(stream)
        raw = next(lines, b"")
        if desk.form.column_row is not None:
            raw = next(lines, b"")
    line = text_of(raw, desk.form)
    header = None if desk.form.wrong_length(line) else desk.form.read("H", line)
    number = header["file_sequence"] if header else ""
    return int(number) if number.isascii() and number.isdigit() else None


def _reason(book: Book, arrival: Arrival) -> str:
    if arrival.header_reason:
        return arrival.header_reason
    if arrival.sequence is None:  # pragma: no cover  a header without a number is a BADHEADER
        raise AssertionError
    return sequence_reason(book, arrival.sequence) or arrival.body_reason


def _answer_records(book: Book, stream: BinaryIO, file_id: int, form: Form, standards: Standards) -> int:
    """Apply the records of an accepted file one after the other and return how many were refused."""
    refused = 0
    for raw in lines_of(stream):
        values = form.read("D", text_of(raw, form))
        if values is None:  # header and trailer
            continue
        errors = check_record(
            values,
            book.held_date(values["telephone_no"]),
            used=book.is_used(values["txn_ref"]),
            standards=standards,
        )
        command = values["command"]
        code = errors[0] if errors else codes.SUCCESS[command]
        if errors:
            refused += 1
        elif command in {"C", "E"}:
            book.remove(values["telephone_no"])
        else:
            book.save(values)
        answer = RecordAnswer(values["txn_ref"], values["telephone_no"], command, code, ",".join(errors))
        book.keep_answer(file_id, int(values["rec_no"]), answer)
    return refused
