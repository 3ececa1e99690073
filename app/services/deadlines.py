"""By when a person is to have acted: working days, where the provider is."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

SATURDAY = 5


def working_days_after(moment: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the same hour in `zone`, `days` working days later; weekends and England's bank holidays do not count.

    What comes in on a day off counts as come in at the start of the next working day, so that the later one never
    has the earlier deadline.
    """
    local = moment.astimezone(zone)
    if _day_off(local.date()):
        local = datetime.combine(_working_day(local.date()), time(), zone)
    for _ in range(days):
        local = datetime.combine(_working_day(local.date() + timedelta(days=1)), local.time(), zone)
    return local


def end_of_day(moment: datetime, zone: tzinfo) -> datetime:
    """Return the last second of the day of `moment` in `zone`, a day off or not."""
    return datetime.combine(moment.astimezone(zone).date(), time(23, 59, 59), zone)


def _working_day(day: date) -> date:
    while _day_off(day):
        day += timedelta(days=1)
    return day


def _day_off(day: date) -> bool:
    return day.weekday() >= SATURDAY or day in _bank_holidays()


@lru_cache(maxsize=1)
def _bank_holidays() -> Container[date]:
    import holidays  # noqa: PLC0415  a tenth of a second that a night without a refusal does without

    return holidays.country_holidays("GB", subdiv="ENG")
