"""What every reader of a directory yields, and the register that sees each postcode once."""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase
from typing import Protocol

from app.services.directory.faults import SourceFaults

# (postcode, latitude, longitude, day it ended, large user). A plain tuple: there are 2.7 million of them.
Row = tuple[str, float | None, float | None, date | None, bool]

# Called as progress(stage, done, total): bytes of the source while "reading", rows while "writing".
Progress = Callable[[str, int, int], None]

BATCH = 10_000

# GIR 0AA and Newport's first postcodes (NPT, ended long ago) stand in the national directory too.
OUTWARD = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?|GIR|NPT")
AREA = re.compile(r"([A-Z]{1,2})\d")
INWARD = {
    f"{digit}{first}{second}": (digit * 26 + i) * 26 + j
    for digit in range(10)
    for i, first in enumerate(ascii_uppercase)
    for j, second in enumerate(ascii_uppercase)
}


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What a source says of itself once it has been read; `dated_by` says where its date was found."""

    source: str
    edition: date | None
    dated_by: str
    knows_end_dates: bool


class Source(Protocol):
    """One kind of directory, opened; `done` of `total` bytes have been read."""

    label: str
    done: int
    total: int

    def sha256(self) -> str:
        """Return the digest of what is read: of the file, or of the names and digests of its parts."""

    def batches(self, register: "Register") -> Generator[list[Row], None, None]:
        """Yield the rows, a batch at a time; faults go to `register.faults`, Refused ends it."""

    def facts(self) -> EditionFacts:
        """Return what it says of itself; complete only after the last batch."""


class Register:
    """Every postcode met so far, one byte each, so that a second one is seen without keeping millions of texts."""

    def __init__(self, faults: SourceFaults) -> None:
        self.faults = faults
        self._seen: dict[str, bytearray] = {}

    def enter(self, raw: str) -> str | None:
        """Return the postcode with one space, or None if it is no postcode; raises KeyError on a second one."""
        outward, inward = raw[:-3].rstrip(" "), raw[-3:]
        place = INWARD.get(inward)
        if place is None:
            return None
        seen = self._seen.get(outward)
        if seen is None:
            if not OUTWARD.fullmatch(outward):
                return None
            seen = self._seen[outward] = bytearray(len(INWARD))
        if seen[place]:
            raise KeyError(raw)
        seen[place] = 1
        return f"{outward} {inward}"

    def postcode(self, raw: str, file: str, line: int | None, column: str) -> str | None:
        """Return the postcode, or note the fault and return None."""
        try:
            postcode = self.enter(raw)
        except KeyError:
            self.faults.note("D09", f"{raw} stands in the directory twice", file, line, column)
            return None
        if postcode is None:
            self.faults.note("D07", f"{raw[:20]!r} is not a postcode", file, line, column)
        return postcode

    def counts(self) -> dict[str, int]:
        """Return how many postcodes each area has; GIR and NPT are no areas."""
        counts: dict[str, int] = {}
        for outward, seen in self._seen.items():
            if area := AREA.match(outward):
                counts[area[1]] = counts.get(area[1], 0) + sum(seen)
        return dict(sorted(counts.items()))
