"""One line of address, typed or pasted, taken apart into fields that the customer confirms."""

import re
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from validators.doors import (
    BUILDING_WORDS,
    STREET_WORDS,
    WELSH_STREET_WORDS,
    Door,
    is_door,
    split_door,
)
from validators.postcodes import parse_postcode
from validators.strays import is_country, is_county, without_regions

__all__ = ["SplitLine", "Towns", "split_line"]

_BREAK = re.compile(r"[,;\n\r\t|]+")
_BUSINESS = re.compile(r"\b(?:LTD|LIMITED|PLC|LLP|CIC|INC|& ?CO|AND CO|& SONS?|AND SONS?)\b\.?$", re.IGNORECASE)
_MOST_TOWN_WORDS = 5
_FLOORS = frozenset(("floor", "flr", "fl"))
_ORDINAL = re.compile(r"\d(?:ST|ND|RD|TH)$", re.IGNORECASE)
_SIDES = frozenset(("north", "south", "east", "west", "upper", "lower", "central"))
# Streets that have one word for a name; The Square and The Green are found by their two.
_ONE_WORD_STREETS = frozenset(("broadway", "strand", "cheapside", "piccadilly", "kingsway"))
# Words that end streets and hardly ever villages, as Green, Hill, End and Bridge do.
_SURELY_STREETS = frozenset(
    """
    street st road rd lane ln avenue ave close cl drive dr crescent cres way grove terrace terr place square sq gardens
    gdns mews walk row parade boulevard broadway
    """.split()  # noqa: SIM905  a list is read more easily than quoted words
)


class Towns(Protocol):
    """What is asked of the table of post towns."""

    def areas_of(self, town: str, /) -> frozenset[str]:
        """Return the postcode areas that have a post town, by its name in any case; none where there is no such."""


@dataclass(frozen=True, slots=True)
class SplitLine:
    """The fields by the names of the CSV columns, only those that were found; nothing of the line is missing.

    `left_over` is what no field takes, such as a county. `sure` says that door, street, town and postcode were all
    recognised; where it is False the customer has to look twice.
    """

    fields: dict[str, str]
    left_over: str
    sure: bool


class _Street(NamedTuple):
    """A part of a line taken apart at its street; `street` '' where none was recognised."""

    door: Door = Door((), "", "")
    building: str = ""
    street: str = ""
    after: str = ""
    certain: bool = False


def split_line(line: str, *, towns: Towns | None = None) -> SplitLine:
    """Take a line apart; commas and line breaks separate, and words must do where there are none.

    Every word of the line comes back in a field or in what is left over. White space and separators do not, and
    the postcode comes back as it is written (LS11 5DF).
    """
    postcode, area, others, parts = _take_postcode(line)
    left_over = ", ".join(text for text in (_take_regions(parts), *others) if text)
    town, known = _take_town(parts, towns, area)
    name = parts.pop(0) if len(parts) > 1 and _BUSINESS.search(parts[0]) else ""
    at = _street_at(parts)
    fields = _without_street(parts) if at is None else _with_street(parts, at)
    fields |= {"name": name, "post_town": town, "postcode": postcode}
    order = ("name", "premises", "thoroughfare", "locality", "post_town", "postcode")
    sure = known and not others and bool(postcode and fields["premises"] and fields["thoroughfare"])
    return SplitLine({key: fields[key] for key in order if fields[key]}, left_over, sure)


def _take_postcode(line: str) -> tuple[str, str, list[str], list[str]]:
    """Find the first postcode of the line; return it, its area, the postcodes after it, and the parts without them.

    A line with two of them is two addresses, or a slip: only the customer can say which is meant. One of the Crown
    dependencies, and one with a slip at the end of the line, come as they were typed and without an area: the rules
    of the field say the rest (P06, P02).
    """
    parts = [words for part in _BREAK.split(line) if (words := part.split())]
    places = [(words, end, count) for words in parts for end in range(1, len(words) + 1) for count in (1, 2)]
    taken: list[tuple[str, str]] = []
    chosen: list[tuple[list[str], int, int]] = []
    starts: dict[int, int] = {}
    for words, end, count in reversed(places):
        # The word of a postcode that was found belongs to no other.
        if end <= starts.get(id(words), end) and (found := _postcode_at(words, end, count)):
            taken.insert(0, found)
            chosen.append((words, end, count))
            starts[id(words)] = end - count
    for place in chosen:
        _take(*place)
    if taken:
        (postcode, area), *others = taken
        return postcode, area, [text for text, _ in others], _joined(parts)
    for place in reversed(places[-2:]):
        text = _text_at(*place)
        if any(map(str.isdigit, text)) and any(finding.code == "P02" for finding in parse_postcode(text).findings):
            _take(*place)
            return text, "", [], _joined(parts)
    return "", "", [], _joined(parts)


def _postcode_at(words: list[str], end: int, count: int) -> tuple[str, str] | None:
    """Return the postcode that ends before `end`, and its area, '' for a Crown dependency's; None where none does."""
    if words[end : end + 1] and words[end].casefold().strip(".,()") in _FLOORS and _ORDINAL.search(words[end - 1]):
        return None  # Flat B1, 2nd Floor
    text = _text_at(words, end, count)
    found = parse_postcode(text)
    if found.postcode and found.area:
        return found.postcode, found.area
    return (text, "") if any(finding.code == "P06" for finding in found.findings) else None


def _text_at(words: list[str], end: int, count: int) -> str:
    return " ".join(words[end - count : end]).strip(".()") if end >= count else ""


