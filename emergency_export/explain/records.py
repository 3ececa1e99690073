"""The records of one kind of file told apart, checked and named, line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emergency_export.car_check import CarCheck
from emergency_export.explain.fields import FieldNamer, NamedField, fit
from emergency_export.explain.findings import Finding
from emergency_export.explain.kind import layouts_of, longest_line, sign_of, type_sign
from emergency_export.explain.meanings import meanings
from emergency_export.explain.replies import reply_remarks
from emergency_export.faults import Fault, FaultCode
from emergency_export.fco_check import FcoCheck
from emergency_export.fields import FieldValue
from emergency_export.file_check import FileCheck
from emergency_export.lines import Line
from emergency_export.profiles import FileKind, Profile

if TYPE_CHECKING:
    from emergency_export.totals import Totals

COLUMN_NAMES, UNKNOWN, ROWS = "columns", "unknown", ("data", "reply", "fco")
HEADER_SAYS = dict.fromkeys(("cupid", "file_sequence", "file_name", "car_sequence"), "the header says")
WHOLE_LINE = "(line)"
GUESS = 0.5  # a record whose type is unknown is shown as the one that it reads as, from here on


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """One line of the file: `type` is header, columns, data, trailer, fco, reply or unknown.

    `number` counts data records or replies from 1, an FCO's one line is 1. `text` is the line as it stands, one
    character a byte, without its ending. `read_as` names the record by whose columns an unknown one was cut.
    """

    line: int
    type: str
    number: int | None
    text: str = field(repr=False)
    fields: tuple[NamedField, ...] = field(repr=False)
    findings: tuple[Finding, ...]
    read_as: str | None = None


class RecordNamer:
    """Takes the lines in order; the checks that verification and replies use say what is wrong."""

    def __init__(self, kind: FileKind, profile: Profile, name: str | None) -> None:
        self._profile = profile
        self._check: FileCheck | CarCheck | FcoCheck
        if kind is FileKind.FCO:
            self._check = FcoCheck(profile, name)
        else:
            self._check = CarCheck(profile, name) if kind is FileKind.CAR else FileCheck(profile, None, name)
        layouts = layouts_of(kind, profile)
        self._namers = {type_: FieldNamer(layout, meanings(layout, profile)) for type_, layout in layouts.items()}
        self._types = {type_sign(layout): type_ for type_, layout in layouts.items()}
        self._names_line = 1 if profile.column_names and isinstance(self._check, FileCheck) else 0
        self._only_line = kind is FileKind.FCO
        self._longest = longest_line(kind, profile)
        self._lines = 0
        self.record_count = 0
        self.totals: Totals | None = None

    def take(self, line: Line) -> NamedRecord | None:
        """Return the record, None for what follows of a line longer than any record."""
        self._lines = line.number
        self._check.take(line)
        if line.rest:
            return None
        type_, read_as = self._type_of(line)
        number = None
        if type_ in ROWS:
            number = self.record_count = self.record_count + 1
        fields = self._fields(type_, read_as, line.text)
        named = {found.name: found for found in fields}
        faults = self._check.drain() + self._faults_of_guess(read_as, line.text)
        findings = [self._pointed(fault, line, number, named) for fault in faults]
        if type_ == "reply" and number is not None:
            wrong = {fault.field for fault in faults}
            sound = {name: found for name, found in named.items() if name not in wrong}
            findings += reply_remarks(sound, self._profile, line.number, number)
        return NamedRecord(line.number, type_, number, line.text, fields, tuple(findings), read_as)

    def close(self) -> Iterator[Finding]:
        """Yield what only the end of the file shows; the last line is where it is pointed at."""
        if isinstance(self._check, FileCheck):
            report = self._check.report()
            self.totals, faults = report.totals, [*report.faults]
        else:
            self._check.close()
            faults = self._check.drain()
        for fault in faults:
            yield Finding.of_fault(fault, fault.line or max(self._lines, 1), None, fault.columns)

    def _type_of(self, line: Line) -> tuple[str, str | None]:
        if line.number == self._names_line:
            return COLUMN_NAMES, None
        if self._only_line:
            return ("fco", None) if line.number == 1 else (UNKNOWN, None)
        layout = next(iter(self._namers.values())).layout
        type_ = self._types.get(sign_of(layout, line.text))
        if type_ is not None:
            return type_, None
        fits = {type_: fit(namer.layout, line.text) for type_, namer in self._namers.items()}
        best = max(fits, key=lambda type_: fits[type_])
        return UNKNOWN, best if fits[best] >= GUESS else None

    def _faults_of_guess(self, read_as: str | None, text: str) -> list[Fault]:
        """Return what is wrong with a record of unknown type beside its type: the checks do not look further."""
        if read_as is None:
            return []
        return [fault for fault in self._namers[read_as].layout.examine(text).faults if fault.field != "rec_type"]

    def _fields(self, type_: str, read_as: str | None, text: str) -> tuple[NamedField, ...]:
        if type_ == COLUMN_NAMES:
            return FieldNamer(self._profile.data, {}).name(text)
        namer = self._namers.get(read_as or type_)
        if namer is None:
            return (NamedField(WHOLE_LINE, text, (1, len(text))),) if text else ()
        fields = namer.name(text)
        if type_ == "trailer" and not isinstance(self._check, FcoCheck):
            return tuple(_compared(fields, namer, self._check.wanted))
        return fields

    def _pointed(self, fault: Fault, line: Line, number: int | None, named: Mapping[str, NamedField]) -> Finding:
        columns = fault.columns
        if columns is None and fault.field is not None and fault.field in named:
            columns = named[fault.field].columns
        if columns is None and fault.code is FaultCode.LINE_ENDING:
            columns = (len(line.text) + 1, len(line.text) + 1)
        if columns is None and fault.code is FaultCode.LENGTH and len(line.text) > self._longest:
            columns = (self._longest + 1, len(line.text))
        return Finding.of_fault(fault, line.number, number, columns)


def _compared(
    fields: tuple[NamedField, ...], namer: FieldNamer, wanted: Mapping[str, FieldValue]
) -> Iterator[NamedField]:
    """Yield the trailer's fields; what it was due to say stands beside what it says."""
    for found in fields:
        if found.name not in wanted:
            yield found
            continue
        due = namer.layout.by_name[found.name].text_of(wanted[found.name])
        by_whom = "the bytes before give" if found.name == "checksum" else HEADER_SAYS.get(found.name, "the file has")
        yield found._replace(meaning=f"agrees: {by_whom} this" if found.value == due else f"{by_whom} {due}")
