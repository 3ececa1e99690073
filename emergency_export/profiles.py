"""A format profile: the agent's format as data that an operator can replace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from emergency_export.names import NameTemplate
from emergency_export.records import Layout
from emergency_export.responses import ResponseCode

BLANK = ""
# the record's fields by the column names of the customer's CSV (interfaces: CSV of locations)
CSV_NAMES = {
    "title": "title",
    "forename": "forename",
    "name": "name",
    "honours": "honours",
    "bus_suffix": "business_suffix",
    "premises": "premises",
    "thoroughfare": "thoroughfare",
    "locality": "locality",
    "cross_ref": "reference",
}


class FileKind(StrEnum):
    """The four files of the trade."""

    DAT = "DAT"
    EXT = "EXT"
    FCO = "FCO"
    CAR = "CAR"


@dataclass(frozen=True)
class Checksum:
    """The first `digits` hex digits of a digest over every byte before the trailer record."""

    algorithm: str
    digits: int
    upper: bool

    def shown(self, hexdigest: str) -> str:
        """Return the digest as the trailer writes it."""
        text = hexdigest[: self.digits]
        return text.upper() if self.upper else text.lower()


@dataclass(frozen=True, eq=False)
class Profile:
    """All that is known or assumed about the agent's format; `text` is its TOML and `digest` the text's SHA-256."""

    name: str
    label: str
    verified: bool
    text: str = field(repr=False)
    record_style: str
    line_ending: str
    case: str
    timezone: ZoneInfo
    column_names: bool
    header: Layout
    data: Layout
    trailer: Layout
    fco: Layout
    car_header: Layout
    car_row: Layout
    car_trailer: Layout
    checksum: Checksum | None
    commands: Mapping[str, str]
    commands_enabled: tuple[str, ...]
    line_types: tuple[str, ...]
    names: Mapping[FileKind, NameTemplate]
    fco_suffix: str
    sequence_scope: str
    max_records: int
    empty_file: str
    owner_change: str
    over_length: str
    allowed_prefixes: tuple[str, ...]
    excluded_prefixes: tuple[str, ...]
    excluded_areas: tuple[str, ...]
    response_codes: Mapping[str, ResponseCode]

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical text, by which a file remembers its profile's version."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def upper(self) -> bool:
        """Say whether everything sent is in capitals."""
        return self.case == "upper"

    def limits(self) -> dict[str, int]:
        """Return the widths, in characters, of what a customer fills in, by the CSV's column names."""
        widths = self.data.by_name
        return {ours: widths[theirs].width for theirs, ours in CSV_NAMES.items() if theirs in widths}

    def file_name(self, cupid: str, day: date, nn: int, kind: FileKind = FileKind.DAT) -> str:
        """Return a file's name; NameExhausted where `nn` is not 1 to 99."""
        return self.names[kind].name(cupid, day, nn)

    def fco_name(self, dat_name: str) -> str:
        """Return the name of the FCO that answers for a file: the file's stem with the FCO's suffix."""
        return Path(dat_name).stem + self.fco_suffix

    def kind_of(self, name: str) -> FileKind | None:
        """Say which of the four files bears such a name; None for a name that no template makes."""
        for kind, template in self.names.items():
            if template.parts(name) is not None:
                return kind
        stem = name.removesuffix(self.fco_suffix)
        dat_suffix = Path(self.names[FileKind.DAT].template).suffix
        if stem != name and self.names[FileKind.DAT].parts(stem + dat_suffix) is not None:
            return FileKind.FCO
        return None

    def response(self, code: str, command: str) -> ResponseCode | None:
        """Return the table's row; None for a code that is unknown or does not belong to the command."""
        row = self.response_codes.get(code)
        return row if row is not None and row.applies_to(command) else None
