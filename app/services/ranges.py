"""A range of the CP's own, held against the ranges that are loaded and against Ofcom's tables (L1, N08)."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from app.db.unit_of_work import Reading
from app.errors import Problem
from app.models.numbers import NumberRange
from app.services.blocks import ours, stretches
from app.services.system import System
from validators.numbers import national

NAMED = 3  # how many others a warning names


def check_range(system: System, look: Reading, start: int, end: int) -> Iterator[Problem]:
    """Yield what there is to say of a range before it is stored; both ends as the digits after the +.

    I02: it crosses another, so that one of them is wrong. I03: it lies in another, or another in it: the narrower
    one counts for its numbers. N08: by Ofcom's tables another provider has numbers of it.
    """
    yield from _overlaps(look, start, end)
    yield from _of_others(system, look, start, end)


def _overlaps(look: Reading, start: int, end: int) -> Iterator[Problem]:
    rows = look.session.execute(
        select(NumberRange.start, NumberRange.end)
        .where(NumberRange.start <= end, NumberRange.end >= start)
        .order_by(NumberRange.start)
    )
    others = [(first, last) for first, last in rows if (first, last) != (start, end)]
    crossing = [span for span in others if not _within(span, (start, end)) and not _within((start, end), span)]
    nested = [span for span in others if span not in crossing]
    if crossing:
        message = f"This range crosses another: {_spans(crossing)}. Say where one ends and the next begins."
        yield Problem("I02", "start", "error", message)
    if nested:
        message = f"This range and another lie one in the other: {_spans(nested)}. The narrower one counts."
        yield Problem("I03", "start", "warning", message)


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _spans(spans: list[tuple[int, int]]) -> str:
    named = [f"{national(f'+{start}')} to {national(f'+{end}')}" for start, end in spans[:NAMED]]
    more = len(spans) - NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def _of_others(system: System, look: Reading, start: int, end: int) -> Iterator[Problem]:
    theirs: Counter[str] = Counter()
    for stretch in stretches(look, start, end):
        if ours(system, stretch.block) is None:
            theirs[stretch.block.holder] += stretch.end - stretch.start + 1
    if not theirs:
        return
    named = [f"{holder} ({count:,})" for holder, count in theirs.most_common(NAMED)]
    more = len(theirs) - NAMED
    whose = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    yield Problem(
        "N08",
        "start",
        "warning",
        f"By Ofcom's tables {theirs.total():,} of these {end - start + 1:,} numbers were given to {whose}. Check the"
        " range; if that is you, name it in ELD_RANGE_HOLDERS, and if numbers came to you, load them as ported_in.",
    )
