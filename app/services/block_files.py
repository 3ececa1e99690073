"""Ofcom's tables of number blocks (S1, S3, S5, S7, S8, S9), read and checked before anything is replaced.

https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbering-data: one CSV for each first digit, 01 and 02
together in S1. The length column is called after the kind of number: `Geographic Number Length` holds an area code's
and a local number's digits (`4+6`, `Mixed 4+5 & 4+6`), `Non Geo Number Length` the whole (`10 digit numbers`).
"""

import csv
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Self

from app.errors import Refused
from app.services.directory.faults import SourceFaults, source_problem

# O01 not one of the tables, O02 no plain text, O03 row of another length, O04 not a block, O05 number length,
# O06 date, O07 twice, O08 another series, O09 empty, O10 status or name missing or too long.
BLOCK, STATUS, HOLDER, LENGTH, DATE = "number block", "block status", "cp name", "number length", "allocation date"
COLUMNS = (BLOCK, STATUS, HOLDER, LENGTH, DATE)
GEOGRAPHIC = frozenset("12")
SHORTEST, LONGEST = 2, 10  # digits of a prefix after the +44, and of a number
LONGEST_LINE = 10_000
STEP = 5_000
_BLOCK = re.compile(r"[1-9][0-9]*")
_LENGTH = re.compile(r"([0-9]{1,2})(?:\s*\+\s*([0-9]{1,2}))?")
_BETWEEN = re.compile(r"\s*(?:&|/|,|\bor\b|\band\b)\s*")
_AROUND = re.compile(r"^mixed\s+|\s*digit(?:s|\s+numbers?)?$")
_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One block as the table has it; `digits` is empty where a block that nobody has says no length."""

    prefix: str
    digits: tuple[int, ...]
    status: str
    holder: str
    allocated_on: date | None

    @property
    def series(self) -> str:
        """Return the first digit, by which tables are replaced."""
        return self.prefix[0]


def is_allocated(status: str) -> bool:
    """Say whether a status means that a provider has the block: `Allocated`, `Allocated(Closed Range)`."""
    return status.casefold().startswith("allocated")


def number_lengths(text: str) -> tuple[int, ...] | None:
    """Return how many digits numbers have after the +44; None where the text does not say."""
    plain = _AROUND.sub("", text.strip().casefold())
    parts = [_LENGTH.fullmatch(part) for part in _BETWEEN.split(plain)]
    lengths = {int(part[1]) + int(part[2] or 0) for part in parts if part}
    return tuple(sorted(lengths)) if all(parts) else None


class BlockSpool:
    """Checked blocks on disk, in the order of their prefixes; the memory does not grow with them."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("")  # a file without a name, that goes with the connection
        self._kept.execute(
            "CREATE TABLE blocks (prefix TEXT PRIMARY KEY, digits TEXT, status TEXT, holder TEXT, allocated_on TEXT,"
            " place TEXT) WITHOUT ROWID"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()

    def keep(self, row: BlockRow, place: str) -> str | None:
        """Take a block; return the place of the first where it stands twice."""
        digits = ",".join(map(str, row.digits))
        day = row.allocated_on.isoformat() if row.allocated_on else None
        entry = (row.prefix, digits, row.status, row.holder, day, place)
        done = self._kept.execute("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?, ?, ?)", entry)
        if done.rowcount:
            return None
        before = self._kept.execute("SELECT place FROM blocks WHERE prefix = ?", (row.prefix,)).fetchone()
        return str(before[0])

    def counts(self) -> dict[str, int]:
        """Return how many blocks each series has."""
        return dict(self._kept.execute("SELECT substr(prefix, 1, 1), count(*) FROM blocks GROUP BY 1 ORDER BY 1"))

    def __iter__(self) -> Iterator[BlockRow]:
        """Yield the blocks by prefix."""
        columns = "prefix, digits, status, holder, allocated_on"
        for prefix, digits, status, holder, day in self._kept.execute(f"SELECT {columns} FROM blocks ORDER BY prefix"):  # noqa: S608  our own names
            lengths = tuple(int(length) for length in digits.split(",") if length)
            yield BlockRow(prefix, lengths, status, holder, date.fromisoformat(day) if day else None)


class BlockFiles:
    """Reads some files into a spool; every fault of all of them is told at once, with file and line."""

    def __init__(self, spool: BlockSpool, progress: Progress) -> None:
        self._spool = spool
        self._progress = progress
        self._faults = SourceFaults()

    def read(self, paths: tuple[Path, ...]) -> None:
        """Read and check; Refused where anything is wrong."""
        total = sum(path.stat().st_size for path in paths)
        done = 0
        try:
            for path in paths:
                with path.open("rb") as stream:
                    _Table(path.name, self._faults, self._spool).read(stream, self._told(done, total))
                done += path.stat().st_size
        except Refused as refused:
            raise self._faults.with_those(refused) from refused
        self._faults.settle()

    def _told(self, done: int, total: int) -> Callable[[int], None]:
        return lambda more: self._progress("reading", done + more, total)


class _Table:
    """One file: its rows are of one series, or geographic."""

    def __init__(self, name: str, faults: SourceFaults, spool: BlockSpool) -> None:
        self._name = name
        self._faults = faults
        self._spool = spool
        self._series: frozenset[str] = frozenset()

    def read(self, stream: IO[bytes], told: Callable[[int], None]) -> None:
        reader = csv.reader(self._texts(stream), strict=True)
        places, rows = self._places(reader), 0
        width = max(places.values()) + 1
        while (cells := self._next(reader)) is not None:
            line = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            rows += 1
            if len(cells) < width:
                self._faults.note("O03", f"the row has {len(cells)} cells, too few for the header", self._name, line)
                continue
            row = self._row({name: cells[place].strip() for name, place in places.items()}, line)
            if row is not None and (before := self._spool.keep(row, f"{self._name}, line {line}")):
                told_twice = f"block {row.prefix} stands in {before} already"
                self._faults.note("O07", told_twice, self._name, line, BLOCK)
            if rows % STEP == 0:
                told(stream.tell())
        if not rows:
            self._faults.note("O09", "there is no block in it", self._name)

    def _next(self, reader: Iterator[list[str]]) -> list[str] | None:
        try:
            return next(reader, None)
        except csv.Error as unread:
            line = getattr(reader, "line_num", None)
            raise Refused([source_problem("O02", f"the row cannot be read: {unread}", self._name, line)]) from unread

    def _texts(self, stream: IO[bytes]) -> Iterator[str]:
        for line, raw in enumerate(iter(lambda: stream.readline(LONGEST_LINE), b""), 1):
            wrong = None
            if len(raw) == LONGEST_LINE:
                wrong = f"the line is longer than {LONGEST_LINE:,} bytes"
            elif b"\0" in raw:
                wrong = "the line holds a NUL byte: this is not a text file"
            else:
                try:
                    yield raw.decode("utf-8-sig" if line == 1 else "utf-8")
                except UnicodeDecodeError as error:
                    wrong = f"byte {error.start + 1} of the line is not UTF-8"
            if wrong:
                raise Refused([source_problem("O02", wrong, self._name, line)])

    def _places(self, reader: Iterator[list[str]]) -> dict[str, int]:
        """Return where each column stands; those of Ofcom that say nothing here are passed over."""
        header = [cell.casefold().rpartition(":")[2].strip() for cell in self._next(reader) or []]
        places: dict[str, int] = {}
        for place, cell in enumerate(header):
            for name in COLUMNS:
                if cell == name or (name == LENGTH and cell.endswith(f" {LENGTH}")):
                    places.setdefault(name, place)
        missing = [name for name in COLUMNS if name not in places]
        if missing:
            told = f"this is no table of number blocks by Ofcom: no column for {', '.join(missing)}"
            raise Refused([source_problem("O01", told, self._name, 1)])
        return places

    def _row(self, cells: dict[str, str], line: int) -> BlockRow | None:
        """Return the block, or None once its faults are noted."""
        wrong: list[tuple[str, str, str]] = []
        prefix = cells[BLOCK].replace(" ", "")
        digits = number_lengths(cells[LENGTH]) if cells[LENGTH] else ()
        if not (_BLOCK.fullmatch(prefix) and prefix.isascii() and SHORTEST <= len(prefix) <= LONGEST):
            wrong.append(("O04", BLOCK, f"{cells[BLOCK][:40]!r} is not what numbers begin with after the 0"))
        else:
            self._series = self._series or (GEOGRAPHIC if prefix[0] in GEOGRAPHIC else frozenset(prefix[0]))
            if prefix[0] not in self._series:
                here = " or ".join(f"0{digit}" for digit in sorted(self._series))
                wrong.append(("O08", BLOCK, f"block {prefix} is not of {here}, as the rows before it are"))
        if digits is None or any(not min(len(prefix), LONGEST) <= length <= LONGEST for length in digits):
            wrong.append(("O05", LENGTH, f"{cells[LENGTH][:40]!r} is no length that numbers of this block can have"))
        elif not digits and is_allocated(cells[STATUS]):
            wrong.append(("O05", LENGTH, "an allocated block has a number length"))
        for name, most, needed in ((STATUS, 60, True), (HOLDER, 200, False)):
            if len(cells[name]) > most or (needed and not cells[name]):
                wrong.append(("O10", name, f"{len(cells[name])} characters; there must be {int(needed)} to {most}"))
        day = _day(cells[DATE])
        if cells[DATE] and day is None:
            wrong.append(("O06", DATE, f"{cells[DATE][:40]!r} is not a date written 31/12/2026"))
        for code, column, message in wrong:
            self._faults.note(code, message, self._name, line, column)
        return None if wrong else BlockRow(prefix, digits or (), cells[STATUS], cells[HOLDER], day)


def _day(text: str) -> date | None:
    parts = _DATE.fullmatch(text)
    try:
        return date(int(parts[3]), int(parts[2]), int(parts[1])) if parts else None
    except ValueError:
        return None
