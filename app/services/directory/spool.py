"""A whole source, read, checked and sorted, on disk: so that a database is locked only while rows are written.

SQLite has one writer at a time. Reading 1.7 million rows takes as long as writing them, and most of what can be
wrong with a source is found while it is read: both happen before the transaction begins. Sorted, because then two
directories of any size can be compared side by side, and an index is written from its beginning to its end.
"""

import heapq
import marshal
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import IO

from app.errors import Refused
from app.services.directory.faults import SourceFaults, source_problem
from app.services.directory.rows import EditionFacts, Progress, Register, Row, Source

RUN = 100_000  # rows that are held to be sorted, 25 MB
CHUNK = 2_000  # rows that are read back at once of each run

# A row with its date as a number, as marshal can keep it.
Plain = tuple[str, float | None, float | None, int | None, bool]


class SortedRows:
    """Rows on disk in runs, each sorted by postcode and read back side by side."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._held: list[Plain] = []
        self._last = ""
        self._runs: list[list[tuple[int, int]]] = []  # where each chunk of a run lies, and its length

    def keep(self, batch: list[Row]) -> None:
        """Take more rows; raises OSError where the disk is full."""
        self._held += [(row[0], row[1], row[2], row[3].toordinal() if row[3] else None, row[4]) for row in batch]
        if len(self._held) >= RUN:
            self.settle()

    def settle(self) -> None:
        """Write what is still held."""
        held, self._held = sorted(self._held, key=itemgetter(0)), []
        if not held:
            return
        if not self._runs or held[0][0] < self._last:
            self._runs.append([])
        for start in range(0, len(held), CHUNK):
            chunk = marshal.dumps(held[start : start + CHUNK])
            self._runs[-1].append((self._file.tell(), len(chunk)))
            self._file.write(chunk)
        self._file.flush()
        self._last = held[-1][0]

    def __iter__(self) -> Iterator[Plain]:
        """Yield all rows by postcode, from the beginning at each call."""
        return heapq.merge(*map(self._run, self._runs), key=itemgetter(0))

    def _run(self, chunks: list[tuple[int, int]]) -> Iterator[Plain]:
        for place, length in chunks:
            self._file.seek(place)
            yield from marshal.loads(self._file.read(length))  # noqa: S302  our own file, which has no name


@dataclass(frozen=True)
class CheckedSource:
    """A source without a fault: what it says of itself, and its rows as often as they are asked for."""

    facts: EditionFacts
    sha256: str
    areas: tuple[str, ...]
    row_count: int
    unplaced: int
    kept: SortedRows

    def rows(self) -> Iterator[Row]:
        """Yield all rows, sorted by postcode."""
        for postcode, latitude, longitude, day, large in self.kept:
            yield postcode, latitude, longitude, _date(day), large


@contextmanager
def checked(source: Source, progress: Progress) -> Iterator[CheckedSource]:
    """Read a source to its end; raises Refused with all its faults, or those up to where reading had to stop."""
    faults = SourceFaults()
    register = Register(faults)
    row_count = unplaced = 0
    digest = _digest(source)
    with tempfile.TemporaryFile() as file:
        kept = SortedRows(file)
        try:
            with closing(source.batches(register)) as batches:
                for batch in batches:
                    row_count += len(batch)
                    unplaced += sum(row[1] is None for row in batch)
                    _keep(kept, batch)
                    progress("reading", source.done, source.total)
            _keep(kept, [], last=True)
        except Refused as refusal:
            raise faults.with_those(refusal) from refusal
        faults.settle()
        if not row_count:
            raise Refused([source_problem("D04", "there is no postcode in it", source.label)])
        progress("reading", source.total, source.total)
        areas = tuple(register.counts())
        yield CheckedSource(source.facts(), digest, areas, row_count, unplaced, kept)


def _keep(kept: SortedRows, batch: list[Row], *, last: bool = False) -> None:
    try:
        kept.keep(batch)
        if last:
            kept.settle()
    except OSError as error:
        told = f"the rows do not fit into the temporary folder ({error.strerror})"
        raise Refused([source_problem("D11", told, tempfile.gettempdir())]) from error


def _digest(source: Source) -> str:
    try:
        return source.sha256()
    except OSError as error:
        told = f"it cannot be read ({error.strerror})"
        raise Refused([source_problem("D05", told, Path(str(error.filename)).name)]) from error


@cache
def _date(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)
