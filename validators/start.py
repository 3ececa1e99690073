"""The day from which a location holds (R01)."""

from datetime import date

from validators.dates import likely_date, months_after, read_date, written_date
from validators.findings import Finding, error

FIELD = "effective_date"


def check_start(
    text: str, *, today: date, months_ahead: int, accepted: date | None
) -> tuple[date | None, tuple[Finding, ...]]:
    """Read the effective date, today where it is blank, and judge it; None where it cannot be read.

    `accepted` is the effective date of the record that the agent holds.
    """
    day = read_date(text) if text else today
    if day is None:
        return None, (_unreadable(text),)
    findings = []
    if accepted is not None and day < accepted:
        findings.append(
            error(
                "R01",
                FIELD,
                f"Effective date is earlier than that of the record in use, {written_date(accepted)}. Take that day or"
                " a later one.",
            )
        )
    last = months_after(today, months_ahead)
    if day > last:
        findings.append(
            error(
                "R01",
                FIELD,
                f"Effective date is more than {months_ahead} months ahead. Take {written_date(last)} or an earlier"
                " day, or register it later.",
            )
        )
    return day, tuple(findings)


def _unreadable(text: str) -> Finding:
    meant = likely_date(text)
    return error(
        "R01",
        FIELD,
        "Effective date is not a date, or not in a form that we read. Write it like 2027-03-03, or leave it blank for"
        " today.",
        suggestion=meant.isoformat() if meant else None,
    )
