"""What a business gives when it signs up: company number, VAT number, e-mail, landline, mobile (B01 to B03).

Blank is right everywhere but for the e-mail address: a sole trader has no company number. What else must be
there is the caller's to say.
"""

import re
from dataclasses import dataclass
from unicodedata import normalize

from email_validator import EmailNotValidError, validate_email

from validators.findings import Finding, error
from validators.numbers import national, read_number

# Companies House's own registers, those kept elsewhere whose numbers it lists, and R0 for Northern Ireland before 1922.
_PREFIXES = (
    "AC|CE|CS|EN|ES|FC|FE|GE|GN|GS|IC|LP|NA|NC|NF|NI|NL|NR|NV|NZ|OC|OE|PC|R0|RC|SA|SC|SE|SF|SG|SI|SL|SO|SR|SZ|ZC"
)
_SOCIETIES = "IP|NO|NP|RS|SP"  # mutual societies: their numbers may end in letters that tell the kind
_COMPANY = re.compile(
    rf"[0-9]{{8}}|({_PREFIXES}|{_SOCIETIES})[0-9]{{6}}|(NI|SL)[0-9]{{5}}A|({_SOCIETIES})[0-9]{{3,5}}[A-Z]{{1,3}}"
)
_COMPANY_DIGITS = 8
_NOT_ZERO = re.compile("[1-9]")
_SHORT_COMPANY = re.compile(rf"(?P<prefix>{_PREFIXES}|{_SOCIETIES}|)(?P<digits>[0-9]{{1,7}})")
_LOOKALIKES = str.maketrans("OIL", "011")
_PREFIX_ENDS = 2

_VAT = re.compile(
    r"(?P<country>GB|XI)?(?P<number>(?P<body>[0-9]{7})(?P<check>[0-9]{2})([0-9]{3})?|GD[0-4][0-9]{2}|HA[5-9][0-9]{2})"
)
_VAT_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)
_VAT_MODULUS = 97
_VAT_SHIFT = 55  # HMRC's second method, 9755, for numbers since 2009
_ABROAD = re.compile(r"(?!GB|XI|GD|HA)[A-Z]{2}[0-9A-Z]{8,12}")

_LANDLINE = re.compile(r"0[123]")
_MOBILE = re.compile(r"07(?:[1-57-9]|624)")  # 070 is personal, 076 a pager, but for 07624 of the Isle of Man
_SEPARATORS = re.compile(r"[\s.\u2010-\u2015-]+")


@dataclass(frozen=True, slots=True)
class CheckedValue:
    """A value as it is to be kept, None where there is none or it cannot be used, and what there is to say."""

    value: str | None
    findings: tuple[Finding, ...] = ()


_NOTHING = CheckedValue(None)


def check_company_number(raw: str) -> CheckedValue:
    """Read a company number in any of Companies House's forms (B01): 8 digits, or letters and 6 digits."""
    text = _compact(raw)
    if not text:
        return _NOTHING
    if _is_company(text):
        return CheckedValue(text)
    mended = text.translate(_LOOKALIKES)
    candidates = (text, text[:_PREFIX_ENDS] + mended[_PREFIX_ENDS:], mended)
    whole = next((number for number in map(_whole_company, candidates) if number), None)
    if whole:
        return _refused(
            "B01",
            "company_number",
            f"A company number has 8 characters. Check the number at Companies House; it may be {whole}.",
            whole,
        )
    return _refused(
        "B01",
        "company_number",
        "This is not a company number. Enter the 8 digits, or two letters and 6 digits, that Companies House gives,"
        " for example 01234567 or SC123456; leave it out if the business is not registered there.",
    )


def check_vat_number(raw: str) -> CheckedValue:
    """Read a UK VAT number and prove its check digits by either of HMRC's methods (B02).

    Knows 9 digits, 12 for a branch, GD and HA for government and health; GB in front may be left out, XI is
    Northern Ireland. The value has its country in front.
    """
    text = _compact(raw)
    if not text:
        return _NOTHING
    found = _VAT.fullmatch(text)
    if found is None:
        return _refused("B02", "vat_number", _no_vat_form(text))
    if found["body"] and not _checks(found["body"], found["check"]):
        return _refused(
            "B02",
            "vat_number",
            "The last two of the first nine digits do not agree with the others, so a digit is wrong. Copy the VAT"
            " number again from the VAT certificate.",
        )
    return CheckedValue((found["country"] or "GB") + found["number"])


