from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.dates import likely_date, months_after, read_date, written_date
from validators.start import check_start

TODAY = date(2027, 3, 3)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize("text", ["2027-03-03", "03/03/2027", "3/3/2027"])
def test_a_date_is_read(text):
    assert read_date(text) == TODAY


@pytest.mark.parametrize(
    "text",
    ["", "3 March", "2027-02-30", "31/02/2027", "20270303", "2027-3-3", "03-03-2027", "\u06602/03/2027", "0000-01-01"],
)
def test_what_is_no_date_is_not_guessed_at(text):
    assert read_date(text) is None


@pytest.mark.parametrize(
    "text",
    ["03-03-2027", "3.3.27", "03/03/27", "2027/3/3", "20270303", "3 March 2027", "3rd Mar 2027", "March 3, 2027",
     "03-Mar-27", "2027-03-03T00:00:00", "03/03/2027 00:00", "46449", "46449.0", "\uff10\uff13/03/2027", "'03/03/2027"],
)  # fmt: skip
def test_a_date_in_another_form_is_suggested(text):
    assert read_date(text) is None
    assert likely_date(text) == TODAY
    (finding,) = check_start(text, today=TODAY, months_ahead=12, accepted=None)[1]
    assert finding.suggestion == "2027-03-03"


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2027-02-29", "29/02/2027", "31.4.2027", "03/13/2027", "3 Foo 2027", "0000-00-00", "0", "4", "99999"],
)
def test_nothing_is_suggested_for_a_day_that_does_not_exist(text):
    assert likely_date(text) is None


def test_the_day_that_a_leap_year_adds():
    assert read_date("29/02/2028") == read_date("2028-02-29") == likely_date("29.2.28") == date(2028, 2, 29)


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_day_or_none(text):
    day = likely_date(text)
    assert day is None or read_date(day.isoformat()) == day


def test_a_date_is_written_as_on_the_pages():
    assert written_date(TODAY) == "3 March 2027"


@given(DAYS)
def test_both_forms_are_read_back(day):
    assert read_date(day.isoformat()) == day
    assert read_date(day.strftime("%d/%m/%Y")) == day


@given(DAYS, st.integers(0, 48))
def test_months_after_is_so_many_months_on(day, months):
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


def start(text, accepted=None):
    day, findings = check_start(text, today=TODAY, months_ahead=12, accepted=accepted)
    return day, [(f.code, f.field) for f in findings]


def test_blank_is_today():
    assert start("") == (TODAY, [])


def test_unreadable_is_refused():
    assert start("soon") == (None, [("R01", "effective_date")])


def test_at_most_twelve_months_ahead():
    assert start("2028-03-03") == (date(2028, 3, 3), [])
    assert start("2028-03-04") == (date(2028, 3, 4), [("R01", "effective_date")])


def test_never_before_the_accepted_record():
    assert start("2027-03-01", accepted=date(2027, 3, 1)) == (date(2027, 3, 1), [])
    assert start("2027-02-28", accepted=date(2027, 3, 1))[1] == [("R01", "effective_date")]
    assert start("2020-01-01")[1] == []


def test_too_late_and_too_early_at_once():
    assert start("2029-01-01", accepted=date(2030, 1, 1))[1] == [("R01", "effective_date")] * 2
