"""The grammar of British postcodes (P01, P02, P05, P06); whether one exists is the directory's matter."""

import re
import unicodedata
from itertools import pairwise, product
from typing import NamedTuple

from validators.alphabet import INVISIBLE
from validators.areas import AREAS, CROWN_DEPENDENCIES, PSEUDO
from validators.findings import Finding, error

FIELD = "postcode"
SHAPES = ("A9", "A99", "A9A", "AA9", "AA99", "AA9A")  # of the outward code; the inward one is always 9AA
_LAST_LETTERS = {1: "ABCDEFGHJKPSTUW", 2: "ABEHMNPRVWXY"}  # of A9A and of AA9A, by the length of the area
_INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # never C I K M O V
# Six districts of London's W1 that ended with the year 2000 have third letters that nobody else has. A
# directory with end dates still knows them (P04), so the grammar must let them through to it.
_FORMER_DISTRICTS = frozenset({"W1M", "W1N", "W1R", "W1V", "W1X", "W1Y"})
# No leading zero, but a lone 0 is right (BS0).
_OUTWARD = re.compile("([A-Z]{1,2})(?:[1-9]?[0-9]|[0-9]([A-Z]))")

# What is taken for what (rules.md P02).
_TO_DIGIT = {"O": "0", "I": "1", "S": "5", "Z": "2", "B": "8"}
_TO_LETTER = {digit: letter for letter, digit in _TO_DIGIT.items()}
_MOST_SLIPS = 3
_MOST_ALTERNATIVES = 3
_INWARD_LENGTH = 3
_WORD = re.compile("[A-Z0-9]+")
_UNSEEN = str.maketrans(INVISIBLE)
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


class ParsedPostcode(NamedTuple):
    """A postcode as it is written (`LS11 5DF`) and its area, both None where there is an error finding.

    A tuple, not a dataclass: the parse of a well-formed postcode runs a million times an import.
    """

    postcode: str | None
    area: str | None
    findings: tuple[Finding, ...] = ()


def parse_postcode(raw: str) -> ParsedPostcode:
    """Read a postcode as people write it; any case and white space, full-width characters, one hyphen.

    Whether it exists is not asked here: AB1A 1AA is well-formed and passes.
    """
    area = _AT_HOME[raw[:-_INWARD_LENGTH]]
    if area and raw[-_INWARD_LENGTH:] in _INWARD_CODES:
        return _new(ParsedPostcode, (raw, area, ()))
    text = _normalised(raw)
    joined = _joined(text)
    written = _written(joined)
    area = _AT_HOME[written[:-_INWARD_LENGTH]]
    if area and written[-_INWARD_LENGTH:] in _INWARD_CODES:
        return _new(ParsedPostcode, (written, area, ()))
    return ParsedPostcode(None, None, (_refusal(raw, text, joined),))


def joined_form(raw: str) -> str:
    """Return what was typed in capitals without white space, postcode or not."""
    return _joined(_normalised(raw))


def written_form(joined: str) -> str | None:
    """Return a postcode of the UK as it is written, or None where the text without its space is none; no findings."""
    written = _written(joined)
    return written if joined[-_INWARD_LENGTH:] in _INWARD_CODES and _AT_HOME[written[:-_INWARD_LENGTH]] else None


