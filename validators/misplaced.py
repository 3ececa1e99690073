"""Flats, floors and house numbers that stand outside premises, where the crew looks for them (A08)."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from validators.doors import BUILDING_WORDS, Door, is_street, names_inner_door, split_door
from validators.findings import Finding, warning
from validators.wording import LABELS

_PLAIN_NUMBER = re.compile(r"(?:^|[\s,])(?:NO\.?\s*)?\d{1,4}[A-Z]?(?:\s?[-/&]\s?\d{1,4}[A-Z]?)?$", re.IGNORECASE)
# In a name only what is set apart, or a flat's number at the end: Top Floor Carpets and Room 4 Tea are businesses.
_FLAT_AT_END = re.compile(
    r"(?P<rest>.*\w\W*)\s(?P<inner>(?:FLAT|APARTMENT|APT)\s+(?:\d{1,4}[A-Z]?|[A-Z]))", re.IGNORECASE
)
_DOOR_IN_NAME = re.compile(r"\d|floor|flr|flat|basement|penthouse|annex|mezzanine|apartment|main door", re.IGNORECASE)
_PARTS = re.compile(r"\s*[,;()\n]\s*|\s+[-\u2013\u2014/]\s+")


class Placed(NamedTuple):
    """What the address would be with everything in its place; `premises` '' where it would be what it is."""

    premises: str = ""
    alternatives: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()  # field by field, what is left of those that a part was taken out of


_IN_PLACE = Placed()


def place_doors(fields: Mapping[str, str], premises: str) -> Placed:
    """Put flats, floors and house numbers of the other fields into premises.

    `premises` is what was typed there, '' for a dummy. Premises that name a flat of their own are not given another.
    """
    plain = _before_street(premises) if _street_of(fields, premises) else ""
    doors = tuple(_doors(fields, premises))
    if not doors:
        return Placed(plain) if plain else _IN_PLACE
    premises = plain or premises
    settled = names_inner_door(premises)
    left: list[tuple[str, str]] = []
    inner: list[str] = []
    number = building = ""
    for name, door in doors:
        if settled and not door.number:
            continue
        rest = door.rest
        number = number or door.number
        if not premises and name == "thoroughfare":
            building, rest = _building(rest)
        if rest != fields[name].strip():
            left.append((name, rest))
        inner += [part for part in door.inner if part not in inner]
    whole, alternatives = _composed([] if settled else inner, building, number, premises)
    return Placed(whole or ("" if alternatives else plain), alternatives, tuple(left))


def check_doors(fields: Mapping[str, str], premises: str, placed: Placed) -> Iterator[Finding]:
    """A08 for premises as they would be, and for each field that a part was taken out of.

    `premises` and `placed` are those of place_doors; of a blank or dummy A01 and A05 tell what it should be.
    """
    street = _street_of(fields, premises)
    if premises and (placed.premises or placed.alternatives):
        yield warning(
            "A08",
            "premises",
            _message(placed, premises, street),
            suggestion=placed.premises or None,
            alternatives=placed.alternatives,
        )
    # Where there is no locality either, A01 suggests the street.
    if street and not fields["thoroughfare"].strip() and fields["locality"].strip():
        yield warning("A08", "thoroughfare", "The street is in premises. Move it to thoroughfare.", suggestion=street)
    for name, rest in placed.left:
        yield warning(
            "A08",
            name,
            f"{LABELS[name]} has a part that belongs in premises. Leave only the {_WHAT[name]} in it.",
            suggestion=rest,
        )


def _doors(fields: Mapping[str, str], premises: str) -> Iterator[tuple[str, Door]]:
    """Yield what the other fields say of the door: those that say nothing are the rule, and cost little."""
    name, thoroughfare, locality = fields["name"], fields["thoroughfare"].strip(), fields["locality"].strip()
    if _DOOR_IN_NAME.search(name):
        yield from _told("name", _inner_of_name(name))
    if thoroughfare:
        door = split_door(thoroughfare)
        if door.inner or door.number or (not premises and "," in thoroughfare):
            yield "thoroughfare", door
    if locality:
        door = split_door(locality)
        # A number in front of a locality is a house number only where nothing else says the house or the street.
        if not (door.number and (premises or thoroughfare)):
            yield from _told("locality", door)


def _told(name: str, door: Door) -> Iterator[tuple[str, Door]]:
    if door.inner or door.number:
        yield name, door


_WHAT = {"name": "business or person", "thoroughfare": "street", "locality": "place"}


def _building(street: str) -> tuple[str, str]:
    """Part a building's name from the street that follows it between commas: Rose Cottage, Mill Lane."""
    *before, last = (part.strip() for part in street.split(","))
    if before and is_street(last) and (not is_street(before[0]) or before[0].casefold().split()[-1] in BUILDING_WORDS):
        return ", ".join(before), last
    return "", street


