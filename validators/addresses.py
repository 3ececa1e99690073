"""What an address must have and may not be (A01, A04, A05, A07, A08, A09)."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from validators.findings import Finding, error, review, warning
from validators.wording import LABELS

_MANDATORY = {
    "name": "Name is missing. Enter the business or the person that uses the number.",
    "premises": "Premises is missing. Enter the house name or number.",
    "post_town": "Post town is missing. Enter the town of the postal address.",
}
_ADDRESS = ("premises", "thoroughfare", "locality", "post_town")
# Whole fields only: Test Valley, Nonesuch and Unknown Warrior Road are places (rules.md A05). Compared
# without case, space and punctuation, so that N/A, n.a. and "to be confirmed" are all here.
_DUMMIES = frozenset(
    """
    tbc tba tbd tobeconfirmed tobeadvised tobedetermined unknown notknown na notapplicable none nil null noaddress
    test testing tester dummy same sameasabove asabove sameasbilling sameasbefore asbefore ditto
    seenotes seenote seeabove seebelow seeattached asdf asdfg asdfgh asdfghjkl qwerty xx xxx xxxx xyz foobar
    """.split()  # noqa: SIM905  a list is read more easily than quoted words
)
_NOT_WORD = re.compile(r"[\W_]+")
_MAIL_ONLY = re.compile(
    r"\bP(?:OST)?\.?\s*O(?:FFICE)?\.?\s*BOX(?:\s*(?:NO\.?|NUMBER))?\s*(?:\d|,|$)|\bBFPO\b|\bFREEPOST\b"
    r"|\b(?:MAIL|POST)(?:ING)?\s+ONLY\b",
    re.IGNORECASE,
)
_UNIT_ALONE = re.compile(r"(?:UNIT|SUITE|OFFICE|ROOM|STUDIO)\s+\w{1,4}", re.IGNORECASE)
_INNER = re.compile(
    r"\b(?:(?:FLAT|APARTMENT|APT)\s+\w{1,4}|(?:GROUND|FIRST|SECOND|THIRD|FOURTH|FIFTH|SIXTH|TOP|\d{1,2}(?:ST|ND|RD|TH))"
    r"\s+FLOOR)\b,?\s*",
    re.IGNORECASE,
)


def check_address(fields: Mapping[str, str], *, accommodation: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """Judge the address as it was typed, by the names of the CSV columns.

    `accommodation` is the operator's list of virtual offices and accommodation addresses: each a part of an
    address, such as a street with its number, or a postcode.
    """
    return (
        *_missing(fields),
        *_dummies(fields),
        *_mail_only(fields),
        *_accommodation(fields, accommodation),
        *_hints(fields),
    )


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
    premises, postcode = _words(fields["premises"]), _compact(fields["postcode"])
    if not postcode or postcode != _compact(billing_postcode) or premises not in _words(billing_address):
        return None
    return error(
        "A09",
        "premises",
        "This is your billing address. Confirm that the number is used there, or enter the place where it is.",
    )


def _missing(fields: Mapping[str, str]) -> Iterator[Finding]:
    for name, message in _MANDATORY.items():
        if not fields[name].strip():
            yield error("A01", name, message)
    if not (fields["thoroughfare"].strip() or fields["locality"].strip()):
        yield error("A01", "thoroughfare", "Thoroughfare and locality are both missing. Enter at least one of them.")


def _dummies(fields: Mapping[str, str]) -> Iterator[Finding]:
    # With a first name, the name is a person's, and there are people called Null, Test and Na.
    named = () if fields["forename"].strip() else ("name",)
    for name in (*named, *_ADDRESS):
        text = fields[name].strip()
        if text and (not (compact := _compact(text)) or compact in _DUMMIES):
            yield error("A05", name, f"{LABELS[name]} says nothing that helps a crew find the door. Enter it in full.")
    if fields["thoroughfare"].strip().isdigit():
        yield error(
            "A05",
            "thoroughfare",
            "Thoroughfare is only a number. Enter the street's name; the house number belongs in premises.",
        )


def _mail_only(fields: Mapping[str, str]) -> Iterator[Finding]:
    for name in _ADDRESS:
        if _MAIL_ONLY.search(fields[name]):
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
    if any(entry in address for entry in _listed_words(listed)):
        yield review(
            "A04",
            "premises",
            "This is known to us as a virtual office or an accommodation address. If people do work there with this"
            " number, keep it, and a person will check it first.",
        )


def _hints(fields: Mapping[str, str]) -> Iterator[Finding]:
    """A07 and A08: what would help the crew at the door."""
    premises = fields["premises"].strip()
    if _UNIT_ALONE.fullmatch(premises) and not fields["forename"].strip():
        yield warning(
            "A07",
            "premises",
            "A unit number alone is hard to find. Add the name above the door or of the building.",
        )
    if _INNER.search(premises):
        return
    for name in ("name", "thoroughfare"):
        match = _INNER.search(fields[name])
        if match:
            inner = match[0].strip().rstrip(",")
            yield warning(
                "A08",
                "premises",
                f"{LABELS[name]} names a flat or floor, and premises does not. Put it at the front of premises,"
                " where the crew looks for it.",
                suggestion=f"{inner}, {premises}" if premises else None,
            )


def _compact(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()


def _words(text: str) -> str:
    """Write a text as its words with one space before and after each, so that whole words are found."""
    return f" {' '.join(_NOT_WORD.sub(' ', text).casefold().split())} "


@lru_cache(maxsize=8)
def _listed_words(listed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(words for entry in listed if (words := _words(entry)).strip())
