"""How a door and a street are named in a line of an address: flats, floors, house numbers, kinds of street."""

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = [
    "BUILDING_WORDS",
    "STREET_WORDS",
    "WELSH_STREET_WORDS",
    "Door",
    "is_door",
    "is_street",
    "names_inner_door",
    "split_door",
]

# A number may follow without a space, Flat2; a letter may not: Flatt Walks.
_NUMBER_OR_LETTER = r"(?:\s*\d{1,4}[A-Z]?(?:\s?[-/&]\s?\d{1,4}[A-Z]?)?|\s+[A-Z](?:\d{1,3}|\s?[-/&]\s?[A-Z])?)(?![\w/-])"
_ORDINAL = (
    r"(?:GROUND|GND|FIRST|SECOND|THIRD|FOURTH|FIFTH|SIXTH|SEVENTH|EIGHTH|TOP|MEZZANINE|ATTIC|\d{1,2}(?:ST|ND|RD|TH))"
)
_SIDE = r"(?:\s+(?:FLAT|OFFICES?|SUITE|FRONT|REAR|LEFT|RIGHT))*"
_INNER = (
    rf"(?:FLATS?|APARTMENTS?|APT\.?|UNITS?|SUITES?|ROOMS?|STUDIO|OFFICES?|SHOPS?|MAISONETTE|PENTHOUSE|WORKSHOP|KIOSK"
    rf"|STALLS?|LEVEL|PLOT|FLOORS?|FLR|BLOCK)(?:\s+NO\.?|\s+NUMBER)?(?:{_NUMBER_OR_LETTER})"
    rf"|(?:(?:LOWER|UPPER)\s+)?{_ORDINAL}\s+(?:FLOOR|FLR|FL)\b\.?{_SIDE}"
    rf"|(?:BASEMENT|GARDEN|ATTIC|REAR|FRONT|TOP|PENTHOUSE|MAIN\s+DOOR|CARETAKER'?S)\s+(?:FLAT|APARTMENT)(?!\w)"
    # Doors of Scottish stairs: 2F1 is the first on the second floor; likewise GF2, PF2, BF1.
    r"|(?:\d{1,2}|[PGBM])F\d{1,2}(?!\w)"
)
# These stand alone: as a part between commas, or before a number.
_WHOLE_PART = r"(?:THE\s+)?(?:BASEMENT|PENTHOUSE|ANNEXE?|MEZZANINE|MAISONETTE)(?=\s+(?:NO\.?\s*)?\d|\s*$)"
# Floor and door of a Scottish stair before the number of the stair: 2/1, 45 High Street.
_STAIR = r"\d{1,2}/\d{1,2}(?=\s+\d{1,4}[A-Z]?\s)"
_FRONT = re.compile(rf"(?:{_INNER}|{_WHOLE_PART}|{_STAIR})(?:\s+|$)", re.IGNORECASE)
_STAIR_PART = re.compile(r"\d{1,2}/\d{1,2}")
_NUMBER = re.compile(
    r"(?:(?:NO\.?|NUMBER|HOUSE\s+NO\.?)\s*)?(?!0+(?:\W|$))\d{1,4}[A-Z]?(?:\s?(?:[-/&]|TO|AND)\s?\d{1,4}[A-Z]?)?"
    r"(?:\s[ABCDFGH](?=\s+\S+\s+\S))?(?=\s|$)",
    re.IGNORECASE,
)
# What a number in front of these counts is no house: Four Lane Ends, Twelve Acre Lane, Seven Oaks Road.
_COUNTED = re.compile(
    r"\s+(?:MILES?|ACRES?|WAYS|LANE\s+ENDS?|OAKS?|ELMS|ASHES|TREES|ARCHES|DIALS|SISTERS|STILES|WELLS|WINDS|YARDS?)\b",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"[,;\n\r()]+")
