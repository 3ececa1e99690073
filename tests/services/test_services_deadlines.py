"""Working days: what does not count, the hour that stays, and that later never means earlier."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.deadlines import working_days_after

LONDON = ZoneInfo("Europe/London")
moments = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("begun", "days", "due"),
    [
        ("2027-03-03 12:30", 1, "2027-03-04 12:30"),  # a Wednesday
        ("2027-03-05 16:00", 1, "2027-03-08 16:00"),  # over a weekend
        ("2027-03-06 15:00", 1, "2027-03-09 00:00"),  # a Saturday: all of Monday
        ("2027-03-25 09:00", 1, "2027-03-30 09:00"),  # Good Friday and Easter Monday
        ("2026-12-24 09:00", 2, "2026-12-30 09:00"),  # Boxing Day is made up for on Monday
        ("2027-08-27 09:00", 1, "2027-08-31 09:00"),  # the summer's bank holiday
        ("2027-03-26 09:00", 0, "2027-03-30 00:00"),
    ],
)
def test_weekends_and_bank_holidays_do_not_count(begun: str, days: int, due: str) -> None:
    moment = datetime.fromisoformat(begun).replace(tzinfo=LONDON)
    assert f"{working_days_after(moment, days, LONDON):%Y-%m-%d %H:%M}" == due


def test_the_hour_stays_when_the_clocks_change() -> None:
    due = working_days_after(datetime(2026, 10, 23, 9, 0, tzinfo=UTC), 1, LONDON)
    assert (due.astimezone(LONDON).date(), due.hour, due.utcoffset()) == (date(2026, 10, 26), 10, timedelta(0))


@given(moments, moments, st.integers(1, 10))
def test_what_came_later_is_never_due_earlier(one: datetime, other: datetime, days: int) -> None:
    first, second = sorted((one, other))
    assert working_days_after(first, days, LONDON) <= working_days_after(second, days, LONDON)


@given(moments, st.integers(1, 10))
def test_a_deadline_is_a_working_day_and_leaves_the_days_that_were_given(moment: datetime, days: int) -> None:
    due = working_days_after(moment, days, LONDON)
    assert due.weekday() < 5
    assert due - moment >= timedelta(days=days) - timedelta(hours=1)  # the night on which the clocks go forward
