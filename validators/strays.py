"""What stands in a field of the address and belongs in another, or in none: postcodes, telephone numbers, counties."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from validators.counties import COUNTIES, COUNTRIES
from validators.doors import is_street
from validators.dummies import is_dummy
from validators.findings import Finding, error, warning
from validators.postcodes import parse_postcode
from validators.wording import LABELS

_LINES = ("premises", "thoroughfare", "locality", "post_town")
_POSTCODE = re.compile(r"(?<![\w/])[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}(?!\w)", re.IGNORECASE)
_EMAIL = re.compile(r"(?:e-?mail\W*)?[^\s,;<>()]+@[^\s,;<>()]+\.\w{2,}", re.IGNORECASE)
_TELEPHONE = re.compile(
    r"(?:(?:tel(?:ephone)?|phone|mob(?:ile)?|contact)(?:\s+no)?\b\W*)?(?<![\w/.])(?:\+44|0044|\(?0)[\d\s().-]{8,13}\d(?!\w)",
    re.IGNORECASE,
)
_TEN_DIGITS = re.compile(r"(?:\d\D{0,2}){10}")
_SUSPECT = re.compile(r"[\d@,;\n(]")  # a line without one of these has nothing in it that is looked for
_SHORTEST = 5  # no e-mail address or telephone number has so few characters
# England, Ireland, Scotland and Wales are villages, too.
_NO_PLACES = frozenset(("uk", "u.k.", "gb", "great britain", "united kingdom", "the united kingdom"))
_BREAK = re.compile(r"\s*[,;\n()]\s*")
# Stratford upon Avon and Dinas Powys are towns: a county does not follow these.
_BINDS = frozenset(
    ("dinas", "on", "upon", "in", "of", "by", "under", "le", "the", "and", "north", "south", "east", "west")
)
_CALLED = {"postcode": "a postcode", "telephone": "a telephone number", "email": "an e-mail address"}

_WANTED = {
    "name": "Enter the business or the person that uses the number.",
    "premises": "Enter the house name or number.",
    "thoroughfare": "Enter the street's name, or leave it empty where there is none.",
    "locality": "Enter the village or district, or leave it empty.",
    "post_town": "Enter the town of the postal address.",
}


class Strays(NamedTuple):
    """A field without what does not belong in it, and that, by its kind in the order in which it was found."""

    rest: str
    found: dict[str, str]


def find_strays(fields: Mapping[str, str]) -> dict[str, Strays]:
    """Find, by field, what does not belong there."""
    found: dict[str, Strays] = {}
    name = fields["name"]
    if len(name) > _SHORTEST and ("@" in name or _TEN_DIGITS.search(name)):
        found["name"] = contacts(name)
    town = fields["post_town"]
    for name in _LINES:
        text = fields[name]
        if _worth_a_look(name, text):
            found[name] = _strays(text, town, name)
    return {name: strays for name, strays in found.items() if strays.found}


def _worth_a_look(name: str, text: str) -> bool:
    """Spare the lines that cannot have anything in them, which most have not."""
    if name == "post_town":
        return bool(text)
    if name == "premises" and len(text) <= _SHORTEST:
        return _BREAK.search(text) is not None or text.casefold() in _NO_PLACES
    return _SUSPECT.search(text) is not None or text.casefold() in _NO_PLACES


def check_strays(
    fields: Mapping[str, str], strays: Mapping[str, Strays], right: Mapping[str, str | None]
) -> Iterator[Finding]:
    """A05 where a whole field is a postcode, telephone number, e-mail address or country; A08 where a part is.

    `strays` are those of find_strays; `right` has the fields that are not to be
    the rest without them, None where there is a choice.
    """
    town = strays["post_town"].rest if "post_town" in strays else fields["post_town"]
    no_town = is_country(town) or is_county(town)
    for name, stray in strays.items():
        if not (no_town and name == "post_town"):
            yield _told(name, stray, right.get(name, stray.rest))
    if not fields["postcode"].strip():
        with_postcode = (name for name in _LINES if name in strays and "postcode" in strays[name].found)
        for name in islice(with_postcode, 1):
            yield _postcode_found(name, strays[name].found["postcode"])
    if no_town:
        yield _no_town(town.strip(), likely_town(fields["locality"]))


def likely_town(locality: str) -> str | None:
    """Return the end of a locality, where that may be the town that is missing."""
    last, _ = without_regions((_parts(locality) or [""])[-1])
    if not last or is_county(last) or is_country(last) or any(map(str.isdigit, last)) or is_dummy("post_town", last):
        return None
    return None if contacts(last).found else last


@lru_cache(maxsize=1 << 14)
def is_country(text: str) -> bool:
    """Say whether a text is the United Kingdom or a part of it."""
    return text.strip().casefold() in COUNTRIES


@lru_cache(maxsize=1 << 14)
def is_county(text: str) -> bool:
    """Say whether a text is a county that is not a post town as well."""
    return text.strip().replace(".", "").casefold() in COUNTIES


def contacts(text: str) -> Strays:
    """Take e-mail addresses and telephone numbers out of a text."""
    found: dict[str, str] = {}
    for kind, pattern in (("email", _EMAIL), ("telephone", _TELEPHONE)):
        while (match := pattern.search(text)) and (kind == "email" or _TEN_DIGITS.search(match[0])):
            found.setdefault(kind, match[0])
            text = text.replace(match[0], " ")
    return Strays(_tidy(text) if found else text, found)


def _told(name: str, strays: Strays, right: str | None) -> Finding:
    label = LABELS[name]
    called = " and ".join(_CALLED.get(kind, stray) for kind, stray in strays.found.items())
    if not strays.rest:
        return error("A05", name, f"{label} is {called}. {_WANTED[name]}")
    return warning(
        "A08",
        name,
        f"{label} has {called} in it, which does not belong there. Leave in {label.lower()} only what it asks for.",
        suggestion=right,
    )


def _postcode_found(name: str, postcode: str) -> Finding:
    return warning(
        "A08",
        "postcode",
        f"{LABELS[name]} has a postcode in it, and the postcode's own field is empty. Move it there.",
        suggestion=postcode,
    )


def _no_town(town: str, suggestion: str | None) -> Finding:
    """A05 for a country and A08 for a county where the post town belongs; a locality may be the town."""
    if is_country(town):
        return error(
            "A05",
            "post_town",
            f"Post town is {town}, a country. Enter the town of the postal address.",
            suggestion=suggestion,
        )
    return warning(
        "A08",
        "post_town",
        f"Post town is {town}, a county, which the postal address does not need. Enter the post town.",
        suggestion=suggestion,
    )


@lru_cache(maxsize=1 << 16)
def _strays(text: str, town: str, name: str) -> Strays:
    """Find what a line of the address may not have in it."""
    is_town = name == "post_town"
    bare = text.strip(" ,;\n()")
    if not is_town and bare.casefold() in _NO_PLACES:
        return Strays("", {"country": bare})
    rest, found = text, dict[str, str]()
    if "@" in text or _TEN_DIGITS.search(text):
        rest, found = contacts(text)
    for match in _POSTCODE.finditer(rest):
        postcode = parse_postcode(match[0]).postcode
        if postcode:
            found["postcode"] = postcode
            rest = _tidy(rest.replace(match[0], " "))
            break
    parts = _parts(rest)
    while len(parts) > 1 and (kind := _superfluous(parts[-1], town, is_town)):
        if name == "premises" and kind == "post town" and not is_street(parts[-2]):
            break  # a house may be called like the town
        found[kind] = parts.pop()
    rest = ", ".join(parts) if found else rest
    if is_town and " " in rest:
        rest, regions = without_regions(rest)
        found |= {"country" if is_country(region) else "county": region for region in regions}
    return Strays(rest, found)


def _superfluous(part: str, town: str, is_town: bool) -> str:
    if is_country(part):
        return "country"
    if is_town:
        return "county" if is_county(part) else ""
    return "post town" if town and part.strip().casefold() == town.strip().casefold() else ""


def without_regions(text: str) -> tuple[str, tuple[str, ...]]:
    """Take counties and countries from the end of a town that was typed without commas: Leeds West Yorkshire UK."""
    if is_country(text) or is_county(text):
        return text, ()  # Great Britain, W Yorkshire: nothing would be left but a word of it
    words = text.split()
    regions: list[str] = []
    at = 1
    while at < len(words):
        last = " ".join(words[at:])
        if words[at - 1].casefold() not in _BINDS and (is_country(last) or is_county(last)):
            regions.insert(0, last)
            words, at = words[:at], 0
        at += 1
    return (" ".join(words), tuple(regions)) if regions else (text, ())


def _parts(text: str) -> list[str]:
    return [part for part in _BREAK.split(text) if part]


def _tidy(text: str) -> str:
    """Take out the empty parts that were left where something was."""
    parts = [" ".join(part.split()) for part in _BREAK.split(text)]
    return ", ".join(part for part in parts if part.strip(" -:.()"))
