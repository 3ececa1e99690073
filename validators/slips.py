"""What may have been meant by a postcode that does not exist: those one slip of the hand or eye away."""

from collections.abc import Iterator
from itertools import pairwise

from validators.areas import AREAS
from validators.postcodes import area_letters, joined_form, written_form

NOWHERE: frozenset[str] = frozenset()  # no post town is known

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKALIKES = {"O": "0", "I": "1", "S": "5", "Z": "2", "B": "8", "0": "O", "1": "I", "5": "S", "2": "Z", "8": "B"}
_KEYS = ("1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_BESIDE = {key: set(row[max(at - 1, 0) : at + 2]) - {key} for row in _KEYS for at, key in enumerate(row)}
_LONGEST = 7
_SECTOR_ENDS = -2  # the last two letters stand for a few doors, what is before them for the sector


def near_to(postcode: str, areas: frozenset[str]) -> tuple[str, ...]:
    """Return the well-formed postcodes one slip away, likeliest first; `areas` are those of the post town.

    In the town before elsewhere; then the same sector, a swap of neighbours, a look-alike, the key beside,
    another character, and last the town's own area before the same district.
    """
    text = postcode.replace(" ", "")
    sector = postcode[:_SECTOR_ENDS]
    slips = sorted({*_one_missing(text), *_one_too_many(text), *_one_wrong(text)})
    in_order = (*_swapped(text), *_lookalikes(text), *_keys_beside(text), *slips, *_moved(text, areas))
    found = [form for form in map(written_form, dict.fromkeys(in_order)) if form and form != postcode]
    found.sort(key=lambda form: not form.startswith(sector))
    return _in_town_first(found, areas)


def near_to_none(raw: str, areas: frozenset[str]) -> tuple[str, ...]:
    """Return the postcodes that a text which is none may have been.

    Neighbours were swapped (ES1 for SE1), a character was typed twice, or the letters at the front are no area's
    and the post town tells the right ones.
    """
    text = joined_form(raw)
    if len(text) > _LONGEST + 1:
        return ()
    in_order = (*_swapped(text), *sorted(_one_too_many(text)))
    if area_letters(text) not in AREAS:
        in_order += tuple(_moved(text, areas))
    return _in_town_first([form for form in map(written_form, dict.fromkeys(in_order)) if form], areas)


def _in_town_first(found: list[str], areas: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(found, key=lambda form: area_letters(form) not in areas))


def _swapped(text: str) -> Iterator[str]:
    for at, (before, after) in enumerate(pairwise(text)):
        if before != after:
            yield text[:at] + after + before + text[at + 2 :]


def _lookalikes(text: str) -> Iterator[str]:
    for at, char in enumerate(text):
        if char in _LOOKALIKES:
            yield text[:at] + _LOOKALIKES[char] + text[at + 1 :]


def _keys_beside(text: str) -> Iterator[str]:
    for at, char in enumerate(text):
        for key in sorted(_BESIDE[char]):
            yield text[:at] + key + text[at + 1 :]


def _one_wrong(text: str) -> Iterator[str]:
    for at in range(len(text)):
        for char in _CHARACTERS:
            yield text[:at] + char + text[at + 1 :]


def _one_missing(text: str) -> Iterator[str]:
    for at in range(len(text) + 1):
        for char in _CHARACTERS:
            yield text[:at] + char + text[at:]


def _one_too_many(text: str) -> Iterator[str]:
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]


def _moved(text: str, areas: frozenset[str]) -> Iterator[str]:
    """Put each of the post town's areas in the place of the letters at the front."""
    rest = text[len(area_letters(text)) :]
    for area in sorted(areas):
        yield area + rest
