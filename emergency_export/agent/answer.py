"""The text of what the agent answers: FCO lines and CAR records, by the widths of the interface's tables."""

from typing import NamedTuple

from emergency_export.agent.codes import CODES


class RecordAnswer(NamedTuple):
    """The agent's answer to one record; `errors` are the codes against it with commas, blank on success."""

    txn_ref: str
    telephone_no: str
    command: str
    code: str
    errors: str


def fco_line(*, dat_name: str, sequence: int | None, reason: str, received_count: int, stamp: str) -> bytes:
    """Return the one line of an FCO; `stamp` is CCYYMMDDHHMMSS. A number that cannot be read is 000000."""
    decision = "REJECTED" if reason else "ACCEPTED"
    number = f"{sequence or 0:06d}"
    return f"F|{dat_name}|{number}|{decision}|{reason}|{received_count}|{stamp}\r\n".encode("ascii")


def car_header(*, cupid: str, stamp: str, sequence: int, file_name: str) -> bytes:
    """Return the header of a CAR: 44 characters."""
    return f"H{cupid:3}{stamp:14}{sequence:06d}{file_name:20}\r\n".encode("ascii")


def car_row(answer: RecordAnswer, stamp: str) -> bytes:
    """Return the row for one record: 183 characters."""
    row = CODES[answer.code]
    errors = answer.errors.split(",") if answer.errors else []
    return (
        f"R{answer.txn_ref:20}{answer.telephone_no:15}{answer.command:1}{row.code:4}{row.class_:5}{row.final:1}"
        f"{stamp:14}{len(errors):02d}{answer.errors:40}{row.text:80}\r\n"
    ).encode("ascii")


def car_trailer(*, cupid: str, sequence: int, count: int) -> bytes:
    """Return the trailer of a CAR: 17 characters."""
    return f"T{cupid:3}{sequence:06d}{count:07d}\r\n".encode("ascii")
