"""A file looked at line by line: header, records, trailer and control totals must agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from emergency_export.faults import Fault, FaultCode, RecordFault
from emergency_export.fields import FieldValue
from emergency_export.lines import FaultList, Line
from emergency_export.profiles import FileKind, Profile
from emergency_export.records import Layout
from emergency_export.rows import FULL, FileFacts
from emergency_export.totals import ControlTotals, Totals


@dataclass(frozen=True, slots=True)
class FileReport:
    """What a file holds and all that is wrong with it; `faults_left_out` counts those beyond the first thousand."""

    facts: FileFacts | None
    totals: Totals
    faults: tuple[Fault, ...]
    faults_left_out: int = 0

    @property
    def record_count(self) -> int:
        """Return the number of data records read."""
        return self.totals.record_count

    @property
    def counts(self) -> Mapping[str, int]:
        """Return the records by command, '' the blank one."""
        return self.totals.counts

    @property
    def sha256(self) -> str:
        """Return the digest of every byte of the file."""
        return self.totals.sha256


def column_line(profile: Profile) -> str:
    """Return the line of column names, '' where the profile has none."""
    return profile.data.delimiter.join(spec.name for spec in profile.data.fields) if profile.column_names else ""


def facts_of(values: Mapping[str, FieldValue], profile: Profile) -> FileFacts:
    """Return the facts that a header's values state."""
    day, moment, stamp = values.get("created_date"), values.get("created_time"), values.get("created")
    if isinstance(day, date) and isinstance(moment, time):
        stamp = datetime.combine(day, moment)
    if not isinstance(stamp, datetime):
        raise TypeError("a header says when it was created")
    texts = {name: str(values[name]) for name in ("cupid", "file_kind", "environment", "file_name")}
    sequence = values["file_sequence"]
    return FileFacts(
        file_sequence=sequence if isinstance(sequence, int) else 0,
        created_at=stamp.replace(tzinfo=profile.timezone),
        **texts,
    )


