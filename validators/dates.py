"""Dates as customers write and read them."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from unicodedata import normalize

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_BRITISH = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)
_MONTHS_IN_YEAR = 12
# Read only to suggest what was meant.
_MIDNIGHT = re.compile(r"[T ]+00:00(?::00(?:\.0+)?)?Z?$")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(\d{1,2})[-./\\ ]+(\d{1,2}|[A-Za-z]{3,9})[-./\\, ]+(\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-./ ]?(\d{1,2}|[A-Za-z]{3,9})[-./ ]?(\d{1,2})", re.ASCII)
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})[. ]+(\d{1,2}),? +(\d{4})", re.ASCII)
_SERIAL = re.compile(r"([4-6]\d{4})(?:\.0+)?", re.ASCII)
_SERIALS_BEGIN = date(1899, 12, 30)  # day 0 of a spreadsheet
_CENTURY = 2000


def read_date(text: str) -> date | None:
    """Read 2027-03-03, or 03/03/2027 as British spreadsheets write it; None for anything else."""
    match = _ISO.fullmatch(text) or _BRITISH.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def likely_date(text: str) -> date | None:
    """Tell what day may have been meant by another form: 12.3.27, 3rd March 2027, a spreadsheet's 46449."""
    tidy = _ORDINAL.sub("", _MIDNIGHT.sub("", normalize("NFKC", text).strip(" '\".")))
    for year, month, day in _parts(tidy):
        try:
            return date(int(year) + (_CENTURY if len(year) == len("27") else 0), _month(month), int(day))
        except ValueError:
            continue
    serial = _SERIAL.fullmatch(tidy)
    return _SERIALS_BEGIN + timedelta(days=int(serial[1])) if serial else None


def _parts(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield a date's year, month and day in the forms that it has; day before month, as the British write."""
    if found := _DAY_FIRST.fullmatch(text):
        yield found[3], found[2], found[1]
    if found := _YEAR_FIRST.fullmatch(text):
        yield found[1], found[2], found[3]
    if found := _MONTH_FIRST.fullmatch(text):
        yield found[3], found[1], found[2]


def _month(text: str) -> int:
    """Read a month by its number or the beginning of its name; 0, which is none, where it is neither."""
    if text.isdecimal():
        return int(text)
    names = [name.casefold().startswith(text.casefold()) for name in calendar.month_name]
    return names.index(True) if True in names else 0


def written_date(day: date) -> str:
    """Write a date as the pages do: 3 March 2027."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def months_after(day: date, months: int) -> date:
    """Go so many months on; where that month is shorter, to its last day."""
    years, month = divmod(day.month - 1 + months, _MONTHS_IN_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