def area_letters(joined: str) -> str:
    """Return the letters at the front."""
    return joined[: len(joined) - len(joined.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]


def mended(raw: str) -> tuple[str, ...]:
    """Return the postcodes that the text may have been before a slip (O/0, I/1, S/5, Z/2, B/8), likeliest first."""
    parts = raw.split()
    if len(parts) == 2 and len(parts[1]) != _INWARD_LENGTH:  # noqa: PLR2004  an outward and an inward code
        return ()  # a space that was typed tells where the inward code begins: LS11 5D is not LS1 1SD
    joined = joined_form(raw)
    found: dict[str, int] = {}
    for shape in SHAPES:
        pattern = shape + "9AA"
        if len(pattern) != len(joined):
            continue
        tables = (_TO_DIGIT if kind == "9" else _TO_LETTER for kind in pattern)
        # A character of the right kind stays; one of the wrong kind is mended, or the shape does not fit.
        text = "".join(
            char if char.isdigit() == (kind == "9") else table.get(char, "?")
            for char, kind, table in zip(joined, pattern, tables, strict=True)
        )
        slips = sum(before != after for before, after in zip(joined, text, strict=True))
        if 0 < slips <= _MOST_SLIPS and _area(text):
            found[_written(text)] = slips
    return tuple(sorted(found, key=lambda postcode: found[postcode]))


def slip_finding(candidates: tuple[str, ...]) -> Finding:
    """P02: say which postcode was probably meant; the first candidate is the suggestion."""
    first, *others = candidates
    return error(
        "P02",
        FIELD,
        f"This is not a postcode, but {first} is: a letter and a digit that look alike may have been mixed up."
        " Check it and enter it again.",
        suggestion=first,
        alternatives=tuple(others[:_MOST_ALTERNATIVES]),
    )


def _area_of_outward(outward: str) -> str:
    """Return the area of a well-formed outward code, and nothing for any other text."""
    found = _OUTWARD.fullmatch(outward)
    if found is None or found[1] not in AREAS:
        return ""
    area, last = found.groups()
    return area if last is None or last in _LAST_LETTERS[len(area)] or outward in _FORMER_DISTRICTS else ""


class _AtHome(dict[str, str]):
    """The area of each outward code, with the space after it; nothing where it is none, or not in the UK.

    Filled by what is asked: the three thousand that are in use are found faster than among all thirty thousand.
    """

    def __missing__(self, begin: str) -> str:
        area = _area_of_outward(begin[:-1]) if begin[-1:] == " " else ""
        if not area or area in CROWN_DEPENDENCIES:
            return ""  # and not kept: what people mistype has no end
        self[begin] = area
        return area


_AT_HOME = _AtHome()
_INWARD_CODES = frozenset(map("".join, product("0123456789", _INWARD_LETTERS, _INWARD_LETTERS)))
_new = tuple.__new__  # a named tuple's own constructor takes twice as long


def _normalised(raw: str) -> str:
    """Bring what people type to upper case without white space; hyphens stay, to be judged by their place."""
    text = raw if raw.isascii() else unicodedata.normalize("NFKC", raw).translate(_HYPHENS)
    text = "".join(text.translate(_UNSEEN).split())
    # str.upper would turn letters of other scripts into ASCII ones in silence.
    return text.upper() if text.isascii() else text


def _joined(text: str) -> str:
    """Take out a hyphen that stands where the space belongs, and no other."""
    outward, hyphen, inward = text.rpartition("-")
    return outward + inward if hyphen and len(inward) == _INWARD_LENGTH else text


def _written(joined: str) -> str:
    return f"{joined[:-_INWARD_LENGTH]} {joined[-_INWARD_LENGTH:]}"


def _refusal(raw: str, text: str, joined: str) -> Finding:
    """Say why a text is no postcode that can be taken."""
    if not text:
        return error("P01", FIELD, "Postcode is missing. Enter the postcode of the place, for example LS11 5DF.")
    for pattern, name in PSEUDO:
        if pattern.fullmatch(text):
            return error(
                "P05",
                FIELD,
                f"This is {name}, not a place in the UK where someone can call from. Enter the postcode of"
                " the building where the number is used.",
            )
    if (area := _area(joined)) in CROWN_DEPENDENCIES:
        return _crown_dependency(area)
    candidates = mended(raw)
    at_home = tuple(c for c in candidates if _area(c.replace(" ", "")) not in CROWN_DEPENDENCIES)
    if at_home:
        return slip_finding(at_home)
    if candidates:
        return _crown_dependency(_area(candidates[0].replace(" ", "")))
    return _no_postcode(raw, joined)


def _no_postcode(raw: str, joined: str) -> Finding:
    inside = _inside(raw)
    if inside:
        return error(
            "P01",
            FIELD,
            "There is more than a postcode here. Leave only the postcode, and put the rest where it belongs.",
            suggestion=inside[0] if len(inside) == 1 else None,
            alternatives=inside[:_MOST_ALTERNATIVES] if len(inside) > 1 else (),
        )
    return error("P01", FIELD, _fault(joined))


def _inside(raw: str) -> tuple[str, ...]:
    """Find the postcodes in a longer text: LS11 5DF, Leeds."""
    words = _WORD.findall(raw.upper()) if raw.isascii() else []
    pairs = (first + second for first, second in pairwise(words) if len(second) == _INWARD_LENGTH)
    return tuple(dict.fromkeys(found for text in (*pairs, *words) if (found := written_form(text))))


def _area(joined: str) -> str:
    """Return the area of a postcode without its space, and nothing where it is not well-formed."""
    return _area_of_outward(joined[:-_INWARD_LENGTH]) if joined[-_INWARD_LENGTH:] in _INWARD_CODES else ""


def _fault(joined: str) -> str:
    """Name the first thing that is wrong with a text that is no postcode."""
    if not any(map(str.isdigit, joined)):
        return "This is not a postcode. Enter the postcode of the place, for example LS11 5DF."
    strange = next((char for char in joined if not (char.isascii() and char.isalnum())), None)
    if strange is not None:
        name = unicodedata.name(strange, f"U+{ord(strange):04X}").lower()
        return f"A postcode has only letters and digits, and this one has a {name}. Enter it again."
    letters = area_letters(joined)
    if letters and joined != letters and letters not in AREAS:
        return f"No UK postcode begins with {letters}. Check the letters at the front."
    district = joined[len(letters) : -_INWARD_LENGTH]
    if len(district) > 1 and district[0] == "0":
        return "A postcode has no 0 in front of its district: LS1, not LS01. Enter it again without the 0."
    return "This is not a full UK postcode. Enter it like LS11 5DF: district first, then a digit and two letters."


def _crown_dependency(area: str) -> Finding:
    return error(
        "P06",
        FIELD,
        f"This postcode is in {CROWN_DEPENDENCIES[area]}, which has its own emergency call service; we can only"
        " register places in the United Kingdom.",
    )
