"""Taking in one DAT: both checks, the records changed, the answers owed, in one database transaction."""

from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from emergency_export.agent import codes
from emergency_export.agent.answer import RecordAnswer
from emergency_export.agent.arrival import Arrival, examine, lines_of, text_of
from emergency_export.agent.book import Book
from emergency_export.agent.check import Standards, check_record
from emergency_export.agent.desk import Desk
from emergency_export.agent.exchange import Exchange
from emergency_export.agent.faults import Faults
from emergency_export.agent.owed import FileAnswers, owe_fco
from emergency_export.agent.ports import open_port, open_ports, pass_by
from emergency_export.agent.sequence import (
    arrivals_of,
    enter_file,
    file_key,
    lose_once,
    remember_lying,
    sequence_reason,
)


class Taken(NamedTuple):
    """What became of a DAT: `reason` is blank when it was accepted, `refused` counts its refused records.

    One that is `lost` was taken away unread.
    """

    name: str
    reason: str = ""
    refused: int = 0
    lost: bool = False


def take_in(book: Book, exchange: Exchange, name: str, desk: Desk, standards: Standards) -> Taken:
    """Check a DAT, apply its records and write down the replies owed; all of it or, on any error, nothing."""
    with exchange.open(name) as (stream, mark):
        arrival = examine(stream, name, desk.form, desk.cupid, desk.environment)
        if desk.faults.happens("lose_file", file_key(arrival)) and lose_once(book, file_key(arrival)):
            exchange.remove(name)
            return Taken(name, lost=True)
        with book.transaction():
            key = f"{file_key(arrival)}/{arrivals_of(book, arrival)}"
            reason = _reason(book, arrival) or _unfounded_reason(book, arrival, desk.faults)
            file_id = enter_file(book, arrival, reason, desk.stamp())
            owe_fco(book, desk, key, file_id, arrival.name)
            refused = 0
            # A full file is for comparison only: it has no transactions to answer.
            if not reason and arrival.kind == "D" and arrival.received_count:
                stream.seek(0)
                answers = FileAnswers(book, desk, key, file_id)
                refused = _answer_records(book, stream, desk, standards, answers.add)
                answers.close()
            remember_lying(book, name, file_id, mark)
    return Taken(name, reason, refused)


def sequence_of(exchange: Exchange, name: str, desk: Desk) -> int | None:
    """Return the file number that a DAT's header states, if it can be read: files are taken in that order."""
    lines = exchange.head(name).splitlines(keepends=True)
    at = 0 if desk.form.column_row is None else 1
    line = text_of(lines[at], desk.form) if len(lines) > at else ""
    header = None if desk.form.wrong_length(line) else desk.form.read("H", line)
    number = header["file_sequence"] if header else ""
    return int(number) if number.isascii() and number.isdigit() else None


def _reason(book: Book, arrival: Arrival) -> str:
    if arrival.header_reason:
        return arrival.header_reason
    if arrival.sequence is None:  # pragma: no cover  a header without a number is a BADHEADER
        raise AssertionError
    return sequence_reason(book, arrival.sequence) or arrival.body_reason


def _unfounded_reason(book: Book, arrival: Arrival, faults: Faults) -> str:
    """Return the reason against a file that is right: the one asked for, or one by chance, once for each number."""
    if requested := book.take_request():
        return requested
    key = file_key(arrival)
    if arrivals_of(book, arrival) or not faults.happens("refuse_file", key):
        return ""
    return faults.choose("refuse_file reason", key, faults.refuse_file_reasons)


def _answer_records(
    book: Book, stream: BinaryIO, desk: Desk, standards: Standards, answer: Callable[[RecordAnswer], None]
) -> int:
    """Apply the records of an accepted file one after the other and return how many were refused."""
    refused = 0
    in_ports = open_ports(book)
    for raw in lines_of(stream):
        values = desk.form.read("D", text_of(raw, desk.form))
        if values is None:  # header and trailer
            continue
        number, command = values["telephone_no"], values["command"]
        errors = check_record(
            values, book.held_date(number), used=book.is_used(values["txn_ref"]), standards=standards
        ) or _unfounded_errors(values, desk.faults)
        if number in in_ports:
            pass_by(book, number)
        code = errors[0] if errors else codes.SUCCESS[command]
        if errors:
            refused += 1
        elif command in {"E", "I"}:
            open_port(book, values)
            in_ports.add(number)
        # A refusal by chance that there is no record is made true: the CP may count on it.
        if code == codes.NO_RECORD or (not errors and command in {"C", "E"}):
            book.remove(number)
        elif not errors:
            book.save(values)
        answer(RecordAnswer(values["txn_ref"], number, command, code, ",".join(errors)))
    return refused


def _unfounded_errors(values: dict[str, str], faults: Faults) -> tuple[str, ...]:
    """Return what is said by chance against a record that is right."""
    reference = values["txn_ref"]
    if not faults.happens("reject", reference):
        return ()
    possible = [code for code in faults.reject_codes or codes.REFUSALS if values["command"] in codes.REFUSED_OF[code]]
    return (faults.choose("reject code", reference, possible),) if possible else ()
