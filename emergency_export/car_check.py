"""A CAR looked at as a whole: header, rows and trailer must agree before a single row counts."""

from dataclasses import dataclass
from datetime import datetime

from emergency_export.faults import DamagedReply, Fault, FaultCode, RecordFault
from emergency_export.fields import FieldValue
from emergency_export.lines import FaultList, Line
from emergency_export.profiles import FileKind, Profile
from emergency_export.records import Layout


@dataclass(frozen=True, slots=True)
class CarHeader:
    """The head of a CAR; `created_at` is aware."""

    cupid: str
    created_at: datetime
    car_sequence: int
    file_name: str


class CarCheck:
    """Takes the lines of a CAR in order and compares header, rows and trailer."""

    def __init__(self, profile: Profile, name: str | None) -> None:
        self._profile = profile
        self._name = name
        self._faults = FaultList()
        self._header: dict[str, FieldValue] | None = None
        self._ended = False
        self.record_count = 0
        self.wanted: dict[str, FieldValue] = {}
        layouts = (
            (profile.car_header, self._take_header),
            (profile.car_row, self._take_row),
            (profile.car_trailer, self._take_trailer),
        )
        self._takers = {layout.fields[0].constant: take for layout, take in layouts}

    def take(self, line: Line) -> None:
        """Look at one line."""
        if line.fault is not None:
            self._faults.add(line.fault)
        if line.rest:
            return
        if self._ended:
            self._faults.add(Fault(FaultCode.TRAILER, "a line follows the trailer"), line=line.number)
        layout = self._profile.car_row
        sign = line.text[: layout.fields[0].width] if layout.fixed else line.text.split(layout.delimiter, 1)[0]
        taker = self._takers.get(sign)
        if taker is None:
            message = f"record type must be one of {', '.join(self._takers)}"
            self._faults.add(Fault(FaultCode.RECORD_TYPE, message, field="rec_type", columns=(1, 1)), line=line.number)
        else:
            taker(line)

    def drain(self) -> list[Fault]:
        """Return the faults found since the last call."""
        return self._faults.drain()

    def close(self) -> None:
        """Note what is missing, once the last line has been taken."""
        if not self._ended:
            self._faults.add(Fault(FaultCode.TRAILER, "the CAR has no trailer: it may have been cut off"))
        if self._header is None and not self._faults:
            self._faults.add(Fault(FaultCode.HEADER, "the CAR has no header"), line=1)

    def header(self) -> CarHeader:
        """Return the header of a CAR that has no fault; DamagedReply otherwise."""
        self.close()
        if self._faults or self._header is None:
            raise DamagedReply(self._faults.kept)
        values = self._header
        created, sequence = moment_of(values["created"], self._profile), number_or_none(values["car_sequence"])
        return CarHeader(str(values["cupid"]), created, sequence or 0, str(values["file_name"]))

    def _take_header(self, line: Line) -> None:
        if line.number != 1:
            self._faults.add(Fault(FaultCode.HEADER, "the header must come first, and once"), line=line.number)
            return
        layout = self._profile.car_header
        self._header = parsed_or_noted(layout, line, self._faults)
        if self._header is None:
            return
        if self._name is None:
            return
        parts = self._profile.names[FileKind.CAR].parts(self._name)
        if self._header["file_name"] != self._name:
            self._add(layout, "file_name", f"the header names another file than {self._name}", line)
        if parts is None or parts.cupid != self._header["cupid"]:
            self._add(layout, "cupid", "the file's name does not hold the header's CUPID", line)

    def _take_row(self, line: Line) -> None:
        if line.number == 1:
            self._faults.add(Fault(FaultCode.HEADER, "the CAR does not begin with its header"), line=1)
        self.record_count += 1
        layout = self._profile.car_row
        if layout.match(line.text) is None:
            for fault in layout.examine(line.text).faults:
                self._faults.add(fault, line=line.number, record=self.record_count)

    def _take_trailer(self, line: Line) -> None:
        self._ended = True
        layout = self._profile.car_trailer
        self.wanted = {"record_count": self.record_count}
        if self._header is not None:
            self.wanted |= {name: self._header[name] for name in ("cupid", "car_sequence")}
        values = parsed_or_noted(layout, line, self._faults)
        if values is None:
            return
        for name in ("cupid", "car_sequence"):
            if self._header is not None and values[name] != self._header[name]:
                self._add(layout, name, f"{name.replace('_', ' ')} is not that of the header", line)
        if values["record_count"] != self.record_count:
            said, message = values["record_count"], f"the CAR has {self.record_count}"
            self._add(layout, "record_count", f"record count is {said}, {message}", line, FaultCode.COUNT)

    def _add(self, layout: Layout, name: str, message: str, line: Line, code: FaultCode = FaultCode.DISAGREES) -> None:
        self._faults.add(Fault(code, message, field=name, columns=layout.columns.get(name)), line=line.number)


def parsed_or_noted(layout: Layout, line: Line, faults: FaultList) -> dict[str, FieldValue] | None:
    """Return a record's values, or None with its faults noted."""
    try:
        return layout.parse(line.text)
    except RecordFault as wrong:
        for fault in wrong.faults:
            faults.add(fault, line=line.number)
        return None


def longest_car_record(profile: Profile) -> int:
    """Return the length of the longest record of a CAR."""
    return max(profile.car_header.length, profile.car_row.length, profile.car_trailer.length)


def moment_of(value: FieldValue, profile: Profile) -> datetime:
    """Return a stamp as an aware time in the profile's zone."""
    if not isinstance(value, datetime):
        raise TypeError("a reply says when it was made")
    return value.replace(tzinfo=profile.timezone)


def number_or_none(value: FieldValue) -> int | None:
    """Return a number field's value."""
    return value if isinstance(value, int) else None