def _take(words: list[str], end: int, count: int) -> None:
    del words[end - count : end]


def _joined(parts: list[list[str]]) -> list[str]:
    return [" ".join(words) for words in parts if words]


def _take_regions(parts: list[str]) -> str:
    """Take countries and counties from the end, as long as something is left that may be the town."""
    taken: list[str] = []
    while len(parts) > 1 and (is_country(parts[-1]) or is_county(parts[-1])):
        taken.insert(0, parts.pop())
    if parts:
        parts[-1], regions = without_regions(parts[-1])
        taken = [*regions, *taken]
    return ", ".join(taken)


def _take_town(parts: list[str], towns: Towns | None, area: str) -> tuple[str, bool]:
    """Take the post town from the end; also say whether the table knows it and the postcode agrees."""
    if not parts:
        return "", False
    words = parts[-1].split()
    for count in range(min(len(words), _MOST_TOWN_WORDS), 0, -1):
        areas = towns.areas_of(" ".join(words[-count:])) if towns is not None else frozenset()
        if areas and (area in areas or not area or count == len(words)) and _may_go(words[:-count], words[-count]):
            return _taken(parts, words, len(words) - count), area in areas
    if len(parts) > 1:
        may_be_town = not _take_apart(parts[-1]).certain and not split_door(parts[-1]).number
        return (parts.pop() if may_be_town else ""), False
    # No comma at all: the town is what follows the street.
    after = _take_apart(parts[0]).after
    return (_taken(parts, words, len(words) - len(after.split())) if after else ""), False


def _taken(parts: list[str], words: list[str], at: int) -> str:
    """Leave the words before `at` in the last part, and return the others."""
    parts[-1:] = [" ".join(words[:at])] if at else []
    return " ".join(words[at:])


def _may_go(before: list[str], town: str) -> bool:
    """Say whether a word may be taken off as the town: the Street of High Street only where a street is left."""
    return not before or town.casefold() not in STREET_WORDS or bool(_take_apart(" ".join(before)).street)


def _street_at(parts: list[str]) -> int | None:
    """Choose the part with the street: one with a house number before others, a certain one before others."""
    found = [(at, one) for at, part in enumerate(parts) if (one := _take_apart(part)).street]
    if not found:
        return None
    return min(found, key=lambda item: (not item[1].door.number, not item[1].certain, item[0]))[0]


def _with_street(parts: list[str], at: int) -> dict[str, str]:
    one = _take_apart(parts[at])
    streets, rest = [one.street], parts[at + 1 :]
    while rest and not one.after and (other := _take_apart(rest[0])).certain and other.street == rest[0]:
        streets.append(rest.pop(0))
    return _fields([*parts[:at], *one.door.inner, one.building, one.door.number], streets, [one.after, *rest])


def _without_street(parts: list[str]) -> dict[str, str]:
    """Take the first part that is more than a door for the end of the premises; the rest is the locality."""
    if len(parts) == 1 and (door := split_door(parts[0])).number:
        return _fields([*door.inner, door.number], [], [door.rest])
    end = next((at for at, part in enumerate(parts) if not is_door(part)), len(parts)) + 1
    return _fields(parts[:end], [], parts[end:])


def _fields(premises: list[str], streets: list[str], places: list[str]) -> dict[str, str]:
    texts = {"premises": premises, "thoroughfare": streets, "locality": places}
    return {name: ", ".join(part for part in parts if part) for name, parts in texts.items()}


def _take_apart(part: str) -> _Street:
    """Take one part apart: flat and number, a building's name, the street, and what follows it."""
    door = split_door(part)
    words = door.rest.split()
    start = _end_of_building(words)
    street = words[start:]
    behind = split_door(" ".join(street)) if start else Door((), "", "")
    if (behind.inner or behind.number) and not (behind.number and door.number):  # Rose Court 12 High Street
        door = Door((*door.inner, *behind.inner), door.number or behind.number, behind.rest)
        street = behind.rest.split()
    end = _end_of_street(street)
    if not end:
        return _Street()
    last = [word.casefold().strip(".,'") for word in street[:end]]
    certain = not _SURELY_STREETS.isdisjoint(last) or last[0] in WELSH_STREET_WORDS
    return _Street(door, " ".join(words[:start]), " ".join(street[:end]), " ".join(street[end:]), certain)


def _end_of_building(words: list[str]) -> int:
    """Return how many words at the front are a building's name with a street behind it: Rose Court High Street."""
    for at in range(1, len(words) - 1):
        if words[at].casefold().strip(".") in BUILDING_WORDS:
            behind = split_door(" ".join(words[at + 1 :])).rest.split()
            if behind[0].casefold().strip(".") not in STREET_WORDS and _end_of_street(behind):
                return at + 1
    return 0


def _end_of_street(words: list[str]) -> int:
    """Return how many words at the front are the name of a street, 0 where none is recognised."""
    said = [word.casefold().strip(".,'") for word in words]
    if len(said) > 1 and (said[0] in WELSH_STREET_WORDS or (said[0] in {"y", "yr"} and said[1] in WELSH_STREET_WORDS)):
        return len(words)  # Heol Fawr: the word for the street comes first, and none ends the name
    for at, word in enumerate(said):
        if (word in STREET_WORDS and at) or word in _ONE_WORD_STREETS:
            end = at + 1
            while end < len(said) and (said[end] in _SURELY_STREETS or said[end] in _SIDES):
                end += 1
            return end
    return 0
