"""What differs between two directories that are read side by side, each in the order of its postcodes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Standing = tuple[str, date | None]  # a postcode, and the day it ended


class Change(StrEnum):
    """What became of a postcode; `GONE` was live and is not in the new directory, `UNCOVERED` nor is its area."""

    NEW = "new"
    ENDED = "ended"
    GONE = "gone"
    BACK = "back"
    UNCOVERED = "uncovered"


@dataclass(frozen=True, slots=True)
class Changed:
    """One postcode that a new directory knows otherwise than the old one; `ended` as the new one has it."""

    postcode: str
    change: Change
    ended: date | None = None

    @property
    def area(self) -> str:
        """Return the letters at the front."""
        return area_of(self.postcode)


def area_of(postcode: str) -> str:
    """Return the letters at the front of a postcode as it is written, also of the few that are no area's (GIR)."""
    return postcode[:2].rstrip("0123456789 ")


def changes(old: Iterable[Standing], new: Iterable[Standing], areas: Iterable[str]) -> Iterator[Changed]:
    """Yield what has changed, in order; `areas` are those that the new directory covers.

    Both must be sorted by postcode, each once; no more than a row of either is held.
    """
    covered = frozenset(areas)
    before, after = iter(old), iter(new)
    left, right = next(before, None), next(after, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            assert left is not None  # noqa: S101  for the type checker: one of the two is there
            if left[1] is None:
                gone = Change.GONE if area_of(left[0]) in covered else Change.UNCOVERED
                yield Changed(left[0], gone)
            left = next(before, None)
        elif left is None or right[0] < left[0]:
            if right[1] is None:
                yield Changed(right[0], Change.NEW)
            right = next(after, None)
        else:
            if left[1] is None and right[1] is not None:
                yield Changed(right[0], Change.ENDED, right[1])
            elif left[1] is not None and right[1] is None:
                yield Changed(right[0], Change.BACK)
            left, right = next(before, None), next(after, None)