class FileCheck:
    """Takes the lines in order; what stands where decides, so that one wrong line does not hide the others."""

    def __init__(self, profile: Profile, facts: FileFacts | None, name: str | None) -> None:
        self._profile = profile
        self._expected = facts
        self._name = name
        self._faults = FaultList()
        self._totals = ControlTotals(profile)
        self._facts: FileFacts | None = None
        self._headers = 0
        self._trailer_values: Mapping[str, FieldValue] | None = None
        self.wanted: Mapping[str, FieldValue] = {}
        self._number_spec = profile.data.by_name["rec_no"]
        self._next_number = 1
        self._names_seen = not profile.column_names
        width = profile.header.fields[0].width
        signs = ((profile.header, self._header), (profile.data, self._data), (profile.trailer, self._trailer))
        self._takers = {layout.fields[0].padded(layout.fields[0].constant)[:width]: take for layout, take in signs}
        self._sign_width = width

    def take(self, line: Line) -> None:
        """Look at one line."""
        if line.fault is not None:
            self._faults.add(line.fault)
        if line.rest:
            self._totals.take(line.raw)
            return
        if not self._names_seen:
            self._names_seen = True
            self._column_names(line)
            return
        if self._trailer_values is not None:
            self._faults.add(Fault(FaultCode.TRAILER, "a line follows the trailer"), line=line.number)
        self._takers.get(self._sign(line.text), self._unknown)(line)

    def drain(self) -> list[Fault]:
        """Return the faults found since the last call; `report` then holds those alone that come at the end."""
        return self._faults.drain()

    def report(self) -> FileReport:
        """Return what was found, once the last line has been taken."""
        if not self._headers:
            self._faults.add(Fault(FaultCode.HEADER, "the file has no header"), line=1)
        if self._trailer_values is None:
            self._faults.add(Fault(FaultCode.TRAILER, "the file has no trailer: it may have been cut off"))
        return FileReport(self._facts, self._totals.close(b""), tuple(self._faults.kept), self._faults.left_out)

    def _sign(self, text: str) -> str:
        layout = self._profile.data
        return text[: self._sign_width] if layout.fixed else text.split(layout.delimiter, 1)[0]

    def _column_names(self, line: Line) -> None:
        if line.text != column_line(self._profile):
            message = "the first line must hold the names of the columns, in the profile's order"
            self._faults.add(Fault(FaultCode.HEADER, message), line=line.number)
        self._totals.take(line.raw)

    def _unknown(self, line: Line) -> None:
        signs = ", ".join(self._takers)
        fault = Fault(
            FaultCode.RECORD_TYPE,
            f"record type must be one of {signs}",
            field="rec_type",
            columns=(1, self._sign_width),
        )
        self._faults.add(fault, line=line.number)
        self._totals.take(line.raw)

    def _parsed(self, layout: Layout, line: Line) -> dict[str, FieldValue] | None:
        try:
            return layout.parse(line.text)
        except RecordFault as wrong:
            for fault in wrong.faults:
                self._faults.add(fault, line=line.number)
            return None

    def _disagrees(
        self, layout: Layout, name: str, line: Line, message: str, code: FaultCode = FaultCode.DISAGREES
    ) -> None:
        self._faults.add(Fault(code, message, field=name, columns=layout.columns.get(name)), line=line.number)

    def _header(self, line: Line) -> None:
        self._headers += 1
        if line.number != 1 + self._profile.column_names:
            self._faults.add(Fault(FaultCode.HEADER, "the header must come first, and once"), line=line.number)
        values = self._parsed(self._profile.header, line)
        self._totals.take(line.raw)
        if values is None or self._headers > 1:
            return
        self._facts = facts_of(values, self._profile)
        self._check_name(self._facts, line)
        if self._expected is not None:
            for name, wanted in self._expected.values(self._profile.timezone).items():
                if name in values and values[name] != wanted:
                    self._disagrees(
                        self._profile.header, name, line, f"{name.replace('_', ' ')} is not that of the file"
                    )

    def _check_name(self, facts: FileFacts, line: Line) -> None:
        kind = self._profile.kind_of(facts.file_name)
        if kind not in {FileKind.DAT, FileKind.EXT}:
            self._disagrees(self._profile.header, "file_name", line, "file name is not one that this format makes")
            return
        parts = self._profile.names[kind].parts(facts.file_name)
        if parts is not None and parts.cupid != facts.cupid:
            self._disagrees(self._profile.header, "file_name", line, "file name and header name different CUPIDs")
        if kind is FileKind.EXT and facts.file_kind != FULL:
            self._disagrees(self._profile.header, "file_kind", line, f"an extract is of kind {FULL}")
        if self._name is not None and self._name != facts.file_name:
            self._disagrees(
                self._profile.header, "file_name", line, f"the file is named {self._name}, its header says otherwise"
            )

    def _data(self, line: Line) -> None:
        layout = self._profile.data
        match = layout.match(line.text)
        if match is not None:
            number, cupid = match["rec_no"], match["parent_cupid"]
            said: str | None = layout.command_in(line.text)
        else:
            texts = self._examined(line)
            number, cupid, said = texts.get("rec_no", ""), texts.get("parent_cupid", ""), texts.get("command")
        command = said if said is not None and said in self._profile.commands else ""
        self._totals.take(line.raw, (command,))
        self._check_number(number, line)
        if self._facts is not None:
            if cupid.strip(" ") != self._facts.cupid:
                self._record_fault("parent_cupid", FaultCode.DISAGREES, "parent cupid is not the header's CUPID", line)
            # a command that is unknown, or that a short line does not reach, is not said to be missing as well
            if said is not None and (self._facts.file_kind == FULL) != (said == ""):
                wanted = (
                    "a full file carries no commands"
                    if said
                    else "command is missing; only a full file leaves it blank"
                )
                self._record_fault("command", FaultCode.COMMAND, wanted, line)
        if self._next_number == self._profile.max_records + 2:
            message = f"a file holds at most {self._profile.max_records} records"
            self._faults.add(Fault(FaultCode.TOO_MANY, message), line=line.number)

    def _examined(self, line: Line) -> Mapping[str, str]:
        reading = self._profile.data.examine(line.text)
        for fault in reading.faults:
            self._faults.add(fault, line=line.number, record=self._next_number)
        # a number that is none is not repeated in a message: in a shifted row it may be a telephone's
        wrong = {fault.field for fault in reading.faults}
        return {name: text for name, text in reading.texts.items() if name != "rec_no" or name not in wrong}

    def _record_fault(self, name: str, code: FaultCode, message: str, line: Line) -> None:
        fault = Fault(code, message, field=name, columns=self._profile.data.columns.get(name))
        self._faults.add(fault, line=line.number, record=self._next_number - 1)

    def _check_number(self, text: str, line: Line) -> None:
        expected, self._next_number = self._next_number, self._next_number + 1
        if text == self._number_spec.padded(str(expected)) or text == str(expected):
            return
        if text.isdecimal() and text.isascii():
            self._record_fault(
                "rec_no", FaultCode.RECORD_NUMBER, f"record number is {int(text)}, {expected} was due", line
            )
            self._next_number = int(text) + 1

    def _trailer(self, line: Line) -> None:
        wanted = self._totals.trailer_values()
        layout = self._profile.trailer
        if self._facts is not None:
            known = self._facts.values(self._profile.timezone)
            wanted |= {name: value for name, value in known.items() if name in layout.by_name}
        values = self._sound(layout, line)
        self._totals.take(line.raw)
        if self._trailer_values is not None:
            return
        self._trailer_values, self.wanted = values, wanted
        for name, value in wanted.items():
            if name in values and values[name] != value:
                self._disagrees(layout, name, line, *_difference(name, values[name], value))

    def _sound(self, layout: Layout, line: Line) -> dict[str, FieldValue]:
        """Return the values that have no fault; none at all where the record's shape leaves in doubt what is what."""
        reading = layout.examine(line.text)
        for fault in reading.faults:
            self._faults.add(fault, line=line.number)
        wrong = {fault.field for fault in reading.faults}
        if None in wrong:
            return {}
        return {name: layout.by_name[name].value_of(text) for name, text in reading.texts.items() if name not in wrong}


def _difference(name: str, said: FieldValue, found: FieldValue) -> tuple[str, FaultCode]:
    label = name.replace("_", " ")
    if name == "checksum":
        return f"checksum is {said}, the bytes before the trailer give {found}", FaultCode.CHECKSUM
    if name in {"cupid", "file_sequence", "file_name"}:
        return f"{label} is {said}, the header says {found}", FaultCode.DISAGREES
    return f"{label} is {said}, the file has {found}", FaultCode.COUNT