def _composed(inner: list[str], building: str, number: str, premises: str) -> tuple[str, tuple[str, ...]]:
    """Return premises with what was found elsewhere, '' where they have it already, and another way to read it."""
    said = _words(premises)
    inner = [part for part in inner if _words(part) not in said]
    if number and _words(number) in said:
        number = ""
    elif number and _has_number(premises):
        if "/" not in number or names_inner_door(premises):
            # Two house numbers: only the customer knows which is right.
            choices = (", ".join((*inner, premises)), ", ".join((*inner, number)))
            return "", choices if inner else choices[1:]
        inner, number = [*inner, number], ""  # floor and door of a Scottish stair: 2/1 at 45
    if not (inner or number or building):
        return "", ()
    whole = ", ".join(part for part in (*inner, premises, building, number) if part)
    alone = ", ".join(part for part in (*inner, number) if part)
    return whole, ((alone,) if number and alone != whole and not names_inner_door(premises) else ())


def _has_number(premises: str) -> bool:
    """Say whether premises have a house number of their own; that of a flat is none."""
    if any(_PLAIN_NUMBER.fullmatch(part) for part in _PARTS.split(premises)):
        return True
    return bool(_PLAIN_NUMBER.search(premises)) and not names_inner_door(premises)


def _inner_of_name(text: str) -> Door:
    """Find a flat or floor in a name, between commas, dashes or brackets, or at its end."""
    name = text.strip()
    parts = [part for part in _PARTS.split(name) if part]
    if len(parts) > 1:
        inner = tuple(part for part in parts if _is_inner(part))
        if inner and len(inner) < len(parts):
            return Door(inner, "", ", ".join(part for part in parts if part not in inner))
    match = _FLAT_AT_END.fullmatch(name)
    return Door((match["inner"],), "", match["rest"].rstrip(",- ")) if match else Door((), "", name)


def _is_inner(part: str) -> bool:
    door = split_door(f"{part}, x")
    return bool(door.inner) and door.rest == "x"


def street_in(premises: str) -> str | None:
    """Return the street that premises hold together with the house number, if they do."""
    if " " not in premises or not is_street(premises):
        return None
    door = split_door(premises)
    return door.rest if door.number and is_street(door.rest) else None


def _message(placed: Placed, premises: str, street: str | None) -> str:
    names = " and ".join(LABELS[name].lower() for name, _ in placed.left)
    if street and placed.premises == _before_street(premises):
        return (
            "Premises has the street in it as well. Leave only the house number or name there, and the street in"
            " thoroughfare."
        )
    if placed.premises:
        return (
            f"A flat, floor or house number stands in {names} and not in premises, where the crew looks for it. Put"
            " into premises what is right."
        )
    return f"There is one house number in {names} and another in premises. Leave the right one in premises."


def _street_of(fields: Mapping[str, str], premises: str) -> str | None:
    """Return the street that premises hold, where the thoroughfare says the same or nothing."""
    street, thoroughfare = street_in(premises), fields["thoroughfare"].strip()
    return street if street and (not thoroughfare or _words(thoroughfare) == _words(street)) else None


def _before_street(premises: str) -> str:
    door = split_door(premises)
    return ", ".join((*door.inner, door.number))


def _words(text: str) -> str:
    return f" {' '.join(text.replace(',', ' ').casefold().split())} "
