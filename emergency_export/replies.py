"""The agent's replies: FCO for a file, CAR for records. A damaged one is refused whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from emergency_export.car_check import (
    CarCheck,
    CarHeader,
    longest_car_record,
    moment_of,
    number_or_none,
)
from emergency_export.faults import DamagedReply, Fault, FaultCode, RecordFault
from emergency_export.fco_check import ACCEPTED, REJECTED, FcoCheck
from emergency_export.fields import FieldValue
from emergency_export.lines import Source, opened, read_lines
from emergency_export.profiles import Profile


@dataclass(frozen=True, slots=True)
class Fco:
    """The answer for one file; `reason` is '' where none is given, counts are None where left blank."""

    file_name: str
    file_sequence: int | None
    accepted: bool
    reason: str
    received_count: int | None
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class CarRow:
    """One reply for one transaction as it came; `txn_ref` is '' where the agent writes unasked.

    `record` counts the rows of the CAR from 1. `error_list` is for people: `response_code` decides.
    """

    record: int
    txn_ref: str
    telephone_no: str
    command: str
    response_code: str
    class_: str
    final: bool
    message_time: datetime
    error_count: int
    error_list: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class CarFile:
    """A CAR found whole; its rows are read again from the source each time, so that memory does not grow with it."""

    header: CarHeader
    record_count: int
    _source: Source = field(repr=False)
    _profile: Profile = field(repr=False)

    def rows(self) -> Iterator[CarRow]:
        """Yield the rows in order; DamagedReply where the source has changed since it was found whole."""
        layout, zone = self._profile.car_row, self._profile
        sign = layout.fields[0].constant
        with opened(self._source) as stream:
            if not isinstance(self._source, bytes):
                stream.seek(0)
            record = 0
            for line in read_lines(stream, self._profile.line_ending, longest_car_record(self._profile)):
                if not line.text.startswith(sign):
                    continue
                record += 1
                try:
                    yield _car_row(layout.parse(line.text), record, zone)
                except RecordFault as wrong:
                    raise DamagedReply([replace(fault, line=line.number) for fault in wrong.faults]) from wrong
        if record != self.record_count:
            raise DamagedReply(
                [Fault(FaultCode.COUNT, f"the CAR has {record} rows, {self.record_count} were found before")]
            )


def read_fco(source: Source, name: str, profile: Profile) -> Fco:
    """Return the file-level reply named `name`; DamagedReply carries every fault with its columns."""
    check = FcoCheck(profile, name)
    with opened(source) as stream:
        for line in read_lines(stream, profile.line_ending, profile.fco.length):
            check.take(line)
    values = check.values()
    return Fco(
        file_name=str(values["file_name"]),
        file_sequence=number_or_none(values["file_sequence"]),
        accepted=values["status"] == ACCEPTED,
        reason=str(values["reason"]),
        received_count=number_or_none(values["received_count"]),
        answered_at=moment_of(values["answered"], profile),
    )


def read_car(source: Source, name: str, profile: Profile) -> CarFile:
    """Return the record-level replies named `name`; DamagedReply carries every fault of the whole file.

    `source` must be readable again: a path, bytes, or a stream that can seek.
    """
    check = CarCheck(profile, name)
    with opened(source) as stream:
        for line in read_lines(stream, profile.line_ending, longest_car_record(profile)):
            check.take(line)
    return CarFile(check.header(), check.record_count, source, profile)


def render_fco(fco: Fco, profile: Profile) -> bytes:
    """Return the bytes of an FCO; RecordFault where a value has no place in it."""
    values: dict[str, FieldValue] = {
        "file_name": fco.file_name,
        "file_sequence": fco.file_sequence,
        "status": ACCEPTED if fco.accepted else REJECTED,
        "reason": fco.reason,
        "received_count": fco.received_count,
        "answered": _local(fco.answered_at, profile),
    }
    return (profile.fco.render(values) + profile.line_ending).encode("ascii")


def render_car(header: CarHeader, rows: Iterable[CarRow], profile: Profile) -> Iterator[bytes]:
    """Yield the records of a CAR; the trailer counts what was written. RecordFault where a value has no place."""
    ending = profile.line_ending.encode("ascii")
    created = _local(header.created_at, profile)
    head: dict[str, FieldValue] = {
        "cupid": header.cupid,
        "created": created,
        "car_sequence": header.car_sequence,
        "file_name": header.file_name,
    }
    yield profile.car_header.render(head).encode("ascii") + ending
    record = 0
    for record, row in enumerate(rows, 1):  # noqa: B007  the trailer counts
        yield profile.car_row.render(_row_values(row, profile)).encode("ascii") + ending
    yield profile.car_trailer.render(head | {"record_count": record}).encode("ascii") + ending


def _car_row(values: Mapping[str, FieldValue], record: int, profile: Profile) -> CarRow:
    return CarRow(
        record=record,
        txn_ref=str(values["txn_ref"]),
        telephone_no=str(values["telephone_no"]),
        command=str(values["command"]),
        response_code=str(values["response_code"]),
        class_=str(values["class"]),
        final=values["final"] == "Y",
        message_time=moment_of(values["message_time"], profile),
        error_count=number_or_none(values["error_count"]) or 0,
        error_list=tuple(code for code in str(values["error_list"]).split(",") if code),
        text=str(values["text"]),
    )


def _row_values(row: CarRow, profile: Profile) -> dict[str, FieldValue]:
    return {
        "txn_ref": row.txn_ref,
        "telephone_no": row.telephone_no,
        "command": row.command,
        "response_code": row.response_code,
        "class": row.class_,
        "final": "Y" if row.final else "N",
        "message_time": _local(row.message_time, profile),
        "error_count": row.error_count,
        "error_list": ",".join(row.error_list),
        "text": row.text,
    }


def _local(moment: datetime, profile: Profile) -> datetime:
    return moment.astimezone(profile.timezone).replace(microsecond=0, tzinfo=None)
