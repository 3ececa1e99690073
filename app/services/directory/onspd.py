"""The ONS Postcode Directory: live and ended postcodes of the United Kingdom, with the month they ended."""

import re
from collections.abc import Generator
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

from app.errors import Problem, Refused
from app.services.directory.container import Container, Rows, part_rows, tables
from app.services.directory.degrees import read_degrees
from app.services.directory.faults import source_problem
from app.services.directory.grid import BRITISH, IRISH, NOWHERE, Found, on_grid, place
from app.services.directory.rows import BATCH, EditionFacts, Register, Row

# In 2025 some columns got other names; each is known by all that it ever had, in any case, the best one first.
# The forms of a postcode in seven and eight characters differ from `pcds` only in their spaces.
COLUMNS = {
    "pcds": ("pcds", "pcd7", "pcd", "pcd8", "pcd2"),
    "dointr": ("dointr",),
    "doterm": ("doterm",),
    "usertype": ("usertype", "usrtypind"),
    "oseast1m": ("oseast1m", "east1m"),
    "osnrth1m": ("osnrth1m", "north1m"),
    "lat": ("lat",),
    "long": ("long",),
}
REQUIRED = ("pcds", "doterm", "usertype", "oseast1m", "osnrth1m")
TOLD_BY = 3  # so many known names make a header ONSPD's, and the others missing ones

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
NAMED_MONTH = re.compile(rf"({'|'.join(MONTHS)})[A-Z]*[_ -]?((?:19|20)\d\d)", re.IGNORECASE)

UNKNOWN_LATITUDE = "99.999999"  # ONSPD user guide: no grid reference

DEGREES = -1  # in the place of a grid: the point is in degrees already
NEVER = date.min

# As Found, or None for a row with a fault.
Record = Found | None


def columns_of(header: list[str]) -> dict[str, int]:
    """Return where each known column stands in a header row."""
    cells = [cell.strip().lower() for cell in header]
    found = ((column, next((name for name in names if name in cells), None)) for column, names in COLUMNS.items())
    return {column: cells.index(name) for column, name in found if name is not None}


class Onspd:
    """An edition of ONSPD as CSV, alone or in a zip; its own degrees are taken before its grid reference."""

    def __init__(self, container: Container) -> None:
        self.label = container.label
        self._container = container
        self._parts = _parts(container)
        self.total = sum(map(container.size, self._parts))
        self.done = 0
        self._newest = NEVER
        self._at: dict[str, int] = {}
        self._width = 0

    @staticmethod
    def recognises(container: Container) -> bool:
        """Tell whether there is a CSV whose header has at least three of ONSPD's columns."""
        return bool(_candidates(container))

    def sha256(self) -> str:
        """Return the digest of the file."""
        return self._container.sha256()

    def batches(self, register: Register) -> Generator[list[Row], None, None]:
        """Yield the rows of the national file, or of the files of all areas where only those are there."""
        for name in self._parts:
            before = self.done
            with part_rows(self._container, name) as (rows, stream):
                self._read_header(next(rows, []), name)
                while records := self._records(rows, name, register):
                    self.done = before + stream.tell()
                    yield self._placed(records)
            self.done = before + self._container.size(name)

    def facts(self) -> EditionFacts:
        """Return the edition, dated by the month in its name, else by the newest month in its rows."""
        for name in (*self._parts, self._container.label):
            if found := NAMED_MONTH.search(name):
                day = date(int(found[2]), MONTHS.index(found[1].upper()[:3]) + 1, 1)
                return EditionFacts("ONSPD", day, "the month in its file's name", knows_end_dates=True)
        return EditionFacts("ONSPD", self._newest, "the newest month in its rows", knows_end_dates=True)

    def _read_header(self, header: list[str], name: str) -> None:
        self._at, self._width = columns_of(header), len(header)
        missing = [column for column in REQUIRED if column not in self._at]
        if missing:
            raise Refused([_missing(column, name) for column in missing])

    def _records(self, rows: Rows, name: str, register: Register) -> list[Record]:
        return [self._record(row, rows, name, register) for row in islice(rows, BATCH)]

    def _record(self, row: list[str], rows: Rows, name: str, register: Register) -> Record:
        """Read one row; None stands for a row with a fault, which is noted."""
        if len(row) != self._width:
            told = f"the row has {len(row)} columns, not {self._width}"
            register.faults.note("D06", told, name, rows.line_num)
            return None
        postcode = register.postcode(row[self._at["pcds"]], name, rows.line_num, "pcds")
        read: dict[str, Any] = {}
        for column, reading in (("doterm", _month), ("usertype", _large), ("dointr", _month)):
            if column in self._at:
                try:
                    read[column] = reading(row[self._at[column]])
                except ValueError as fault:
                    register.faults.note("D08", str(fault), name, rows.line_num, column)
        try:
            point = self._point(row, postcode or "")
        except ValueError as fault:
            register.faults.note("D08", str(fault), name, rows.line_num, "oseast1m")
            return None
        if postcode is None or "doterm" not in read or "usertype" not in read:
            return None
        self._newest = max(self._newest, read["doterm"] or NEVER, read.get("dointr") or NEVER)
        return (postcode, *point, read["doterm"], read["usertype"])

    def _point(self, row: list[str], postcode: str) -> tuple[int, float, float]:
        """Return where the postcode is: degrees as published, else the grid reference, else nowhere."""
        if "lat" in self._at and "long" in self._at:
            latitude, longitude = row[self._at["lat"]], row[self._at["long"]]
            if latitude not in {"", UNKNOWN_LATITUDE}:
                return (DEGREES, *read_degrees(latitude, longitude))
        east, north = row[self._at["oseast1m"]], row[self._at["osnrth1m"]]
        if not (east or north):
            return (NOWHERE, 0, 0)
        grid = IRISH if postcode.startswith("BT") else BRITISH
        if not (east.isdecimal() and north.isdecimal() and on_grid(grid, int(east), int(north))):
            raise ValueError(f"{east[:20]!r}, {north[:20]!r} are no coordinates on the grid")
        return (grid, int(east), int(north))

    @staticmethod
    def _placed(records: list[Record]) -> list[Row]:
        whole = [record for record in records if record is not None]
        known: list[Row] = [(r[0], r[2], r[3], r[4], r[5]) for r in whole if r[1] == DEGREES]
        return known + place([record for record in whole if record[1] != DEGREES])


@cache
def _month(text: str) -> date | None:
    """Return the first day of a month CCYYMM; ONSPD knows no day."""
    if not text:
        return None
    if not re.fullmatch(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])", text):
        raise ValueError(f"{text[:20]!r} is not a month (CCYYMM)")
    return date(int(text[:4]), int(text[4:]), 1)


def _large(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError(f"{text[:20]!r} is neither 0 (small user) nor 1 (large user)")
    return text == "1"


def _missing(column: str, name: str) -> Problem:
    return source_problem("D02", "this column is missing", name, 1, column)


def _candidates(container: Container) -> list[str]:
    """Return the parts that are ONSPD by their header; those of single areas only where no other is there."""
    found = [name for name, header in tables(container) if len(columns_of(header)) >= TOLD_BY]
    national = [name for name in found if "multi_csv" not in name.lower()]
    return national or found


def _parts(container: Container) -> list[str]:
    parts = _candidates(container)
    if len(parts) > 1 and "multi_csv" not in parts[0].lower():
        told = f"more than one edition is in it ({', '.join(parts)}); give the one to load"
        raise Refused([source_problem("D01", told, container.label)])
    return parts
