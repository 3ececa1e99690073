"""What a file looks like to the agent: one form for each profile it understands."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from emergency_export.agent import columns


class Glimpse(NamedTuple):
    """The three values of a record that the file-level check needs, as they stand in the line."""

    rec_type: str
    rec_no: str
    command: str


class Form(Protocol):
    """Reads and writes the lines of one profile; a line is text without its line ending."""

    name: str
    upper_only: bool

    def wrong_length(self, line: str) -> bool:
        """Tell whether the line cannot be a record of this form."""

    def glimpse(self, line: str) -> Glimpse:
        """Return record type, record number and command without reading the rest."""

    def read(self, rec_type: str, line: str) -> dict[str, str] | None:
        """Return the values of a header H, data record D or trailer T; None when it is none."""

    def write(self, rec_type: str, values: Mapping[str, str]) -> str:
        """Return the line of a record; a value that is too wide raises ValueError."""


class FixedForm:
    """eff-style-1: every record has 442 characters, positions are literal."""

    name = "eff-style-1"
    upper_only = True

    _tables = {"H": columns.HEADER, "D": columns.DATA, "T": columns.TRAILER}  # noqa: RUF012  never changed
    _slices = {  # noqa: RUF012  never changed
        kind: tuple((name, start - 1, start - 1 + width) for name, start, width in table)
        for kind, table in _tables.items()
    }

    def wrong_length(self, line: str) -> bool:
        """Tell whether the line is not 442 characters long."""
        return len(line) != columns.RECORD_LENGTH

    def glimpse(self, line: str) -> Glimpse:
        """Return record type, record number and command as a data record has them."""
        return Glimpse(line[0:1], line[1:8], line[28:29])

    def read(self, rec_type: str, line: str) -> dict[str, str] | None:
        """Return the values without their padding; None for another type or a filler that is not blank."""
        slices = self._slices[rec_type]
        if line[0:1] != rec_type or line[slices[-1][2] :].strip(" "):
            return None
        return {name: line[start:stop].rstrip(" ") for name, start, stop in slices}

    def write(self, rec_type: str, values: Mapping[str, str]) -> str:
        """Return the record padded with blanks to 442 characters."""
        parts = []
        for name, _, width in self._tables[rec_type]:
            value = values.get(name, "")
            if len(value) > width:
                raise ValueError(f"{name} has {len(value)} characters, the record takes {width}")
            parts.append(value.ljust(width))
        return "".join(parts).ljust(columns.RECORD_LENGTH)


FORMS: dict[str, Form] = {form.name: form for form in (FixedForm(),)}
