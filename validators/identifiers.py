"""Identifiers that others give out: of an address (UPRN, UDPRN) and of providers (R06, R07, R09)."""

import re
from collections.abc import Iterator, Mapping

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


def check_providers(fields: Mapping[str, str], *, own: str, children: tuple[str, ...]) -> Iterator[Finding]:
    """R07 for a child that this parent does not submit for, R09 for a number that is brought from ourselves.

    `children` empty means that they are not listed, and any is taken.
    """
    child, losing = fields["child_cupid"], fields["losing_cupid"]
    if child and children and child not in {own, *children}:
        known = ", ".join(sorted({own, *children}))
        yield error("R07", "child_cupid", f"Child CUPID must be one that we submit for: {known}.")
    if losing and losing == own:
        yield error("R09", "losing_cupid", "Losing CUPID is our own. Enter the provider that the number comes from.")
