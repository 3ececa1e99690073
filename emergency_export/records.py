"""A record: fields one after the other; the one declaration from which it is rendered and parsed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

from emergency_export.faults import Fault, FaultCode, RecordFault
from emergency_export.fields import MOMENTS, FieldSpec, FieldValue
from emergency_export.patterns import Need, line_pattern

Columns = tuple[int, int]


@dataclass(frozen=True)
class Reading:
    """A record looked at field by field: the text of each field without padding, where it stands, and the faults."""

    texts: Mapping[str, str]
    columns: Mapping[str, Columns]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Layout:
    """The fields of one record, in order; positions are computed from widths.

    `delimiter` is '' in a fixed record; `quote` is '' where a delimited record has no quoting. `needs` says which
    groups of fields need at least one filled, and for which commands.
    """

    name: str
    fields: tuple[FieldSpec, ...]
    delimiter: str = ""
    quote: str = ""
    needs: tuple[Need, ...] = ()

    @property
    def fixed(self) -> bool:
        """Say whether columns, not a delimiter, part the fields."""
        return not self.delimiter

    @cached_property
    def by_name(self) -> Mapping[str, FieldSpec]:
        """Return the fields by their names."""
        return {spec.name: spec for spec in self.fields}

    @cached_property
    def length(self) -> int:
        """Return the length of a fixed record, the greatest length of a delimited one."""
        if self.fixed:
            return sum(spec.width for spec in self.fields)
        return sum(spec.width * 2 + 3 for spec in self.fields)

    @cached_property
    def columns(self) -> Mapping[str, Columns]:
        """Return first and last column of each field of a fixed record, counted from 1."""
        found, start = {}, 1
        for spec in self.fields if self.fixed else ():
            found[spec.name] = (start, start + spec.width - 1)
            start += spec.width
        return found

    def render(self, values: Mapping[str, FieldValue]) -> str:
        """Return the record without line ending; RecordFault names every field that cannot be written."""
        texts, faults = {}, []
        for spec in self.fields:
            try:
                texts[spec.name] = spec.text_of(values.get(spec.name))
            except TypeError as wrong:
                texts[spec.name] = ""
                faults.append(self._fault(spec.name, FaultCode.FORM, str(wrong)))
        mistyped = {fault.field for fault in faults}
        faults += [fault for fault in self.text_faults(texts) if fault.field not in mistyped]
        if faults:
            raise RecordFault(faults)
        return self.join(texts)

    def join(self, texts: Mapping[str, str]) -> str:
        """Return the record made of unpadded texts, unchecked."""
        raw = [spec.padded(texts[spec.name]) for spec in self.fields]
        return self.delimiter.join(map(self.quoted, raw))

    def quoted(self, text: str) -> str:
        """Return the text with quotes where its own characters need them."""
        if not self.quote or (self.delimiter not in text and self.quote not in text):
            return text
        return self.quote + text.replace(self.quote, self.quote * 2) + self.quote

    def parse(self, line: str) -> dict[str, FieldValue]:
        """Return the values of a record given without line ending; RecordFault names all that is wrong with it."""
        if self.match(line) is not None:
            raw = [line[first - 1 : last] for first, last in self.columns.values()] if self.fixed else self._plain(line)
            return {spec.name: read(text) for spec, read, text in zip(self.fields, self._readers, raw, strict=True)}
        reading = self.examine(line)
        if reading.faults:
            raise RecordFault(reading.faults)
        return {spec.name: spec.value_of(reading.texts[spec.name]) for spec in self.fields}

    def text_faults(self, texts: Mapping[str, str]) -> list[Fault]:
        """Return what is wrong with the unpadded texts of a record about to be written."""
        command = texts.get("command", "")
        faults = [
            self._fault(spec.name, code, message)
            for spec in self.fields
            for code, message in spec.problems(texts[spec.name], command)
        ]
        if not self.quote and self.delimiter:
            faults += [
                self._fault(name, FaultCode.SHAPE, f"{name.replace('_', ' ')} may not hold '{self.delimiter}'")
                for name, text in texts.items()
                if self.delimiter in text
            ]
        return faults + self._need_faults(texts, command)

    def examine(self, line: str) -> Reading:
        """Read a record however damaged: every field that can be told apart, and every fault with its columns."""
        raw, columns, faults = self.apart(line)
        texts = {name: self.by_name[name].stripped(text) for name, text in raw.items()}
        command = texts.get("command", "")
        for name, text in raw.items():
            spec = self.by_name[name]
            faults += [
                replace(self._fault(name, code, message), columns=columns[name])
                for code, message in spec.raw_problems(text, command)
            ]
        if len(raw) == len(self.fields):
            faults += self._need_faults(texts, command)
        return Reading(texts, columns, tuple(faults))

    def apart(self, line: str) -> tuple[dict[str, str], dict[str, Columns], list[Fault]]:
        """Return the fields as they stand, where they stand, and what is wrong with the record's outer shape."""
        return self._cut(line) if self.fixed else self._split(line)

    def match(self, line: str) -> re.Match[str] | None:
        """Return a match where the record has no fault; the groups are record number, parent CUPID and dates."""
        match = self.pattern(self.command_in(line)).match(line)
        if match is not None:
            for name in self._moments:
                if not self._calendar[name](match[name]):
                    return None
        return match

    def pattern(self, command: str) -> re.Pattern[str]:
        """Return the expression that accepts a faultless record with this command, dates excepted."""
        found = self._patterns.get(command)
        if found is None:
            found = line_pattern(
                self.fields,
                command,
                delimiter=self.delimiter,
                quote=self.quote,
                needs=self.needs,
                groups=(*self._moments, "rec_no", "parent_cupid"),
            )
            self._patterns[command] = found
        return found

    def command_in(self, line: str) -> str:
        """Return the record's command where it has such a field and one that may be, else ''."""
        spec = self.by_name.get("command")
        if spec is None:
            return ""
        if self.fixed:
            first, last = self.columns["command"]
            text = line[first - 1 : last].strip(" ")
        else:
            at = self.fields.index(spec)
            cells = line.split(self.delimiter, at + 1)
            text = cells[at] if len(cells) > at else ""
        return text if text in spec.values else ""

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {}

    @cached_property
    def _calendar(self) -> Mapping[str, Callable[[str], bool]]:
        # a night holds few different dates: the calendar is asked once for each
        return {name: lru_cache(maxsize=4096)(partial(_exists, self.by_name[name])) for name in self._moments}

    @cached_property
    def _readers(self) -> list[Callable[[str], FieldValue]]:
        readers: list[Callable[[str], FieldValue]] = []
        for spec in self.fields:
            read = partial(_value, spec)
            readers.append(lru_cache(maxsize=4096)(read) if spec.kind in MOMENTS else read)
        return readers

    def _plain(self, line: str) -> list[str]:
        return [self._unquoted(cell) for cell in self._cells(line)]

    @cached_property
    def _moments(self) -> tuple[str, ...]:
        return tuple(spec.name for spec in self.fields if spec.kind in MOMENTS)

    def _fault(self, name: str, code: FaultCode, message: str) -> Fault:
        return Fault(code, message, field=name, columns=self.columns.get(name))

    def _need_faults(self, texts: Mapping[str, str], command: str) -> list[Fault]:
        found = []
        for names, commands in self.needs:
            if command in commands and not any(texts.get(name) for name in names):
                ordered = [spec.name for spec in self.fields if spec.name in names]
                words = " or ".join(name.replace("_", " ") for name in ordered)
                found.append(self._fault(ordered[0], FaultCode.MISSING, f"{words} is needed for command {command}"))
        return found

    def _cut(self, line: str) -> tuple[dict[str, str], dict[str, Columns], list[Fault]]:
        raw, columns, faults = {}, {}, []
        if len(line) != self.length:
            message = f"the {self.name} is {len(line)} characters; it must be {self.length}"
            faults.append(
                Fault(FaultCode.LENGTH, message, columns=(min(len(line), self.length) + 1, max(len(line), self.length)))
            )
        for name, (first, last) in self.columns.items():
            if last <= len(line):
                raw[name], columns[name] = line[first - 1 : last], (first, last)
        return raw, columns, faults

    def _split(self, line: str) -> tuple[dict[str, str], dict[str, Columns], list[Fault]]:
        raw, columns, faults, at = {}, {}, [], 0
        names = [spec.name for spec in self.fields]
        cells = self._cells(line)
        if len(cells) != len(names):
            message = f"the {self.name} has {len(cells)} columns; it must have {len(names)}"
            faults.append(Fault(FaultCode.COLUMNS, message))
        for name, cell in zip(names, cells, strict=False):
            text = self._unquoted(cell)
            place = (at + 1, at + max(len(cell), 1))
            raw[name], columns[name] = text, place
            at += len(cell) + len(self.delimiter)
            if self.quoted(text) != cell:
                label = name.replace("_", " ")
                faults.append(Fault(FaultCode.FORM, f"{label} is quoted wrongly", field=name, columns=place))
        return raw, columns, faults

    def _cells(self, line: str) -> list[str]:
        if not self.quote or self.quote not in line:
            return line.split(self.delimiter)
        mark, sign = re.escape(self.delimiter), re.escape(self.quote)
        # a quoted cell runs to its closing quote; an unclosed one runs to the end and is found by `quoted`
        cell = f"(?:^|{mark})({sign}(?:[^{sign}]|{sign}{sign})*{sign}?[^{mark}]*|[^{mark}]*)"
        return re.findall(cell, line)

    def _unquoted(self, cell: str) -> str:
        sign = self.quote
        if sign and len(cell) > 1 and cell.startswith(sign) and cell.endswith(sign):
            return cell[1:-1].replace(sign * 2, sign)
        return cell


def _value(spec: FieldSpec, raw: str) -> FieldValue:
    return spec.value_of(spec.stripped(raw))


def _exists(spec: FieldSpec, raw: str) -> bool:
    return not any(True for _ in spec.problems(spec.stripped(raw)) if raw.strip(" "))
