"""A whole source, read and checked, on disk: so that a database is locked only while rows are written.

SQLite has one writer at a time. Reading 1.7 million rows takes as long as writing them, and most of what can be
wrong with a source is found while it is read: both happen before the transaction begins.
"""

import marshal
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO

from app.errors import Refused
from app.services.directory.faults import SourceFaults, source_problem
from app.services.directory.rows import EditionFacts, Progress, Register, Row, Source


@dataclass(frozen=True)
class CheckedSource:
    """A source without a fault: what it says of itself, and its rows as often as they are asked for."""

    facts: EditionFacts
    sha256: str
    areas: tuple[str, ...]
    row_count: int
    unplaced: int
    file: IO[bytes]

    def rows(self) -> Iterator[Row]:
        """Yield all rows from the beginning."""
        self.file.seek(0)
        left = self.row_count
        while left:
            batch = marshal.load(self.file)  # noqa: S302  our own file, which has no name
            left -= len(batch)
            for postcode, latitude, longitude, day, large in batch:
                yield postcode, latitude, longitude, _date(day), large


@contextmanager
def checked(source: Source, progress: Progress) -> Iterator[CheckedSource]:
    """Read a source to its end; raises Refused with all its faults, or those up to where reading had to stop."""
    faults = SourceFaults()
    register = Register(faults)
    row_count = unplaced = 0
    digest = _digest(source)
    with tempfile.TemporaryFile() as file:
        try:
            with closing(source.batches(register)) as batches:
                for batch in batches:
                    row_count += len(batch)
                    unplaced += sum(row[1] is None for row in batch)
                    _keep(batch, file)
                    progress("reading", source.done, source.total)
        except Refused as refusal:
            raise faults.with_those(refusal) from refusal
        faults.settle()
        if not row_count:
            raise Refused([source_problem("D04", "there is no postcode in it", source.label)])
        progress("reading", source.total, source.total)
        areas = tuple(register.counts())
        yield CheckedSource(source.facts(), digest, areas, row_count, unplaced, file)


def _keep(batch: list[Row], file: IO[bytes]) -> None:
    if not batch:
        return
    plain = [(row[0], row[1], row[2], row[3].toordinal() if row[3] else None, row[4]) for row in batch]
    try:
        marshal.dump(plain, file)
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
