"""eff-style-1: every record of a DAT has 442 characters at literal positions."""

from collections.abc import Mapping
from types import MappingProxyType

from emergency_export.agent import columns
from emergency_export.agent.answer import FileAnswer, RecordAnswer
from emergency_export.agent.codes import CODES
from emergency_export.agent.form import Checksum, Glimpse
from emergency_export.agent.names import Naming

_TABLES = {"H": columns.HEADER, "D": columns.DATA, "T": columns.TRAILER}
_SLICES = {
    kind: tuple((name, start - 1, start - 1 + width) for name, start, width in table) for kind, table in _TABLES.items()
}


class FixedForm:
    """Reads and writes eff-style-1."""

    name = "eff-style-1"
    format_id = "EFFL0001"
    naming = Naming("BT1{cupid}{day}{number}", {kind: f".{kind}" for kind in ("DAT", "FCO", "CAR", "EXT")})
    checksum = Checksum("sha256", 16, upper=True)
    line_end = b"\r\n"
    column_row = None
    max_records = 200_000
    upper_only = True
    widths: Mapping[str, int] = MappingProxyType({})

    def wrong_length(self, line: str) -> bool:
        """Tell whether the line is not 442 characters long."""
        return len(line) != columns.RECORD_LENGTH

    def glimpse(self, line: str) -> Glimpse:
        """Return record type, record number and command as a data record has them."""
        return Glimpse(line[0:1], line[1:8], line[28:29].rstrip(" "))

    def read(self, rec_type: str, line: str) -> dict[str, str] | None:
        """Return the values without their padding; None for another type or a filler that is not blank."""
        slices = _SLICES[rec_type]
        if line[0:1] != rec_type or line[slices[-1][2] :].strip(" "):
            return None
        return {name: line[start:stop].rstrip(" ") for name, start, stop in slices}

    def write(self, rec_type: str, values: Mapping[str, str]) -> str:
        """Return the record padded with blanks to 442 characters."""
        parts = []
        for name, _, width in _TABLES[rec_type]:
            value = values.get(name, "")
            if len(value) > width:
                raise ValueError(f"{name} has {len(value)} characters, the record takes {width}")
            parts.append(value.ljust(width))
        return "".join(parts).ljust(columns.RECORD_LENGTH)

    def fco(self, answer: FileAnswer) -> str:
        """Return the line with bars between its fields."""
        number = "" if answer.sequence is None else f"{answer.sequence:06d}"
        decided = f"{number}|{answer.decision}|{answer.reason}"
        return f"F|{answer.name}|{decided}|{answer.received_count}|{answer.stamp}"

    def car_header(self, *, cupid: str, stamp: str, sequence: int, file_name: str) -> str:
        """Return the header of a CAR: 44 characters."""
        return f"H{cupid:3}{stamp:14}{sequence:06d}{file_name:20}"

    def car_row(self, answer: RecordAnswer, stamp: str) -> str:
        """Return the row for one record: 183 characters."""
        row = CODES[answer.code]
        return (
            f"R{answer.txn_ref:20}{answer.telephone_no:15}{answer.command:1}"
            f"{row.code:4}{row.class_:5}{row.final:1}{stamp:14}"
            f"{answer.error_count:02d}{answer.errors:40}{row.text:80}"
        )

    def car_trailer(self, *, cupid: str, sequence: int, count: int) -> str:
        """Return the trailer of a CAR: 17 characters."""
        return f"T{cupid:3}{sequence:06d}{count:07d}"
