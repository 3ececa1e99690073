"""Addresses that come in the elements of Royal Mail's Postcode Address File, composed by its published rules (A10)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from validators.columns import PAF_COLUMNS
from validators.findings import Finding, warning

__all__ = ["PAF_COLUMNS", "Composed", "PafElements", "address_lines", "check_paf", "compose"]

# Facts: Royal Mail, PAF Programmers' Guide, edition 7, "Formatting a PAF address for printing". A building name
# is an exception, and goes to the front of the street line, (i) where it begins and ends with a digit, (ii) where
# a letter follows after that, (iii) where it is one character.
_EXCEPTION = re.compile(r"\d(?:.*\d)?[A-Za-z]?|\S")
# "Rose House 12A" is a name and a number; "Centre 30" is a name alone, since a plain number would have come in
# its own element. (iv) A number that belongs to one of these words stays with it, too;
# flats and apartments are ours: Flat 12A is no house 12A.
_NAME_AND_NUMBER = re.compile(r"(?P<name>.*\S)\s+(?P<number>\d\S*\d[A-Za-z]?|\d[A-Za-z])")
_KEEPS_ITS_NUMBER = re.compile(
    r"(?:.*\s)?(?:BACK\s+OF|REAR\s+OF|APARTMENTS?|FLATS?|BLOCKS?|BUILDING|MAISONETTES?|SHOPS?|STALLS?|SUITES?|UNITS?)",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PafElements:
    """The elements of one delivery point, '' where absent; thoroughfares with their descriptors (HIGH STREET)."""

    organisation: str = ""
    department: str = ""
    po_box: str = ""
    sub_building: str = ""
    building_name: str = ""
    building_number: str = ""
    dependent_thoroughfare: str = ""
    thoroughfare: str = ""
    double_dependent_locality: str = ""
    dependent_locality: str = ""
    post_town: str = ""
    postcode: str = ""


_ELEMENTS = tuple(PafElements.__dataclass_fields__)


class Composed(NamedTuple):
    """What the elements are in a record: read one after the other they are Royal Mail's lines, number and all."""

    premises: str
    thoroughfare: str
    locality: str


def address_lines(elements: PafElements) -> tuple[str, ...]:
    """Return the lines of the label, from the organisation to the post town and the postcode.

    A department and a PO box come next, then what tells the door, the streets and the localities.
    """
    named, number = _premises(elements)
    first, *others = [*_streets(elements), *_localities(elements)] or [""]
    lines = (
        elements.organisation,
        elements.department,
        _box(elements.po_box),
        *named,
        f"{number} {first}".strip(),
        *others,
        elements.post_town,
        elements.postcode,
    )
    return tuple(line for line in lines if line)


def compose(elements: PafElements) -> Composed:
    """Compose premises, thoroughfare and locality.

    The number of the street line stands at the end of the premises, before the thoroughfare in which the crew
    reads it. Where an organisation is all that tells the door (rule 1), it is the premises. A PO box stays in
    sight, to be refused (A04).
    """
    named, number = _premises(elements)
    parts = [part for part in (_box(elements.po_box), *named, number) if part]
    return Composed(
        ", ".join(parts) or elements.organisation,
        ", ".join(_streets(elements)),
        ", ".join(_localities(elements)),
    )


