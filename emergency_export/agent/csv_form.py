"""csv-1: comma-separated text, a line of column names first; read and written here a second time.

Numbers stand without leading zeros, dates DD/MM/CCYY, moments CCYY-MM-DDTHH:MM:SS.
"""

import csv
import re
from collections.abc import Iterable, Mapping

from emergency_export.agent.answer import FileAnswer, RecordAnswer
from emergency_export.agent.codes import CODES
from emergency_export.agent.form import Checksum, Glimpse
from emergency_export.agent.names import Naming

# (column, greatest length), in their order.
_HEADER = (
    ("rec_type", 1),
    ("format_id", 5),
    ("cupid", 3),
    ("created", 19),
    ("file_sequence", 6),
    ("file_kind", 1),
    ("environment", 1),
    ("file_name", 32),
)
_DATA = (
    ("rec_type", 1),
    ("rec_no", 7),
    ("txn_ref", 20),
    ("command", 1),
    ("telephone_no", 15),
    ("effective_date", 10),
    ("parent_cupid", 3),
    ("child_cupid", 3),
    ("change_cupid", 3),
    ("line_type", 4),
    ("title", 30),
    ("forename", 40),
    ("name", 80),
    ("honours", 30),
    ("bus_suffix", 50),
    ("premises", 80),
    ("thoroughfare", 80),
    ("locality", 60),
    ("postcode", 8),
    ("retailer_id", 6),
    ("address_id", 12),
    ("address_id_source", 1),
    ("new_telephone_no", 15),
    ("cross_ref", 40),
)
_TRAILER = (
    ("rec_type", 1),
    ("cupid", 3),
    ("file_sequence", 6),
    ("record_count", 7),
    ("count_a", 7),
    ("count_c", 7),
    ("count_m", 7),
    ("count_e", 7),
    ("count_i", 7),
    ("count_other", 7),
    ("checksum", 32),
)
_TABLES = {"H": _HEADER, "D": _DATA, "T": _TRAILER}
_DATE = re.compile("([0-9]{2})/([0-9]{2})/([0-9]{4})")
_NUMBERS = frozenset(
    {"rec_no", "file_sequence", "record_count"} | {name for name, _ in _TRAILER if name[:6] == "count_"}
)
_NUMBER = re.compile("0|[1-9][0-9]*")
_STAMP = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})")


class CsvForm:
    """Reads and writes csv-1."""

    name = "csv-1"
    format_id = "CSV01"
    naming = Naming("{cupid}-{day}-{number}", {"DAT": ".csv", "FCO": ".fco.csv", "CAR": ".car.csv", "EXT": ".ext.csv"})
    checksum = Checksum("sha512", 32, upper=False)
    line_end = b"\n"
    column_row = ",".join(name for name, _ in _DATA)
    max_records = 100_000
    upper_only = False
    # The date is held as CCYYMMDD; its length is in its pattern.
    widths: Mapping[str, int] = {name: width for name, width in _DATA if name != "effective_date"}

    def wrong_length(self, line: str) -> bool:
        """Tell whether the line has not as many columns as its record type."""
        cells = _cells(line)
        return not cells or len(cells) != len(_TABLES.get(cells[0], cells))

    def glimpse(self, line: str) -> Glimpse:
        """Return record type, record number and command, which are never quoted."""
        cells = [*line.split(",", 4), "", "", "", ""]
        return Glimpse(cells[0], _padded(cells[1], 7), cells[3])

    def read(self, rec_type: str, line: str) -> dict[str, str] | None:
        """Return the values as every form has them; a number or moment that is not of its form is blank."""
        cells, table = _cells(line), _TABLES[rec_type]
        if len(cells) != len(table) or cells[0] != rec_type:
            return None
        # A record that is too wide is refused by itself; a header or trailer that is, is none.
        if rec_type != "D" and any(len(cell) > width for cell, (_, width) in zip(cells, table, strict=True)):
            return None
        values = {
            name: _padded(cell, width) if name in _NUMBERS else cell
            for (name, width), cell in zip(table, cells, strict=True)
        }
        if rec_type == "D":
            date = _DATE.fullmatch(values["effective_date"])
            values["effective_date"] = "".join(date.group(3, 2, 1)) if date else ""
        if rec_type == "H":
            stamp = _STAMP.fullmatch(values.pop("created"))
            values["created_date"] = "".join(stamp.group(1, 2, 3)) if stamp else ""
            values["created_time"] = "".join(stamp.group(4, 5, 6)) if stamp else ""
        return values

    def write(self, rec_type: str, values: Mapping[str, str]) -> str:
        """Return the record with commas between its columns."""
        said = dict(values)
        if rec_type == "D":
            day = said["effective_date"]
            said["effective_date"] = f"{day[6:]}/{day[4:6]}/{day[:4]}"
        if rec_type == "H":
            said["created"] = _stamp(said["created_date"] + said["created_time"])
        for name, width in _TABLES[rec_type]:
            if len(said.get(name, "")) > width:
                raise ValueError(f"{name} has {len(said[name])} characters, the record takes {width}")
        for name in _NUMBERS & said.keys():
            said[name] = str(int(said[name]))
        return _row(said.get(name, "") for name, _ in _TABLES[rec_type])

    def fco(self, answer: FileAnswer) -> str:
        """Return the row of an FCO."""
        number = "" if answer.sequence is None else str(answer.sequence)
        decided = (number, answer.decision, answer.reason)
        return _row(("F", answer.name, *decided, str(answer.received_count), _stamp(answer.stamp)))

    def car_header(self, *, cupid: str, stamp: str, sequence: int, file_name: str) -> str:
        """Return the header row of a CAR."""
        return _row(("H", cupid, _stamp(stamp), str(sequence), file_name))

    def car_row(self, answer: RecordAnswer, stamp: str) -> str:
        """Return the row for one record."""
        row = CODES[answer.code]
        given = ("R", answer.txn_ref, answer.telephone_no, answer.command)
        found = (row.code, row.class_, row.final, _stamp(stamp))
        return _row((*given, *found, str(answer.error_count), answer.errors, row.text))

    def car_trailer(self, *, cupid: str, sequence: int, count: int) -> str:
        """Return the trailer row of a CAR."""
        return _row(("T", cupid, str(sequence), str(count)))


def _padded(cell: str, width: int) -> str:
    return cell.zfill(width) if _NUMBER.fullmatch(cell) else ""


def _stamp(text: str) -> str:
    day, time = text[:8], text[8:]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}"


def _row(cells: Iterable[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell for cell in cells)


def _cells(line: str) -> list[str]:
    """Return the columns of a line, none where its quotes do not close."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return []
