"""Ordnance Survey's Code-Point Open: live postcodes of Great Britain, a CSV for each area, no end dates."""

import re
from collections.abc import Generator
from datetime import date, datetime
from itertools import islice

from app.errors import Refused
from app.services.directory.container import Container, Rows, part_rows, part_stream
from app.services.directory.faults import source_problem
from app.services.directory.grid import BRITISH, NOWHERE, Found, on_grid, place
from app.services.directory.rows import BATCH, EditionFacts, Register, Row

DATA = re.compile(r"(?:.*/)?Data/CSV/[^/]+\.csv", re.IGNORECASE)
HEADERS = re.compile(r"(?:.*/)?Doc/[^/]*Column_Headers\.csv", re.IGNORECASE)
METADATA = re.compile(r"(?:.*/)?Doc/metadata\.txt", re.IGNORECASE)
LICENCE = re.compile(r"(?:.*/)?Doc/licen[cs]e\.txt", re.IGNORECASE)

# Each column's short and long name in the header file; without one the layout is that of 2014 and since.
NAMES = {
    "postcode": {"pc", "postcode"},
    "quality": {"pq", "positional_quality_indicator"},
    "eastings": {"ea", "eastings"},
    "northings": {"no", "northings"},
}
LAYOUT = (0, 1, 2, 3)
UNPLACED = "90"  # positional quality: no coordinates

# Royal Mail's date says how new the postcodes are, the copyright date only when they were printed.
STAMPS = (
    ("RM UPDATE DATE", "Royal Mail's update date in Doc/metadata.txt"),
    ("COPYRIGHT DATE", "the copyright date in Doc/metadata.txt"),
)


class CodePointOpen:
    """A delivery of Code-Point Open as a zip or a folder; the header file in Doc/ is used where there is one."""

    def __init__(self, container: Container) -> None:
        self.label = container.label
        self._container = container
        self._parts = [name for name in container.names() if DATA.fullmatch(name)]
        self._columns, self._width = self._layout()
        self.total = sum(map(container.size, self._parts))
        self.done = 0

    @staticmethod
    def recognises(container: Container) -> bool:
        """Tell whether there is a CSV under Data/CSV."""
        return any(DATA.fullmatch(name) for name in container.names())

    def sha256(self) -> str:
        """Return the digest of the zip, or of the folder's files."""
        return self._container.sha256()

    def batches(self, register: Register) -> Generator[list[Row], None, None]:
        """Yield the rows; at the end the counts must be those of Doc/metadata.txt, where it is there."""
        for name in self._parts:
            before = self.done
            with part_rows(self._container, name) as (rows, stream):
                while batch := self._batch(rows, name, register):
                    self.done = before + stream.tell()
                    yield place([found for found in batch if found is not None])
            self.done = before + self._container.size(name)
        self._check_complete(register)

    def facts(self) -> EditionFacts:
        """Return the edition; its date is Royal Mail's, else the licence's month, else that of the newest entry."""
        day, dated_by = self._dated()
        return EditionFacts("Code-Point Open", day, dated_by, knows_end_dates=False)

    def _batch(self, rows: Rows, name: str, register: Register) -> list[Found | None]:
        return [self._found(row, rows, name, register) for row in islice(rows, BATCH)]

    def _found(self, row: list[str], rows: Rows, name: str, register: Register) -> Found | None:
        if len(row) != self._width:
            told = f"the row has {len(row)} columns, not {self._width}"
            register.faults.note("D06", told, name, rows.line_num)
            return None
        at_postcode, at_quality, at_east, at_north = self._columns
        postcode = register.postcode(row[at_postcode], name, rows.line_num, "postcode")
        try:
            east, north = int(row[at_east]), int(row[at_north])
        except ValueError:
            east = north = -1
        if not on_grid(BRITISH, east, north):
            told = f"{row[at_east][:20]!r}, {row[at_north][:20]!r} are no coordinates on the National Grid"
            register.faults.note("D08", told, name, rows.line_num, "eastings")
            return None
        if postcode is None:
            return None
        unplaced = row[at_quality] == UNPLACED or not (east and north)
        return (postcode, NOWHERE if unplaced else BRITISH, east, north, None, False)

    def _layout(self) -> tuple[tuple[int, ...], int]:
        """Return where the four columns stand and how many there are in a row."""
        name = self._document(HEADERS)
        if name is None:
            with part_rows(self._container, self._parts[0]) as (rows, _):
                return LAYOUT, max(len(next(rows, [])), len(LAYOUT))
        with part_rows(self._container, name) as (rows, _):
            header = [cell.strip().lower() for cell in next(rows, [])]
        places = {
            column: next((i for i, cell in enumerate(header) if cell in known), None) for column, known in NAMES.items()
        }
        missing = [
            source_problem("D02", "the header file does not name this column", name, 1, column)
            for column, found in places.items()
            if found is None
        ]
        if missing:
            raise Refused(missing)
        return tuple(found for found in places.values() if found is not None), len(header)

    def _check_complete(self, register: Register) -> None:
        """Hold the areas that came against the numbers of postcodes that Ordnance Survey says it delivered."""
        name = self._document(METADATA)
        if register.faults.found:
            return  # a row with a fault was not counted
        stated = dict(re.findall(r"^\s*([A-Z]{1,2})\s+(\d+)\s*$", self._text(name), re.MULTILINE))
        for area, count in register.counts().items():
            if name and int(stated.get(area, count)) != count:
                told = f"area {area} has {count} postcodes, and {stated[area]} are stated here"
                register.faults.note("D10", told, name)

    def _dated(self) -> tuple[date | None, str]:
        if metadata := self._document(METADATA):
            for stamp, told in STAMPS:
                if found := re.search(rf"^{stamp}:\s*(\d{{8}})\s*$", self._text(metadata), re.MULTILINE):
                    return _day(found[1], "%Y%m%d"), told
        if licence := self._document(LICENCE):
            for found in re.findall(r"\b[A-Z][a-z]+ \d{4}\b", self._text(licence)):
                if day := _day(found, "%B %Y"):
                    return day, "the month in Doc/licence.txt"
        newest = self._container.newest()
        return newest, "the newest entry of the zip" if newest else "nothing in the folder gives a date"

    def _document(self, pattern: re.Pattern[str]) -> str | None:
        return next((name for name in self._container.names() if pattern.fullmatch(name)), None)

    def _text(self, name: str | None) -> str:
        if name is None:
            return ""
        with part_stream(self._container, name) as stream:
            # The licence of 2014 has a copyright sign in another encoding; only ASCII words are looked for.
            return stream.read(1 << 16).decode("ascii", "replace")


def _day(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007  a date has no zone
    except ValueError:
        return None
