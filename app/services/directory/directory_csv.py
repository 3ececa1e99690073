"""The project's own form of a directory, as in samples/directory.csv: a row for each postcode, in degrees."""

import importlib.resources
from collections.abc import Generator
from contextlib import AbstractContextManager
from datetime import date
from itertools import islice
from pathlib import Path

from app.errors import Refused
from app.services.directory.container import Container, Rows, part_rows, tables
from app.services.directory.degrees import read_degrees
from app.services.directory.faults import source_problem
from app.services.directory.rows import BATCH, EditionFacts, Register, Row

REQUIRED = ("postcode", "latitude", "longitude")
OPTIONAL = ("terminated", "large_user", "edition")
LARGE = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}


class DirectoryCsv:
    """`postcode,latitude,longitude` and, where they are known, `terminated,large_user,edition`; order free.

    Latitude and longitude may both be blank. Dates are CCYY-MM-DD; `edition` is the newest in the rows.
    """

    def __init__(self, container: Container) -> None:
        self.label = container.label
        self._container = container
        (self._name,) = container.names()
        self.total = container.size(self._name)
        self.done = 0
        self._header: dict[str, int] = {}
        self._width = 0
        self._edition: date | None = None

    @staticmethod
    def recognises(container: Container) -> bool:
        """Tell whether it is one CSV whose header has two of the three columns that must be there."""
        found = [{*REQUIRED} & {cell.strip().lower() for cell in header} for _, header in tables(container)]
        return len(container.names()) == 1 and len(found) == 1 and len(found[0]) > 1

    def sha256(self) -> str:
        """Return the digest of the file."""
        return self._container.sha256()

    def batches(self, register: Register) -> Generator[list[Row], None, None]:
        """Yield the rows."""
        with part_rows(self._container, self._name) as (rows, stream):
            self._read_header(next(rows, []))
            while batch := [self._row(row, rows, register) for row in islice(rows, BATCH)]:
                self.done = stream.tell()
                yield [row for row in batch if row is not None]

    def facts(self) -> EditionFacts:
        """Return the edition; it knows end dates where it has a column for them."""
        return EditionFacts(
            "Directory CSV",
            self._edition,
            "its column edition" if self._edition else "nothing in the file gives a date",
            knows_end_dates="terminated" in self._header,
        )

    def _read_header(self, header: list[str]) -> None:
        cells = [cell.strip().lower() for cell in header]
        faults = [
            source_problem("D02", "this column is missing", self._name, 1, column)
            for column in REQUIRED
            if column not in cells
        ]
        faults += [
            source_problem("D02", "this column is not known here", self._name, 1, cell)
            for cell in cells
            if cell not in {*REQUIRED, *OPTIONAL}
        ]
        if faults:
            raise Refused(faults)
        self._header, self._width = {cell: place for place, cell in enumerate(cells)}, len(cells)

    def _row(self, row: list[str], rows: Rows, register: Register) -> Row | None:
        """Read one row; None stands for a row with a fault, which is noted."""
        if len(row) != self._width:
            told = f"the row has {len(row)} columns, not {self._width}"
            register.faults.note("D06", told, self._name, rows.line_num)
            return None
        cells = {column: row[place].strip() for column, place in self._header.items()}
        postcode = register.postcode(cells["postcode"], self._name, rows.line_num, "postcode")
        place: tuple[float | None, float | None] = (None, None)
        ended, large = None, LARGE.get(cells.get("large_user", "").lower())
        column = "latitude"
        try:
            if cells["latitude"] or cells["longitude"]:
                place = read_degrees(cells["latitude"], cells["longitude"])
            column = "terminated"
            ended = _day(cells.get(column, ""))
            column = "edition"
            edition = _day(cells.get(column, ""))
            column = "large_user"
            if large is None:
                raise ValueError(f"{cells[column][:20]!r} is neither yes nor no")  # noqa: TRY301  one note for all
        except ValueError as fault:
            register.faults.note("D08", str(fault), self._name, rows.line_num, column)
            return None
        if postcode is None:
            return None
        self._edition = max(filter(None, (self._edition, edition)), default=None)
        return (postcode, *place, ended, large)


def sample_directory() -> AbstractContextManager[Path]:
    """Return the path, for the time of the block, of the small directory that the project ships."""
    return importlib.resources.as_file(importlib.resources.files("samples") / "directory.csv")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValueError(f"{text[:20]!r} is not a date (CCYY-MM-DD)") from error
