"""A block of numbers by its first and last, without exceptions (L1: range entry)."""

from collections.abc import Sequence

from app.errors import Problem, Refused
from validators.numbers import national, read_number

MOST = 10_000
NAMED = 5


def spread(first: str, last: str, exceptions: Sequence[str] = ()) -> list[str]:
    """Return the numbers from first to last as they are dialled, both included, without the exceptions.

    Refused with every problem: N01 no number, M01 nothing left, M02 more than 10,000, M03 ends that make no block,
    M04 exceptions outside it.
    """
    problems: list[Problem] = []
    ends = {"first": read_number(first), "last": read_number(last)}
    for name, number in ends.items():
        if number is None:
            said = {"first": first, "last": last}[name].strip()
            problems.append(_wrong("N01", name, f"{said or 'This'} is not a UK telephone number."))
    left_out = _exceptions(exceptions, problems)
    if ends["first"] and ends["last"]:
        block = _block(ends["first"], ends["last"], problems)
        outside = [national(number) for number in left_out if int(number[1:]) not in block]
        if block and outside:
            problems.append(_wrong("M04", "exceptions", f"Not in the block: {some(outside)}."))
        numbers = [f"+{digits}" for digits in block if f"+{digits}" not in left_out] if not problems else []
        if block and not problems and not numbers:
            problems.append(_wrong("M01", "exceptions", "Every number of the block is an exception: none is left."))
    if problems:
        raise Refused(problems)
    return [national(number) for number in numbers]


def _block(first: str, last: str, problems: list[Problem]) -> range:
    span = range(int(first[1:]), int(last[1:]) + 1)
    if len(first) != len(last):
        problems.append(_wrong("M03", "last", "The first and the last number of a block have as many digits."))
    elif first > last:
        problems.append(_wrong("M03", "last", "The last number comes before the first: change them over."))
    elif len(span) > MOST:
        problems.append(_wrong("M02", "last", f"This block has {len(span):,} numbers; {MOST:,} at most are taken."))
    return span


def _exceptions(texts: Sequence[str], problems: list[Problem]) -> dict[str, None]:
    read = {text: read_number(text) for text in texts if text.strip()}
    wrong = [text.strip() for text, number in read.items() if number is None]
    if wrong:
        problems.append(_wrong("N01", "exceptions", f"Not UK telephone numbers: {some(wrong)}."))
    return dict.fromkeys(number for number in read.values() if number is not None)


def some(texts: Sequence[str]) -> str:
    """Return the first few, and how many more there are."""
    more = len(texts) - NAMED
    return ", ".join(texts[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _wrong(code: str, field: str, message: str) -> Problem:
    return Problem(code, field, "error", message)