def check_paf(typed: Mapping[str, str]) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Return the columns that come of the PAF elements, and what to tell of them (A10); nothing where there are none.

    `typed` is by the names of the CSV columns. Premises and locality that were typed as well are never replaced:
    where they differ, what was composed is the suggestion. Composing what was composed changes nothing.
    """
    if not any(typed.get(name, "").strip() for name in PAF_COLUMNS):
        return {}, ()
    elements = _elements(typed)
    composed = compose(elements)._asdict()
    columns = {name: text for name, text in composed.items() if text and not (name in _KEPT and typed.get(name, ""))}
    if elements.organisation and not (typed.get("name", "") or typed.get("forename", "")):
        columns["name"] = elements.organisation
    if elements.department and not typed.get("business_suffix", ""):
        columns["business_suffix"] = elements.department
    filled = {name: text for name, text in columns.items() if name in composed}
    shown = "; ".join(f"{name} {text}" for name, text in filled.items())
    told = [f"Made of the PAF elements by Royal Mail's rules: {shown}. Check that this is the place."] if shown else []
    told += _not_sent(elements, typed, columns)
    findings = [*_differences(elements, typed, composed)]
    if told or not findings:
        told = told or ["The PAF elements say the same as the address that was typed."]
        findings.insert(0, warning("A10", "premises", " ".join(told)))
    return columns, tuple(findings)


_KEPT = ("premises", "locality")


def _elements(typed: Mapping[str, str]) -> PafElements:
    texts = {name: " ".join(typed.get(name, "").split()) for name in _ELEMENTS}
    if re.fullmatch("0+", texts["building_number"]):
        texts["building_number"] = ""  # the fixed-width files say 0000 where there is no number
    # The thoroughfare may have been composed before: the dependent one must not be put in front of it again.
    dependent, street = texts["dependent_thoroughfare"].casefold(), texts["thoroughfare"]
    if dependent and (street.casefold() == dependent or street.casefold().startswith(dependent + ", ")):
        texts["thoroughfare"] = street[len(dependent) + 2 :]
    return PafElements(**texts)


def _not_sent(elements: PafElements, typed: Mapping[str, str], columns: Mapping[str, str]) -> Iterator[str]:
    """Name the organisation and the department where the record has no place for them."""
    taken = {"organisation": "name", "department": "business_suffix"}
    for element, column in taken.items():
        text = getattr(elements, element)
        premises = columns.get("premises") or typed.get("premises", "")
        if text and column not in columns and not (_same(text, typed.get(column, "")) or _same(text, premises)):
            yield (
                f"The {element} {text} is not sent, since {column.replace('_', ' ')} says otherwise; put it there or"
                " in premises if the crew needs it."
            )


def _differences(elements: PafElements, typed: Mapping[str, str], composed: Mapping[str, str]) -> Iterator[Finding]:
    """Say where the address that was typed is not the one that the elements make; the typed one stays."""
    alone = not any(getattr(elements, name) for name in PAF_COLUMNS if name not in {"organisation", "department"})
    for name in _KEPT:
        text = typed.get(name, "").strip()
        # An organisation alone says who is there and contradicts no door.
        if text and composed[name] and not alone and not _same(text, composed[name]):
            yield warning(
                "A10",
                name,
                f"{name.capitalize()} says {text}; the PAF elements make {composed[name]}. What was typed stays: keep"
                " the right one and empty the other.",
                suggestion=composed[name],
            )


def _premises(elements: PafElements) -> tuple[list[str], str]:
    """Return the premises lines and the number at the front of the street line, by rules 1 to 7."""
    sub, name, number = elements.sub_building, elements.building_name, elements.building_number
    if number and sub and not name and _LETTER.fullmatch(sub):
        return [], number + sub  # rule 5, concatenated: 12 and A are 12A
    if number:
        return _together(sub, name), number  # rules 2, 4, 5, 7
    if sub and name:  # rule 6
        name, number = _split(name)
        return _together(sub, name), number
    name, number = _split(name or sub)  # rule 3; a sub-building alone, for which there is no rule, likewise
    return ([name] if name else []), number


def _together(sub: str, name: str) -> list[str]:
    """Put a sub-building that is like a number on the line of its building, every other on a line of its own."""
    if sub and name and _EXCEPTION.fullmatch(sub):
        return [f"{sub} {name}"]
    return [part for part in (sub, name) if part]


def _split(name: str) -> tuple[str, str]:
    """Part a building name into what has a line of its own and what goes to the street line."""
    if _EXCEPTION.fullmatch(name):
        return "", name
    match = _NAME_AND_NUMBER.fullmatch(name)
    if match and not match["number"].isdigit() and not _KEEPS_ITS_NUMBER.fullmatch(match["name"]):
        return match["name"], match["number"]
    return name, ""


def _streets(elements: PafElements) -> list[str]:
    return [street for street in (elements.dependent_thoroughfare, elements.thoroughfare) if street]


def _localities(elements: PafElements) -> list[str]:
    return [place for place in (elements.double_dependent_locality, elements.dependent_locality) if place]


def _box(po_box: str) -> str:
    if not po_box or re.match(r"P\W*O\W*BOX", po_box, re.IGNORECASE):
        return po_box
    return f"PO BOX {po_box}"


def _same(one: str, other: str) -> bool:
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold())
