"""The day from which a location holds (R01)."""

from collections.abc import Iterator
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
        meant = likely_date(text)
        fits = meant is not None and not (*_out_of_bounds(meant, today, months_ahead, accepted),)
        return None, (_unreadable(meant if fits else None),)
    return day, tuple(_out_of_bounds(day, today, months_ahead, accepted))


def _out_of_bounds(day: date, today: date, months_ahead: int, accepted: date | None) -> Iterator[Finding]:
    if accepted is not None and day < accepted:
        yield error(
            "R01",
            FIELD,
            f"Effective date is earlier than that of the record in use, {written_date(accepted)}. Take that day or"
            " a later one.",
        )
    last = months_after(today, months_ahead)
    if day > last:
        yield error(
            "R01",
            FIELD,
            f"Effective date is more than {months_ahead} months ahead. Take {written_date(last)} or an earlier"
            " day, or register it later.",
        )


def _unreadable(meant: date | None) -> Finding:
    return error(
        "R01",
        FIELD,
        "Effective date is not a date, or not in a form that we read. Write it like 2027-03-03, or leave it blank for"
        " today.",
        suggestion=meant.isoformat() if meant else None,
    )
