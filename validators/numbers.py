"""Telephone numbers: can it be one, may it be here, whose is it (N00 to N05, N07)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from unicodedata import normalize

import phonenumbers

from validators.alphabet import INVISIBLE
from validators.drama import is_drama
from validators.findings import Finding, error, warning
from validators.number_slips import is_rounded, texts_meant

__all__ = ["CheckedNumber", "Holdings", "NumberRules", "check_number", "is_drama", "national", "read_number"]

FIELD = "number"
_UK = 44
# What people put between digits. Anything else (letters, extensions, a second number) is not guessed at.
_PUNCTUATION = str.maketrans(dict.fromkeys(" ()[]-\u2010\u2011\u2012\u2013\u2014\u2212", "") | INVISIBLE)
_DIALLED = re.compile(r"\+?[0-9]+")
_SUBSCRIBER_DIGITS = 10
# Ten digits after the 0 are a possible number whatever they are: a million rows need not ask the library for that.
_PLAIN = re.compile(r"(?:0|\+44)[1-9][0-9]{9}")
# Ofcom, National Telephone Numbering Plan: the numbers with fewer than ten digits after the 0. The library lets
# any number pass that is one digit short. Nine digits: 0800, Brampton (016977) and these area codes.
_MIXED_CODES = frozenset(
    """
    1204 1208 1254 1276 1297 1298 1363 1364 1384 1386 1404 1420 1460 1461 1480 1488 1524 1527 1562 1566
    1606 1629 1635 1647 1659 1695 1726 1744 1750 1768 1827 1837 1884 1900 1905 1935 1946 1949 1963 1995
    """.split()  # noqa: SIM905  a table is read more easily than forty quoted words
)
_SHORT_NUMBER = re.compile(
    rf"(?:{'|'.join(sorted(_MIXED_CODES))})[0-9]{{5}}|16977[0-9]{{4}}|800[0-9]{{6}}|8001111|845464[0-9]"
)
_MOST_ALTERNATIVES = 3
# Emergency, access and directory codes: 999, and whatever begins with 1 and is shorter than any number.
_SHORT_CODE = re.compile(r"999|1[0-9]{2,5}")


@dataclass(frozen=True, slots=True)
class NumberRules:
    """What the profile and the mode allow; prefixes are in national form, with the leading 0."""

    allowed_prefixes: tuple[str, ...] = ("01", "02", "03", "08")
    demo: bool = False


class Holdings(Protocol):
    """What this provider knows of the numbers it serves; numbers are in E.164 form."""

    @property
    def ranges_loaded(self) -> bool:
        """Whether any range of this provider is known at all."""

    def holds(self, e164: str) -> bool:
        """Whether the number lies in a range of this provider or is recorded as ported in."""

    def account_of(self, e164: str) -> int | None:
        """Name the account that holds the number, if one does."""

    def holder_of(self, e164: str) -> str:
        """Name the provider that Ofcom gave the number's range to, empty where it is not known."""


@dataclass(frozen=True, slots=True)
class CheckedNumber:
    """A number in E.164 form, None where it could not be read, and what there is to say about it."""

    number: str | None
    findings: tuple[Finding, ...]


@lru_cache(maxsize=8192)  # a row of an import is asked for its number by the rules and by who looks it up
def read_number(raw: str) -> str | None:
    """Read a UK number as people write it and return it in E.164 form, None where it cannot be one.

    Takes +44, 0044 and 0 in front, spaces, brackets, dashes and full-width digits. The phone-number library
    decides (region GB, a possible number with its area code); the numbering plan's lengths are added.
    """
    if _PLAIN.fullmatch(raw):
        return f"+{_UK}{raw[-_SUBSCRIBER_DIGITS:]}"
    dialled = _dialled(raw)
    if dialled is None or not dialled.startswith(("+", "0")):
        return None
    try:
        parsed = phonenumbers.parse(dialled, "GB")
    except phonenumbers.NumberParseException:
        return None
    digits = str(parsed.national_number)
    possible = (
        parsed.country_code == _UK
        and not parsed.italian_leading_zero
        and phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
        and (len(digits) == _SUBSCRIBER_DIGITS or _SHORT_NUMBER.fullmatch(digits) is not None)
    )
    return f"+{_UK}{digits}" if possible else None


def national(e164: str) -> str:
    """Write a number in E.164 form as it is dialled at home: a leading 0 and digits only."""
    return "0" + e164.removeprefix(f"+{_UK}")


def check_number(raw: str, *, rules: NumberRules, holdings: Holdings | None, account_id: int | None) -> CheckedNumber:
    """Apply every number rule and return all that was found.

    `holdings` None means that no range is known (N00); `account_id` None leaves N05 unasked.
    """
    number = read_number(raw)
    if number is None:
        return CheckedNumber(None, (_unreadable(raw),))
    findings = [*_allowed(number, rules)]
    drama = is_drama(number)
    if drama != rules.demo:
        findings.append(_wrong_mode(demo=rules.demo))
    elif not rules.demo:
        # In demo mode the drama ranges count as this provider's own, so ownership is asked only here.
        findings.extend(_owned(number, holdings))
    if holdings is not None and account_id is not None:
        holder = holdings.account_of(number)
        if holder is not None and holder != account_id:
            findings.append(
                error(
                    "N05",
                    FIELD,
                    "This number is already registered by another account. Check the number; if it should be"
                    " yours, contact us.",
                )
            )
    return CheckedNumber(number, tuple(findings))


