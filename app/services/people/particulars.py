"""The account data of P1, each checked, with every finding at once (B01 to B03, B07, B08)."""

from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from typing import Protocol

from app.errors import Problem
from app.models.accounts import Account
from app.services.locations.judgement import as_problem
from validators.business import (
    CheckedValue,
    check_company_number,
    check_email,
    check_landline,
    check_mobile,
    check_vat_number,
)
from validators.findings import Finding
from validators.postcodes import parse_postcode

# field: its name in a sentence, and how long it may be.
NEEDED = {
    "business_name": ("The business's name", 200),
    "contact_name": ("The contact's name", 100),
    "billing_address": ("The billing address", 400),
}
# A bill may go to a post box, to the Channel Islands or to the forces: what no installation address may be.
NO_PLACE_OF_A_CALL = frozenset({"P05", "P06"})
LONGEST_POSTCODE = 8


class Rule(Protocol):
    """A rule of validators.business."""

    def __call__(self, raw: str, /) -> CheckedValue:
        """Read a value as typed."""


@dataclass(frozen=True)
class Particulars:
    """What a business gives of itself, as typed or as kept; the billing address is no installation address (A09)."""

    business_name: str = ""
    contact_name: str = ""
    billing_address: str = ""
    billing_postcode: str = ""
    email: str = ""
    landline: str = ""
    mobile: str = ""
    company_number: str = ""
    vat_number: str = ""

    def put_into(self, account: Account) -> list[str]:
        """Write these into the account and return the names of the fields that change."""
        changed = [
            item.name for item in fields(self) if getattr(account, _column(item.name)) != getattr(self, item.name)
        ]
        for name in changed:
            setattr(account, _column(name), getattr(self, name))
        return changed


@dataclass(frozen=True)
class CheckedParticulars:
    """The data as they are to be kept, and what there is to say."""

    particulars: Particulars
    problems: tuple[Problem, ...]


def particulars_of(account: Account) -> Particulars:
    """Return what an account has given of itself."""
    return Particulars(**{item.name: getattr(account, _column(item.name)) for item in fields(Particulars)})


def check_particulars(typed: Particulars, *, demo: bool) -> CheckedParticulars:
    """Check every field; a value with a problem stays as it was typed."""
    kept, problems = asdict(typed), []
    for name, (words, longest) in NEEDED.items():
        kept[name] = _one_line(kept[name])
        problems += _of_text(name, words, kept[name], longest)
    rules: dict[str, Rule] = {
        "billing_postcode": _billing_postcode,
        "email": partial(check_email, demo=demo),
        "landline": check_landline,
        "mobile": check_mobile,
        "company_number": check_company_number,
        "vat_number": check_vat_number,
    }
    for name, rule in rules.items():
        checked = rule(kept[name])
        problems += [as_problem(finding) for finding in checked.findings]
        if not checked.findings:
            kept[name] = checked.value or ""
    if not typed.landline.strip() and not typed.mobile.strip():
        message = "Enter a landline or a mobile number, so that we can call when something is wrong with a number."
        problems.append(Problem("B08", "landline", "error", message))
    return CheckedParticulars(Particulars(**kept), tuple(problems))


def check_name(field: str, words: str, name: str, longest: int = 100) -> list[Problem]:
    """Return what stands against a person's name."""
    return _of_text(field, words, _one_line(name), longest)


def _billing_postcode(raw: str) -> CheckedValue:
    parsed = parse_postcode(raw)
    if parsed.postcode is not None:
        return CheckedValue(parsed.postcode)
    plain = " ".join(raw.upper().split())
    if len(plain) <= LONGEST_POSTCODE and all(finding.code in NO_PLACE_OF_A_CALL for finding in parsed.findings):
        return CheckedValue(plain)
    return CheckedValue(None, tuple(_as_billing(finding) for finding in parsed.findings))


def _as_billing(finding: Finding) -> Finding:
    message = "This is not a postcode. Enter the postcode to which bills go, for example LS11 5DF."
    return replace(finding, field="billing_postcode", message=message if finding.code == "P01" else finding.message)


def _of_text(field: str, words: str, text: str, longest: int) -> list[Problem]:
    if not text:
        return [Problem("B07", field, "error", f"{words} is missing.")]
    if len(text) > longest:
        message = f"{words} has {len(text)} characters; there is room for {longest}."
        return [Problem("B07", field, "error", message)]
    if "://" in text or "www." in text.casefold():
        # Such a name would be sent on in invitations.
        return [Problem("B07", field, "error", f"{words} has a web address in it. Leave that out.")]
    if not text.isprintable():
        return [Problem("B07", field, "error", f"{words} has a character that cannot be printed.")]
    return []


def _one_line(text: str) -> str:
    """Lines of an address become one, as they are kept."""
    return ", ".join(part.strip(" ,\t") for part in text.splitlines() if part.strip(" ,\t"))


def _column(name: str) -> str:
    return "name" if name == "business_name" else name
