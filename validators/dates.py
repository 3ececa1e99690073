"""Dates as customers write and read them."""

import calendar
import re
from datetime import date

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_BRITISH = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)
_MONTHS_IN_YEAR = 12


def read_date(text: str) -> date | None:
    """Read 2027-03-03, or 03/03/2027 as British spreadsheets write it; None for anything else."""
    match = _ISO.fullmatch(text) or _BRITISH.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def written_date(day: date) -> str:
    """Write a date as the pages do: 3 March 2027."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def months_after(day: date, months: int) -> date:
    """Go so many months on; where that month is shorter, to its last day."""
    years, month = divmod(day.month - 1 + months, _MONTHS_IN_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
