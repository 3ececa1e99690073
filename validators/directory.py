"""The postcode directory: what it must answer, and what follows from its answer (P00 to P07)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple, Protocol

from rapidfuzz.distance import OSA

from validators.dates import written_date
from validators.findings import Finding, review, warning
from validators.postcodes import FIELD, mended, parse_postcode, slip_finding

_MOST_ALTERNATIVES = 3
_LOOKALIKES = {"O": "0", "I": "1", "S": "5", "Z": "2", "B": "8", "0": "O", "1": "I", "5": "S", "2": "Z", "8": "B"}


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """One postcode of the directory; its centre in degrees (WGS84), None where the directory has none."""

    postcode: str
    latitude: float | None = None
    longitude: float | None = None
    terminated: date | None = None
    large_user: bool = False


class Directory(Protocol):
    """What the rules ask of a postcode directory; postcodes are written `LS11 5DF`."""

    @property
    def edition(self) -> date | None:
        """The day of the edition, None where it is not known."""

    @property
    def knows_end_dates(self) -> bool:
        """Whether the directory lists postcodes that have ended, with their dates."""

    def covers(self, area: str) -> bool:
        """Whether a postcode of this area that is not in the directory is news."""

    def find(self, postcode: str) -> DirectoryEntry | None:
        """Find one postcode, live or terminated."""

    def neighbours(self, postcode: str) -> Sequence[str]:
        """List the postcodes of the same sector (`LS11 5`)."""


class CheckedPostcode(NamedTuple):
    """A postcode that can be used, its entry where the directory has one, and all findings."""

    postcode: str | None
    entry: DirectoryEntry | None
    findings: tuple[Finding, ...] = ()


class MemoryDirectory:
    """A directory held in memory; `areas` None means the areas of its entries."""

    def __init__(
        self,
        entries: Iterable[DirectoryEntry],
        edition: date | None = None,
        areas: Iterable[str] | None = None,
        knows_end_dates: bool = False,
    ) -> None:
        self.edition = edition
        self.knows_end_dates = knows_end_dates
        self._entries = {entry.postcode: entry for entry in entries}
        self._sectors: dict[str, list[str]] = defaultdict(list)
        for postcode in self._entries:
            self._sectors[postcode[:-2]].append(postcode)
        parsed = (parse_postcode(sector + "AA").area for sector in self._sectors)
        self._areas = frozenset(areas if areas is not None else (area for area in parsed if area))

    def __len__(self) -> int:
        return len(self._entries)

    def covers(self, area: str) -> bool:
        """Whether the directory was made to hold this area."""
        return area in self._areas

    def find(self, postcode: str) -> DirectoryEntry | None:
        """Find one postcode, live or terminated."""
        return self._entries.get(postcode)

    def neighbours(self, postcode: str) -> Sequence[str]:
        """List the postcodes of the same sector, the postcode itself among them."""
        return tuple(self._sectors.get(postcode[:-2], ()))


def check_postcode(raw: str, directory: Directory | None) -> CheckedPostcode:
    """Apply every postcode rule; with no directory the grammar alone speaks, and P00 says so."""
    parsed = parse_postcode(raw)
    if parsed.postcode is None or parsed.area is None:
        return CheckedPostcode(None, None, tuple(_known_first(raw, f, directory) for f in parsed.findings))
    if directory is None:
        return CheckedPostcode(
            parsed.postcode,
            None,
            (warning("P00", FIELD, "No postcode directory is loaded, so we could not check that it exists."),),
        )
    entry = directory.find(parsed.postcode)
    if entry is not None:
        return CheckedPostcode(parsed.postcode, entry, tuple(_of_entry(entry)))
    if not directory.covers(parsed.area):
        message = (
            f"Our postcode directory does not cover {parsed.area} postcodes, so we could not check that it exists."
        )
        return CheckedPostcode(parsed.postcode, None, (warning("P00", FIELD, message),))
    return CheckedPostcode(parsed.postcode, None, (_unknown(parsed.postcode, directory),))


def _known_first(raw: str, finding: Finding, directory: Directory | None) -> Finding:
    """Let the directory decide which of several mended postcodes is suggested (P02)."""
    if finding.code != "P02" or directory is None or not finding.alternatives:
        return finding
    offered = {finding.suggestion, *finding.alternatives}
    candidates = [postcode for postcode in mended(raw) if postcode in offered]
    return slip_finding(tuple(sorted(candidates, key=lambda postcode: directory.find(postcode) is None)))


def _of_entry(entry: DirectoryEntry) -> Iterator[Finding]:
    """P04 for a postcode that has ended, P07 for one of a single large user."""
    if entry.terminated is not None:
        yield review(
            "P04",
            FIELD,
            f"Royal Mail ended {entry.postcode} on {written_date(entry.terminated)}. Look up the address's"
            " present postcode; if you keep this one, a person will check it first.",
        )
    if entry.large_user:
        yield warning(
            "P07",
            FIELD,
            f"{entry.postcode} belongs to one large organisation or to PO boxes. Make sure that the building"
            " where the number is used has this postcode.",
        )


def _unknown(postcode: str, directory: Directory) -> Finding:
    """P03, with what the postcode may have been. A new building's postcode gets through, by review."""
    edition = f" of {written_date(directory.edition)}" if directory.edition else ""
    return review(
        "P03",
        FIELD,
        f"{postcode} is not in our postcode directory{edition}. Check it; if the building is new and you keep it,"
        " a person will check it first.",
        alternatives=_alternatives(postcode, directory),
    )


def _alternatives(postcode: str, directory: Directory) -> tuple[str, ...]:
    """Up to three live postcodes one slip away: first in the same sector, then by a swap or a look-alike."""
    in_sector = (p for p in sorted(directory.neighbours(postcode)) if OSA.distance(p, postcode) == 1)
    found: dict[str, None] = {}
    for candidate in (*in_sector, *_one_slip_away(postcode)):
        entry = directory.find(candidate)
        if entry is not None and entry.terminated is None and candidate != postcode:
            found[candidate] = None
        if len(found) == _MOST_ALTERNATIVES:
            break
    return tuple(found)


def _one_slip_away(postcode: str) -> Iterator[str]:
    """Swap each two characters that stand side by side, then change each that has a look-alike."""
    text = postcode.replace(" ", "")
    swapped = (
        text[:at] + after + before + text[at + 2 :]
        for at, (before, after) in enumerate(pairwise(text))
        if before != after
    )
    changed = (text[:at] + _LOOKALIKES[char] + text[at + 1 :] for at, char in enumerate(text) if char in _LOOKALIKES)
    for candidate in (*swapped, *changed):
        parsed = parse_postcode(candidate).postcode
        if parsed is not None:
            yield parsed
