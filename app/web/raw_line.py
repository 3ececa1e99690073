"""A line of a file as it stands, cut into its fields, what is wrong marked: nothing is lost and nothing moves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Columns = tuple[int, int]
END = "¶"  # what is wrong behind the last character: how the line ends
PICTURES = 0x2400  # Unicode's pictures of the control characters
DELETE = 0x7F


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a line; `place` counts the fields from 0, None between them; `parts` are text, and if it is wrong."""

    place: int | None
    parts: tuple[tuple[str, bool], ...]


def stretches(text: str, fields: Sequence[Columns], wrong: Iterable[Columns] = ()) -> list[Stretch]:
    """Cut a line at its fields; columns are first and last, from 1, and a field lies behind the one before it."""
    marks = [found for found in wrong if found[1] >= found[0]]
    found, at = [], 1
    for place, (first, last) in enumerate(fields):
        if first > at:
            found.append(Stretch(None, _parts(text, at, first - 1, marks)))
        found.append(Stretch(place, _parts(text, max(first, at), last, marks)))
        at = max(at, last + 1)
    if at <= len(text):
        found.append(Stretch(None, _parts(text, at, len(text), marks)))
    if any(last > len(text) for _, last in marks):
        found.append(Stretch(None, ((END, True),)))
    return found


def visible(text: str) -> str:
    """Show each control character as its picture: a page cannot hold it, and its place must be seen."""
    return "".join(map(_picture, text))


def _picture(char: str) -> str:
    code = ord(char)
    if code < ord(" "):
        return chr(PICTURES + code)
    if code == DELETE:
        return "␡"
    return char if char.isprintable() else "\N{REPLACEMENT CHARACTER}"


def _parts(text: str, first: int, last: int, marks: Sequence[Columns]) -> tuple[tuple[str, bool], ...]:
    """Return the characters from one column to another, cut where something begins or ends to be wrong."""
    cuts = {first, last + 1}
    for begin, end in marks:
        cuts |= {cut for cut in (begin, end + 1) if first < cut <= last}
    ordered = sorted(cuts)
    return tuple(
        (visible(text[begin - 1 : end - 1]), any(a <= begin <= b for a, b in marks))
        for begin, end in pairwise(ordered)
        if text[begin - 1 : end - 1]
    )
