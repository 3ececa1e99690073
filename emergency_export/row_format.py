"""A row turned into a record and back, quickly: one format operation and one look at the whole line."""

from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from operator import itemgetter
from typing import Any

from emergency_export.faults import Fault, FaultCode, RecordFault
from emergency_export.fields import MOMENTS, FieldSpec, FieldValue, Kind
from emergency_export.profiles import Profile
from emergency_export.rows import FULL, DataRow

SEPARATOR = "\0"


class RowFormat:
    """The data record of one profile, compiled.

    The quick path gives a line only where the record's own expression accepts it; everything else goes through the
    layout, field by field, which alone decides and names what is wrong.
    """

    def __init__(self, profile: Profile) -> None:
        self._layout = profile.data
        self._number_spec = self._layout.by_name["rec_no"]
        self._filled = [spec for spec in self._layout.fields if spec.kind not in {Kind.CONSTANT, Kind.BLANK}]
        sources = {**{name: at for at, name in enumerate(DataRow._fields)}, "rec_no": len(DataRow._fields)}
        self._pick = itemgetter(*(sources[spec.name] for spec in self._filled))
        # every moment is written from a value of its own type, so that none is outside the calendar
        self._moments = [
            (sources[spec.name], lru_cache(maxsize=4096)(spec.text_of)) for spec in self._filled if spec.kind in MOMENTS
        ]
        command = self._layout.by_name.get("command")
        self._commands = frozenset({"", *(command.values if command is not None else ())})
        self._template = self._layout.delimiter.replace("%", "%%").join(map(_part, self._layout.fields))
        self._no_place = [name for name in DataRow._fields if name not in self._layout.by_name]

    def line(self, rec_no: int, row: DataRow) -> str | None:
        """Return the record without line ending, or None where something is wrong: `faults` then says what."""
        try:
            values: list[Any] = [*row, self._number_spec.padded(str(rec_no))]
            for at, text_of in self._moments:
                values[at] = text_of(values[at])
            picked: tuple[str, ...] = self._pick(values)
            joined = SEPARATOR.join(picked)
        except (TypeError, ValueError):
            return None
        # a space at a value's end would be lost in the padding: what is read would not be what was given
        if " \0" in joined or joined.endswith(" ") or (self._no_place and self._misplaced(row)):
            return None
        if not self._layout.fixed:
            picked = tuple(map(self._layout.quoted, picked))
        line = self._template % picked
        if row.command not in self._commands or self._layout.pattern(row.command).match(line) is None:
            return None if self.faults(row, rec_no) else self._layout.render(self._values(row, rec_no))
        return line

    def faults(self, row: DataRow, rec_no: int = 1) -> tuple[Fault, ...]:
        """Return everything that keeps a row from being written, field by field."""
        found = [
            Fault(FaultCode.NO_PLACE, f"this format has no place for {name.replace('_', ' ')}", field=name)
            for name in self._misplaced(row)
        ]
        try:
            self._layout.render(self._values(row, rec_no))
        except RecordFault as wrong:
            found += wrong.faults
        return tuple(found)

    def row(self, line: str) -> tuple[int, DataRow]:
        """Return record number and row of a line without fault; RecordFault where it has any."""
        if self._layout.fixed and self._layout.match(line) is not None:
            values = [self._values_of[name](line[start:end]) for name, start, end in self._slices]
            number = int(line[self._number_slice])
            return number, DataRow._make(values)
        parsed = self._layout.parse(line)
        number_value = parsed["rec_no"]
        if not isinstance(number_value, int):
            raise RecordFault([Fault(FaultCode.MISSING, "the record has no number", field="rec_no")])
        return number_value, DataRow._make(parsed.get(name, "") for name in DataRow._fields)

    @cached_property
    def _slices(self) -> list[tuple[str, int, int]]:
        columns = self._layout.columns
        return [
            (name, columns[name][0] - 1, columns[name][1]) if name in columns else (name, 0, 0)
            for name in DataRow._fields
        ]

    @cached_property
    def _number_slice(self) -> slice:
        first, last = self._layout.columns["rec_no"]
        return slice(first - 1, last)

    @cached_property
    def _values_of(self) -> dict[str, Callable[[str], FieldValue]]:
        return {name: self._value_reader(name) for name in DataRow._fields}

    def _value_reader(self, name: str) -> Callable[[str], FieldValue]:
        spec = self._layout.by_name.get(name)
        if spec is None:
            return str
        if spec.kind is Kind.DATE:
            return lru_cache(maxsize=4096)(partial(_value, spec))
        return partial(_text, spec.justify == "right")

    def _misplaced(self, row: DataRow) -> list[str]:
        return [name for name in self._no_place if getattr(row, name)]

    def _values(self, row: DataRow, rec_no: int) -> dict[str, FieldValue]:
        return {**row._asdict(), "rec_no": rec_no}


def check_command(row: DataRow, file_kind: str) -> tuple[Fault, ...]:
    """Return a fault where a full file's row has a command, or a row of changes has none (file interface: full)."""
    if file_kind == FULL and row.command:
        return (Fault(FaultCode.COMMAND, "a full file carries no commands", field="command"),)
    if file_kind != FULL and not row.command:
        return (Fault(FaultCode.MISSING, "command is missing; only a full file leaves it blank", field="command"),)
    return ()


def _value(spec: FieldSpec, raw: str) -> FieldValue:
    return spec.value_of(spec.stripped(raw))


def _text(right: bool, raw: str) -> str:
    return raw.lstrip(" ") if right else raw.rstrip(" ")


def _part(spec: FieldSpec) -> str:
    """Return the field's part of the format operation."""
    if spec.kind in {Kind.CONSTANT, Kind.BLANK}:
        return spec.padded(spec.constant).replace("%", "%%")
    if not spec.fixed:
        return "%s"
    return f"%{spec.width}s" if spec.justify == "right" else f"%-{spec.width}s"