def check_email(raw: str, *, demo: bool = False) -> CheckedValue:
    """Read an e-mail address (B03); whether the mailbox exists is not asked. `demo` lets names under .test pass."""
    text = raw.strip()
    if not text:
        return _refused("B03", "email", "E-mail address is missing. Enter the address to which we can write.")
    try:
        return CheckedValue(validate_email(text, check_deliverability=False, test_environment=demo).normalized)
    except EmailNotValidError as fault:
        return _refused(
            "B03", "email", f"We cannot write to this e-mail address. {fault} Enter it like name@company.co.uk."
        )


def check_landline(raw: str) -> CheckedValue:
    """Read a landline (B03): 01, 02 or 03. The value is in E.164 form."""
    if not raw.strip():
        return _NOTHING
    number = read_number(raw)
    if number and _LANDLINE.match(national(number)):
        return CheckedValue(number)
    if number and _MOBILE.match(national(number)):
        message = "This is a mobile number. Enter it as the mobile, and here a number that begins 01, 02 or 03."
    else:
        message = "This is not a landline of the United Kingdom. Enter the whole number; it begins 01, 02 or 03."
    return _refused("B03", "landline", message)


def check_mobile(raw: str) -> CheckedValue:
    """Read a mobile number (B03): 07, no pager and no personal number. The value is in E.164 form."""
    if not raw.strip():
        return _NOTHING
    number = read_number(raw)
    if number and _MOBILE.match(national(number)):
        return CheckedValue(number)
    if number and _LANDLINE.match(national(number)):
        message = "This is a landline. Enter it as the landline, and here a number that begins 07, or nothing."
    elif number and national(number).startswith("07"):
        message = "This is a pager or a personal number, not a mobile. Enter a mobile number, or leave it out."
    else:
        message = "This is not a mobile number of the United Kingdom. Enter all 11 digits; it begins 07."
    return _refused("B03", "mobile", message)


def _refused(code: str, field: str, message: str, suggestion: str | None = None) -> CheckedValue:
    return CheckedValue(None, (error(code, field, message, suggestion),))


def _compact(raw: str) -> str:
    """Write a text without spaces, dots and dashes, in capitals; full-width characters become plain ones."""
    return _SEPARATORS.sub("", normalize("NFKC", raw)).upper()


def _is_company(text: str) -> bool:
    return len(text) == _COMPANY_DIGITS and bool(_COMPANY.fullmatch(text) and _NOT_ZERO.search(text))


def _whole_company(text: str) -> str | None:
    """Put back the zeros in front that a spreadsheet takes off."""
    short = _SHORT_COMPANY.fullmatch(text)
    if short:
        text = short["prefix"] + short["digits"].zfill(_COMPANY_DIGITS - len(short["prefix"]))
    return text if _is_company(text) else None


def _checks(body: str, check: str) -> bool:
    """Prove the check digits: with the weighted sum they make a multiple of 97, or do so with 55 more."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _VAT_WEIGHTS, strict=True)) + int(check)
    proved = total % _VAT_MODULUS == 0 or (total + _VAT_SHIFT) % _VAT_MODULUS == 0
    return proved and int(check) < _VAT_MODULUS and bool(_NOT_ZERO.search(body))


def _no_vat_form(text: str) -> str:
    if _ABROAD.fullmatch(text):
        return "This is a VAT number of another country. Enter the UK VAT number, or leave it out if there is none."
    digits = len(re.sub(r"[^0-9]", "", text))
    if text.removeprefix("GB").removeprefix("XI").isdecimal():
        return (
            f"A UK VAT number has 9 digits, or 12 for a branch; this has {digits}. Copy it from the VAT certificate"
            " (a number of 8 digits may be the company number)."
        )
    return (
        "This is not a UK VAT number. Enter GB and 9 digits, or 12 for a branch; a government department has GD"
        " and 000 to 499, a health authority HA and 500 to 999."
    )
