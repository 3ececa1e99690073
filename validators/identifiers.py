"""Identifiers that others give out: of an address (UPRN, UDPRN) and of providers (R06)."""

import re
from collections.abc import Mapping

from validators.findings import Finding, error

# GeoPlace: a UPRN has up to 12 digits. Royal Mail: a UDPRN has up to 8. A CUPID has 3.
_FORMS = {
    "uprn": (re.compile(r"[0-9]{1,12}"), "UPRN must be a number of up to 12 digits. Correct it or leave it out."),
    "udprn": (re.compile(r"[0-9]{1,8}"), "UDPRN must be a number of up to 8 digits. Correct it or leave it out."),
    "child_cupid": (re.compile(r"[0-9]{3}"), "Child CUPID must be 3 digits. Correct it or leave it out."),
    "losing_cupid": (re.compile(r"[0-9]{3}"), "Losing CUPID must be 3 digits. Correct it or leave it out."),
}


def check_identifiers(fields: Mapping[str, str]) -> tuple[Finding, ...]:
    """Judge the form of every identifier that is given; whether it exists is not asked."""
    return tuple(
        error("R06", name, message)
        for name, (form, message) in _FORMS.items()
        if fields[name] and not form.fullmatch(fields[name])
    )
