"""The postcode directory: what it must answer, and what follows from its answer (P00 to P07)."""

import calendar
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import NamedTuple, Protocol

from validators.dates import written_date
from validators.findings import Finding, review, warning
from validators.postcodes import FIELD, mended, parse_postcode, slip_finding
from validators.slips import NOWHERE, near_to, near_to_none

_MOST_ALTERNATIVES = 3


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

    def find_all(self, postcodes: Collection[str]) -> Mapping[str, DirectoryEntry]:
        """Find those of up to 5,000 postcodes that are in it, in one question where it must ask."""


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

    def find_all(self, postcodes: Collection[str]) -> Mapping[str, DirectoryEntry]:
        """Find those of the postcodes that are in it."""
        return {postcode: self._entries[postcode] for postcode in postcodes if postcode in self._entries}


def check_postcode(raw: str, directory: Directory | None, *, areas: frozenset[str] = NOWHERE) -> CheckedPostcode:
    """Apply every postcode rule; with no directory the grammar alone speaks, and P00 says so.

    `areas` are those in which the typed post town lies, where that is known: what is offered in place of the
    postcode agrees with the town before it does not.
    """
    parsed = parse_postcode(raw)
    if parsed.postcode is None or parsed.area is None:
        return CheckedPostcode(None, None, tuple(_advised(raw, f, directory, areas) for f in parsed.findings))
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
    return CheckedPostcode(parsed.postcode, None, (_unknown(parsed.postcode, directory, areas),))


def ended_finding(postcode: str, day: date) -> Finding:
    """P04: a directory knows that the postcode has ended."""
    return review(
        "P04",
        FIELD,
        f"Royal Mail ended {postcode} {written_end(day)}. Look up the address's"
        " present postcode; if you keep this one, a person will check it first.",
    )


def vanished_finding(postcode: str, edition: date | None) -> Finding:
    """P03: the directory before knew the postcode as live, and the one of `edition` does not know it any more."""
    return review(
        "P03",
        FIELD,
        f"{postcode} was in our postcode directory and is not in the new one{_of_edition(edition)}: Royal Mail may"
        " have given the address another postcode. Look it up; if you keep this one, a person will check it first.",
    )


def written_end(day: date) -> str:
    """Write the day of an end, `on 14 March 2019`, or its month where the directory knows no more.

    ONSPD gives CCYYMM, which is kept as the first of the month: no day is claimed then.
    """
    return f"{'in' if day.day == 1 else 'on'} {_written_day(day)}"


def _of_edition(edition: date | None) -> str:
    return f" of {_written_day(edition)}" if edition else ""


def _written_day(day: date) -> str:
    return f"{calendar.month_name[day.month]} {day.year}" if day.day == 1 else written_date(day)


def _advised(raw: str, finding: Finding, directory: Directory | None, areas: frozenset[str]) -> Finding:
    """Let directory and post town decide what is offered in place of a text that is no postcode (P01, P02)."""
    if finding.code == "P01" and directory is not None and not (finding.suggestion or finding.alternatives):
        return replace(finding, alternatives=_live(near_to_none(raw, areas), directory))
    if finding.code != "P02":
        return finding
    offered = {finding.suggestion, *finding.alternatives}
    candidates = [postcode for postcode in mended(raw) if postcode in offered]

    def unknown(postcode: str) -> bool:
        return directory is not None and directory.find(postcode) is None

    best, *others = sorted(candidates, key=lambda one: (unknown(one), parse_postcode(one).area not in areas))
    if directory is not None and unknown(best):
        others += _live(near_to_none(raw, areas), directory)
    return slip_finding(tuple(dict.fromkeys((best, *others))))


def _of_entry(entry: DirectoryEntry) -> Iterator[Finding]:
    """P04 for a postcode that has ended, P07 for one of a single large user."""
    if entry.terminated is not None:
        yield ended_finding(entry.postcode, entry.terminated)
    if entry.large_user:
        yield warning(
            "P07",
            FIELD,
            f"{entry.postcode} belongs to one large organisation or to PO boxes. Make sure that the building"
            " where the number is used has this postcode.",
        )


def _unknown(postcode: str, directory: Directory, areas: frozenset[str]) -> Finding:
    """P03, with what the postcode may have been. A new building's postcode gets through, by review."""
    return review(
        "P03",
        FIELD,
        f"{postcode} is not in our postcode directory{_of_edition(directory.edition)}. Check it; if the building is"
        " new and you keep it, a person will check it first.",
        alternatives=_live(near_to(postcode, areas), directory),
    )


def _live(candidates: Sequence[str], directory: Directory) -> tuple[str, ...]:
    """Return the first three that a caller can have today."""
    found = directory.find_all(candidates)
    live = (postcode for postcode in candidates if postcode in found and found[postcode].terminated is None)
    return tuple(islice(live, _MOST_ALTERNATIVES))