_LETTER = re.compile(r"[^\W\d_]")
_DOOR_WORDS = re.compile(
    r"\d|\b(?:FL(?:ATS?|OORS?|R)|AP(?:ARTMENTS?|T)|UNITS?|SUITES?|ROOMS?|STUDIO|OFFICES?|SHOPS?|MAISONETTE|PENTHOUSE"
    r"|WORKSHOP|KIOSK|STALLS?|LEVEL|PLOT|BLOCK|BASEMENT|ANNEXE?|MEZZANINE)\b",
    re.IGNORECASE,
)
# The project's own table of the words that end the name of a street. Each is also the end of a building's
# name somewhere; those that mostly are stand in BUILDING_WORDS.
STREET_WORDS = frozenset(
    """
    street st road rd lane ln la avenue ave av close cl drive dr crescent cres way grove gr terrace terr ter place pl
    square sq gardens gdns hill walk row parade pde mews rise view green boulevard blvd broadway highway bypass circus
    quay embankment esplanade promenade approach passage path alley mount bank brow causeway chase cross croft crofts
    dale dell drove end field fields fold garth gate glade glebe heath hollow lawn lawns lea leas link loan loaning
    meadow meadows orchard paddock paddocks pass ridge ring riding roundabout sidings slope spinney spur strand track
    trail turn vale vennel wharf wynd brae gait pend port shore arcade avenues bottom bridge common copse corner
    crossing cut driveway ginnel jitty snicket twitten haven hey hurst knoll mead moor pightle roadway steps straight
    streets subway top turnpike viaduct warren wood
    """.split()  # noqa: SIM905  a list is read more easily than quoted words
)
BUILDING_WORDS = frozenset(
    """
    house court ct cottage cottages lodge hall manor mansions mansion villa villas building buildings bldg tower towers
    farm farmhouse barn mill mills works centre center chambers block flats apartments bungalow grange rectory vicarage
    stables maltings warehouse church school hotel inn hospital college point plaza studios park estate exchange
    """.split()  # noqa: SIM905  likewise
)
WELSH_STREET_WORDS = frozenset(("heol", "ffordd", "stryd", "lôn", "lon", "rhodfa", "clos", "rhiw", "cilgant", "rhes"))
_SIDES = frozenset(("north", "south", "east", "west", "upper", "lower", "n", "s", "e", "w", "central"))


class Door(NamedTuple):
    """What a line says of the door, as it was typed: flats and floors, the house number, and what is left of it."""

    inner: tuple[str, ...]
    number: str
    rest: str


@lru_cache(maxsize=1 << 16)
def split_door(text: str) -> Door:
    """Take flats, floors and the house number out of a line; the rest keeps its order, its parts joined by commas.

    A flat or floor is found at the front of the line or of a part between commas or in brackets; a number only
    before the first word of the rest; several are listed. A line that would have no letter left is not split.
    """
    if not _DOOR_WORDS.search(text):
        return Door((), "", text)
    inner: list[str] = []
    numbers: list[str] = []
    rest: list[str] = []
    for part in map(str.strip, _BREAKS.split(text)):
        left = _without_inner(part, inner)
        while not rest and (match := _NUMBER.match(left)) and not _COUNTED.match(left, match.end()):
            if _STAIR_PART.fullmatch(left):
                inner.append(left)
                left = ""
                break
            numbers.append(match[0])
            left = _without_inner(left[match.end() :].strip(), inner)
        if left:
            rest.append(left)
    if not (inner or numbers) or not _LETTER.search(" ".join(rest)):
        return Door((), "", text)
    return Door(tuple(inner), ", ".join(numbers), ", ".join(rest))


def names_inner_door(text: str) -> bool:
    """Say whether a text, such as typed premises, has a flat, floor or unit in it."""
    if not _DOOR_WORDS.search(text):
        return False
    found: list[str] = []
    for part in map(str.strip, _BREAKS.split(text)):
        match = _NUMBER.match(part)
        _without_inner(part[match.end() :].strip() if match else part, found)
        if match and "/" in match[0]:
            found.append(match[0])
        _without_inner(part, found)
    return bool(found)


def is_door(part: str) -> bool:
    """Say whether a part between commas is a flat, floor or house number and nothing else."""
    door = split_door(f"{part}, x")
    return bool(door.inner or door.number) and door.rest == "x"


@lru_cache(maxsize=1 << 16)
def is_street(text: str) -> bool:
    """Say whether a line is the name of a street, by its word for the kind: Mill Road, High Street West, Heol Fawr."""
    words = [word.strip(".'") for word in text.casefold().split()]
    while len(words) > 1 and words[-1] in _SIDES:
        words.pop()
    return bool(words) and (words[-1] in STREET_WORDS or words[0] in WELSH_STREET_WORDS)


def _without_inner(part: str, found: list[str]) -> str:
    """Take every flat and floor from the front of a part, into `found`."""
    while match := _FRONT.match(part):
        found.append(match[0].strip())
        part = part[match.end() :]
    return part
