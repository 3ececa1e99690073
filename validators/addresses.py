"""What an address must have and may not be (A01, A04, A05, A07, A09), and what stands in the wrong field (A08)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from validators.doors import is_street
from validators.dummies import compact, is_dummy
from validators.findings import Finding, error, review, warning
from validators.misplaced import Placed, check_doors, place_doors, street_in
from validators.strays import check_strays, find_strays, likely_town
from validators.wording import LABELS

_ADDRESS = ("premises", "thoroughfare", "locality", "post_town")
_NOT_WORD = re.compile(r"[\W_]+")
# Tried first, since hardly an address has one of them, and a million rows are asked.
_MAIL_WORDS = ("box", "bfpo", "post", "mail", "bag", "dx", "blwch", "rhadbost", "f.p.o", "restante", "corresp", "pmb")
# Never a Post Office, a Post Box Cottage or the Mailbox of Birmingham: those are places.
_MAIL_ONLY = re.compile(
    r"\bP\W{0,2}[O0]\W{0,2}BOX(?![A-Z])"
    r"|\b(?:GENERAL\s+)?POST(?:AL)?\s*OFFICE\s+BOX(?:\s*(?:NO\.?|NUMBER))?\s*(?:\d|,|$)|\bPOST(?:AL)?\s+BOX\s*(?:NO\.?\s*)?\d"
    r"|\bG\W{0,2}P\W{0,2}O\W{0,2}BOX\b|\bBLWCH\s+(?:POST|SP|S\.P\.|SWYDDFA)(?!\w)|\bBFPO\b|\bB\.F\.P\.O\b"
    r"|\bFREE\s?POST\b|\bRHADBOST\b|\b(?:PRIVATE|LOCKED)\s+(?:MAIL\s*)?BAG\b|\b(?:MAILBOX|PMB)\s*(?:NO\.?\s*)?\d"
    r"|\bPOSTE\s+RESTANTE\b|\bDX\s?(?:NO\.?\s*)?\d{2,7}\b|\b(?:MAIL|POST)(?:ING|AL)?\s+(?:ADDRESS\s+)?ONLY\b"
    r"|\bCORRESPONDENCE\s+(?:ADDRESS\b|ONLY\b)|\bMAIL\s+(?:FORWARDING|HOLDING|DROP)\b",
    re.IGNORECASE,
)
_UNIT_ALONE = re.compile(
    r"(?:UNITS?|SUITES?|OFFICES?|ROOMS?|STUDIOS?|SHOPS?|WORKSHOPS?|BAYS?|KIOSKS?|STALLS?)\s+(?:NO\.?\s*)?"
    r"\w{1,4}(?:\s?(?:[-/&]|TO|AND)\s?\w{1,4})?",
    re.IGNORECASE,
)
_HOUSE_NUMBER = re.compile(r"\d{1,4}[A-Z]?", re.IGNORECASE)


def check_address(fields: Mapping[str, str], *, accommodation: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """Judge the address as it was typed, by the names of the CSV columns.

    `accommodation` is the operator's list of virtual offices and accommodation addresses: each a part of an
    address, such as a street with its number, or a postcode.
    """
    strays = find_strays(fields)
    plain = {**fields, **{name: stray.rest for name, stray in strays.items()}} if strays else fields
    premises = plain["premises"].strip()
    told = "" if premises and is_dummy("premises", premises) else premises
    placed = place_doors(plain, told)
    right: dict[str, str | None] = dict(placed.left)
    if placed.premises or placed.alternatives:
        right["premises"] = placed.premises or None
    return (
        *_missing(fields, placed),
        *_dummies(fields, placed),
        *_mail_only(fields),
        *_accommodation(fields, accommodation),
        *_unit_alone(premises, fields["forename"]),
        *_told_together((*check_doors(plain, told, placed), *check_strays(fields, strays, right))),
    )


def _told_together(findings: tuple[Finding, ...]) -> Iterable[Finding]:
    """Join what is said of a field with one and the same suggestion."""
    by_suggestion: dict[tuple[str, str, str | None], Finding] = {}
    for finding in findings:
        key = (finding.code, finding.field, finding.suggestion)
        said = by_suggestion.get(key)
        by_suggestion[key] = replace(said, message=f"{said.message} {finding.message}") if said else finding
    return by_suggestion.values()


def crowded(numbers: int, limit: int) -> Finding:
    """A05 for one address that serves more numbers of one account than is likely."""
    return warning(
        "A05",
        "premises",
        f"This would be the address of {numbers:,} numbers, more than {limit:,}. Confirm that they are all used"
        " there; someone who dials 999 is sought at this address.",
    )


def same_as_billing(fields: Mapping[str, str], billing_address: str, billing_postcode: str) -> Finding | None:
    """A09: the billing address may be registered only when the customer says that the number is used there."""
    postcode = compact(fields["postcode"])
    if not postcode or postcode != compact(billing_postcode):
        return None
    if _words(fields["premises"]) not in _words(billing_address):
        return None
    return error(
        "A09",
        "premises",
        "This is your billing address. Confirm that the number is used there, or enter the place where it is.",
    )


def _missing(fields: Mapping[str, str], placed: Placed) -> Iterator[Finding]:
    if not fields["name"].strip():
        yield error("A01", "name", "Name is missing. Enter the business or the person that uses the number.")
    thoroughfare, premises = fields["thoroughfare"].strip(), fields["premises"].strip()
    if not premises:
        yield error(
            "A01",
            "premises",
            "Premises is missing. Enter the house name or number.",
            suggestion=_likely_premises(thoroughfare, placed),
            alternatives=placed.alternatives,
        )
    if not fields["post_town"].strip():
        yield error(
            "A01",
            "post_town",
            "Post town is missing. Enter the town of the postal address.",
            suggestion=likely_town(fields["locality"]),
        )
    if not (thoroughfare or fields["locality"].strip()):
        yield error(
            "A01",
            "thoroughfare",
            "Thoroughfare and locality are both missing. Enter the street, or the village or district; a place that has"
            " neither, such as a castle or an airfield, has its post town for locality too.",
            suggestion=street_in(premises) or (premises if is_street(premises) else None),
        )


def _likely_premises(thoroughfare: str, placed: Placed) -> str | None:
    """Return what stands in another field and is the door; a thoroughfare that is a number is a house number."""
    return placed.premises or (thoroughfare if _HOUSE_NUMBER.fullmatch(thoroughfare) else None)


def _dummies(fields: Mapping[str, str], placed: Placed) -> Iterator[Finding]:
    # With a first name, the name is a person's, and there are people called Null, Test and Na.
    named = () if fields["forename"].strip() else ("name",)
    for name in (*named, *_ADDRESS):
        text = fields[name].strip()
        if text and not (name == "thoroughfare" and text.isdigit()) and is_dummy(name, text):
            likely = {"premises": placed.premises, "post_town": likely_town(fields["locality"])}.get(name)
            yield error(
                "A05",
                name,
                f"{LABELS[name]} says nothing that helps a crew find the door. Enter it in full.",
                suggestion=likely or None,
            )
    if fields["thoroughfare"].strip().isdigit():
        yield error(
            "A05",
            "thoroughfare",
            "Thoroughfare is only a number. Enter the street's name; the house number belongs in premises.",
        )


def _mail_only(fields: Mapping[str, str]) -> Iterator[Finding]:
    texts = [fields[name] for name in _ADDRESS]
    together = " ".join(texts).casefold()
    if not any(word in together for word in _MAIL_WORDS):
        return
    for name, text in zip(_ADDRESS, texts, strict=True):
        if _MAIL_ONLY.search(text):
            yield error(
                "A04",
                name,
                f"{LABELS[name]} is an address for mail only, where no crew can find anyone. Enter the building where"
                " the number is used.",
            )


def _accommodation(fields: Mapping[str, str], listed: tuple[str, ...]) -> Iterator[Finding]:
    if not listed:
        return
    address = _words(" ".join(fields[name] for name in (*_ADDRESS, "postcode")))
    by_first_word = _listed_words(listed)
    entries = (entry for word in set(address.split()) for entry in by_first_word.get(word, ()))
    if any(entry in address for entry in entries):
        yield review(
            "A04",
            "premises",
            "This is known to us as a virtual office or an accommodation address. If people do work there with this"
            " number, keep it, and a person will check it first.",
        )


def _unit_alone(premises: str, forename: str) -> Iterator[Finding]:
    if _UNIT_ALONE.fullmatch(premises) and not forename.strip():
        yield warning(
            "A07",
            "premises",
            "A unit number alone is hard to find. Add the name above the door or of the building.",
        )


def _words(text: str) -> str:
    """Write a text as its words with one space before and after each, so that whole words are found."""
    return f" {' '.join(_NOT_WORD.sub(' ', text).casefold().split())} "


@lru_cache(maxsize=8)
def _listed_words(listed: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the operator's entries as words, by the first word of each: a list of thousands costs a row nothing."""
    by_first_word: dict[str, tuple[str, ...]] = {}
    for entry in listed:
        words = _words(entry)
        if words.strip():
            first = words.split()[0]
            by_first_word[first] = (*by_first_word.get(first, ()), words)
    return by_first_word
