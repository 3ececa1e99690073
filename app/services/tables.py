"""CSV files from people, read row by row: what is wrong with the file is named, and nothing is guessed."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app.errors import Problem, Refused

BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
LONGEST_CELL = 10_000
FIRST_LOOK = 65_536
NOTHING_INSTEAD: Mapping[str, Collection[str]] = {}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One data row; `row` counts from 1 below the header. With problems its values are for a person to mend.

    `surplus` holds the cells for which the header has no column.
    """

    row: int
    values: dict[str, str]
    problems: tuple[Problem, ...] = ()
    surplus: tuple[str, ...] = ()


def read_table(
    stream: BinaryIO,
    columns: Sequence[str],
    required: Sequence[str],
    *,
    limit: int,
    size: int | None = None,
    instead: Mapping[str, Collection[str]] = NOTHING_INSTEAD,
) -> Iterator[TableRow]:
    """Yield the rows of a CSV with a header; constant memory. `instead` names columns that do for a required one.

    Refused at once, with every fault of the file as a whole: too large (U05), empty (U04), not UTF-8 (U03),
    NUL (U08), carriage returns alone for line ends (U09), no header row or missing (U02),
    unknown (U01) or repeated (U10) columns.
    A row of another length than the header is yielded with its problem (U07).
    """
    start = stream.read(FIRST_LOOK)
    if size is not None and size > limit:
        raise _refused("U05", f"The file has {size:,} bytes; at most {limit:,} are taken.")
    if _is_utf_16(start):
        raise _refused("U03", "The file is UTF-16, which Excel calls Unicode text: save it as CSV UTF-8.")
    if not start.removeprefix(BOM).strip():
        raise _refused("U04", "The file is empty: it needs a header row and a row for each number.")
    if b"\r" in start and b"\n" not in start:
        raise _refused("U09", "The lines end with carriage returns alone (old Macintosh): save with CRLF or LF.")
    lines = _Lines(start.removeprefix(BOM), stream, limit)
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as unread:
        raise _refused("U06", f"The header row cannot be read: {unread}.", 1) from unread
    missing = [name for name in required if name not in header and not set(instead.get(name, ())) & set(header)]
    wrong = _header_problems(header, columns, required, missing)
    if wrong:
        raise Refused(wrong)
    yield from _rows(reader, lines, header)


def _rows(reader: Iterator[list[str]], lines: "_Lines", header: list[str]) -> Iterator[TableRow]:
    number = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as wrong:
            problem = Problem(
                "U06", "", "error", f"The row cannot be read: {wrong}.", row=number + 1, line=lines.number
            )
            raise Refused([problem]) from wrong
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        if len(cells) != len(header):
            message = f"The row has {len(cells)} cells, the header has {len(header)}: look for a comma without quotes."
            yield _misshapen(number, header, cells, message, lines.number)
        elif max(map(len, cells)) > LONGEST_CELL:
            message = f"A cell is longer than {LONGEST_CELL:,} characters: a quote may not be closed."
            yield _misshapen(number, header, cells, message, lines.number)
        else:
            yield TableRow(number, dict(zip(header, cells, strict=True)))


def _misshapen(number: int, header: list[str], cells: list[str], message: str, line: int) -> TableRow:
    values = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
    problem = Problem("U07", "", "error", message, row=number, line=line)
    return TableRow(number, values, (problem,), tuple(cells[len(header) :]))


def _is_utf_16(start: bytes) -> bool:
    """Recognise UTF-16 by its mark, or by a header in which every other byte is NUL."""
    head = start[:40]
    return start.startswith(UTF_16) or (len(head) > 1 and (not any(head[1::2]) or not any(head[::2])))


def _header_problems(
    header: list[str], columns: Sequence[str], required: Sequence[str], missing: Sequence[str]
) -> list[Problem]:
    if not set(header) & set(required):
        # What stands there may be the first number's name and address: it is not said again.
        message = f"The first row is not a header row: it has none of the columns {', '.join(required)}."
        return [Problem("U02", "", "error", f"{message} Columns are separated by commas.", line=1)]
    unknown = [name for name in header if name not in columns]
    found = [
        Problem("U01", name, "error", f"There is no column called {name[:60]!r}.{told}", line=1)
        for name, told in zip(unknown, [f" Known: {', '.join(columns)}.", *[""] * len(unknown)], strict=False)
    ]
    found += [
        Problem("U02", name, "error", f"The column {name} is missing from the header row.", line=1) for name in missing
    ]
    repeated = sorted({name for name in header if header.count(name) > 1})
    found += [Problem("U10", name, "error", f"The column {name} stands there twice.", line=1) for name in repeated]
    return found


class _Lines:
    """The lines as text; refuses what no CSV of ours holds, with the line where it stands."""

    def __init__(self, start: bytes, stream: BinaryIO, limit: int) -> None:
        self.number = 0
        self._stream = io.BufferedReader(_Joined(start, stream))
        self._limit = limit
        self._read = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        raw = self._stream.readline(LONGEST_CELL * 64)
        if not raw:
            raise StopIteration
        self.number += 1
        self._read += len(raw)
        if self._read > self._limit:
            raise _refused("U05", f"The file has more than {self._limit:,} bytes, which is the most that is taken.")
        if b"\0" in raw:
            raise _refused("U08", f"Line {self.number} holds a NUL byte: this is not a text file.", self.number)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as wrong:
            message = f"Line {self.number} is not UTF-8 (byte {wrong.start + 1}): save the file as CSV UTF-8."
            raise _refused("U03", message, self.number) from wrong


class _Joined(io.RawIOBase):
    """What was looked at first, then the rest of the stream."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start, self._stream = start, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        content = self._start[: len(buffer)] or self._stream.read(len(buffer))
        self._start = self._start[len(content) :]
        buffer[: len(content)] = content
        return len(content)


def _refused(code: str, message: str, line: int | None = None) -> Refused:
    return Refused([Problem(code, "", "error", message, line=line)])