def _dialled(raw: str) -> str | None:
    """Return the digits, with a leading plus where there was one; None where there is anything else."""
    stripped = "".join(normalize("NFKC", raw).split()).translate(_PUNCTUATION)
    return stripped if _DIALLED.fullmatch(stripped) else None


def _unreadable(raw: str) -> Finding:
    """Explain why a number could not be read, as closely as can be told."""
    dialled = _dialled(raw)
    if not raw.strip():
        return error("N01", FIELD, "Telephone number is missing. Enter the number that will call 999.")
    if dialled is None:
        return _more_than_digits(raw)
    if _SHORT_CODE.fullmatch(dialled.removeprefix(f"+{_UK}")):
        return error(
            "N07",
            FIELD,
            "This is a short code, such as 999 or 111, not the number of a line. Enter the full number with"
            " its area code.",
        )
    whole = _whole(dialled)
    if whole:
        return error(
            "N01",
            FIELD,
            "The 0 or + at the front is missing; a spreadsheet may have taken it off. Check the number"
            " that we suggest.",
            suggestion=national(whole),
        )
    meant = _meant(raw)
    return error(
        "N01",
        FIELD,
        "This is not a UK telephone number: it has too few or too many digits, or belongs to another country."
        " Enter all of it with its area code, for example 01632 960001.",
        suggestion=meant[0] if len(meant) == 1 else None,
        alternatives=meant if len(meant) > 1 else (),
    )


def _more_than_digits(raw: str) -> Finding:
    """N01 for a text that has more in it than a number is written with."""
    if is_rounded(raw):
        return error(
            "N01",
            FIELD,
            "A spreadsheet has shortened this number, and its last digits are lost. Give the column the format text"
            " and enter the number again.",
        )
    meant = _meant(raw)
    if len(meant) > 1:
        return error(
            "N01",
            FIELD,
            "There is more than one number here. Enter one number; each other one needs a row of its own.",
            alternatives=meant,
        )
    return error(
        "N01",
        FIELD,
        "This is not a telephone number. Use digits only, one number, without an extension, for example 01632 960001.",
        suggestion=meant[0] if meant else None,
    )


def _meant(raw: str) -> tuple[str, ...]:
    """Return the numbers that are somewhere in a text, as they are dialled: suggested, never taken silently."""
    found = (read_number(text) or _whole(_dialled(text)) for text in texts_meant(raw))
    return tuple(dict.fromkeys(national(number) for number in found if number))[:_MOST_ALTERNATIVES]


def _whole(dialled: str | None) -> str | None:
    """Put back the 0 or the plus that a spreadsheet takes off the front."""
    if not dialled or dialled.startswith(("0", "+")):
        return None
    return read_number("0" + dialled) or read_number("+" + dialled)


def _allowed(number: str, rules: NumberRules) -> list[Finding]:
    """N07 for premium numbers, N02 for prefixes that the profile does not take."""
    dialled = national(number)
    if dialled.startswith("09"):
        return [
            error(
                "N07",
                FIELD,
                "This is a premium rate (09) number, which cannot have a 999 record. Enter the number that"
                " the line shows when it makes a call.",
            )
        ]
    if not dialled.startswith(rules.allowed_prefixes):
        prefixes = ", ".join(rules.allowed_prefixes)
        return [
            error(
                "N02",
                FIELD,
                f"Numbers like this are not registered here; we take numbers that begin with {prefixes}.",
            )
        ]
    return []


def _wrong_mode(*, demo: bool) -> Finding:
    """N03: a real number in a rehearsal, or a number from fiction outside one."""
    if demo:
        return error(
            "N03",
            FIELD,
            "This is a demonstration, which takes only the numbers that Ofcom keeps for fiction, for example"
            " 01632 960001.",
        )
    return error("N03", FIELD, "This number is reserved for films and television. Enter the line's real number.")


def _owned(number: str, holdings: Holdings | None) -> list[Finding]:
    """N00 where no range is known, N04 where the number is in none of them."""
    if holdings is None or not holdings.ranges_loaded:
        return [
            warning(
                "N00",
                FIELD,
                "No number ranges are loaded, so we could not check that this number is one of ours.",
            )
        ]
    if holdings.holds(number):
        return []
    holder = holdings.holder_of(number)
    if holder:
        return [
            error(
                "N04",
                FIELD,
                f"This number is not one of ours. Ofcom gave this range to {holder}: if the number is moving to you"
                " from there, record it as ported in; if not, check the digits.",
            )
        ]
    return [
        error(
            "N04",
            FIELD,
            "This number is not one of ours and has not been brought to us. Check the digits; if it is moving"
            " to us, ask for the move to be recorded first.",
        )
    ]
