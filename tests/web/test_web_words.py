"""The small parts: dates in words, the label, statuses, the ruler, answers of a form."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.clock import FixedClock
from app.domain.statuses import Status
from app.errors import Problem
from app.web.findings import place
from app.web.forms.fields import composed
from app.web.forms.location import LocationForm, NewNumberForm
from app.web.label import label, one_line
from app.web.moments import age, moment, next_run, spoken_length, spoken_moment
from app.web.ruler import ruler, slice_of
from app.web.status_words import COLOURS, PLAIN, SENTENCES, home_sentence
from validators.columns import Location

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2027, 3, 3, 2, 0, tzinfo=UTC), "today at 02:00"),
        (datetime(2027, 3, 4, 2, 0, tzinfo=UTC), "tomorrow at 02:00"),
        (datetime(2027, 3, 2, 23, 30, tzinfo=UTC), "yesterday at 23:30"),
        (datetime(2027, 6, 30, 23, 30, tzinfo=UTC), "1 July 2027 at 00:30"),  # British Summer Time
    ],
)
def test_a_moment_is_told_where_the_provider_is(at: datetime, words: str) -> None:
    assert spoken_moment(at, NOON.astimezone(LONDON)) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=5, minutes=59), "5 hours"),
        (timedelta(days=3, hours=23), "3 days"),
    ],
)
def test_a_length_is_told_in_its_largest_unit(length: timedelta, words: str) -> None:
    assert spoken_length(length) == words


def test_dates_on_a_page_carry_their_exact_form(lone_app: Flask, clock: FixedClock) -> None:
    with lone_app.app_context():
        shown = moment("2027-03-03T02:00:00+00:00")
        assert shown == (
            '<time datetime="2027-03-03T02:00:00+00:00" title="3 March 2027, 02:00:00 GMT">today at 02:00</time>'
        )
        assert ">3 March 2027</time>" in moment("2027-03-03")
        assert moment(None) == ""
        assert (age(None), age("2027-03-01"), age(NOON - timedelta(hours=2))) == ("", "2 days", "2 hours")
        assert next_run() == datetime(2027, 3, 4, 2, 0, tzinfo=LONDON)
        clock.at = datetime(2027, 3, 4, 1, 0, tzinfo=UTC)
        assert next_run() == datetime(2027, 3, 4, 2, 0, tzinfo=LONDON)


def test_every_status_has_its_colour_word_and_sentence() -> None:
    assert set(COLOURS) == set(PLAIN) == set(SENTENCES) == set(Status)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({}, "You have no numbers in use."),
        ({Status.CEASED: 3}, "You have no numbers in use."),
        ({Status.LIVE: 38, Status.NEEDS_ADDRESS: 1, Status.REJECTED: 1}, "38 of 40 numbers are live. 2 need you."),
        ({Status.LIVE: 1, Status.NEEDS_ADDRESS: 1}, "1 of 2 numbers is live. 1 needs you."),
        ({Status.LIVE: 5}, "All 5 numbers are live. Nothing needs you."),
        ({Status.WAITING: 5}, "None of 5 numbers are live. Nothing needs you."),
        ({Status.LIVE: 1}, "Your one number is live. Nothing needs you."),
        ({Status.LIVE: 1, Status.BARRED: 2}, "Your one number is live. Nothing needs you. 999 is barred on 2 more."),
        ({Status.BARRED: 2, Status.CEASED: 1}, "999 is barred on all your 2 numbers."),
        ({Status.BARRED: 1}, "999 is barred on your one number."),
    ],
)
def test_a_sentence_says_it_all(counts: dict[Status, int], sentence: str) -> None:
    assert home_sentence(counts) == sentence


def test_the_label_marks_what_was_changed_and_escapes_what_was_typed() -> None:
    sent = {
        "name": "<B>FISH & CHIPS</B>",
        "premises": "UNIT 4 IND EST",
        "thoroughfare": "QUAY ST, OLD TOWN",
        "locality": "BRISTOL",
        "post_town": "BRISTOL",
        "postcode": "BS1 4DJ",
    }
    changes = [
        SimpleNamespace(field="name", kind="capitals", before="<b>", after="<B>"),
        SimpleNamespace(field="premises", kind="abbreviated", before="UNIT 4 ESTATE", after="UNIT 4 IND EST"),
        SimpleNamespace(field="locality", kind="moved", before="OLD TOWN", after="QUAY ST, OLD TOWN"),
    ]
    shown = label(sent, changes)
    assert shown is not None
    assert [(line.kind, str(line.html)) for line in shown.lines] == [
        ("postcode", "BS1 4DJ"),
        ("name", "&lt;B&gt;FISH &amp; CHIPS&lt;/B&gt;"),
        ("premises", "<mark>UNIT 4 IND EST</mark>"),
        ("thoroughfare", "<mark>QUAY ST, OLD TOWN</mark>"),
        ("locality", "<mark>BRISTOL</mark>"),
    ]
    assert [change[1] for change in shown.changes] == [
        "Shortened to fit",
        "Moved to the end of the street line, to fit",
    ]
    assert label(None) is None


def test_a_record_on_one_line_says_the_town_once() -> None:
    record = {"title": "Dr", "name": "OKONJO", "locality": "LACE YARD, NOTTINGHAM", "post_town": "NOTTINGHAM"}
    assert one_line(record | {"postcode": "NG1 5DT"}) == "Dr OKONJO, LACE YARD, NOTTINGHAM, NG1 5DT"


def test_the_ruler_reads_off_positions() -> None:
    tens, units = ruler(25)
    assert (tens, units) == ("        10        20", "1234567890123456789012345")
    assert slice_of({"from": 3, "width": 2}, "abcdef") == "cd"


@given(st.text(), st.text(), st.text())
def test_a_date_in_three_parts_is_never_bent(day: str, month: str, year: str) -> None:
    whole = composed(day, month, year)
    if whole and not whole.startswith(year + "-"):
        assert whole == f"{day}/{month}/{year}"
    else:
        assert whole == "" or [part.lstrip("0") for part in whole.split("-")] == [
            part.lstrip("0") for part in (year, month, day)
        ]


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_date_in_three_parts_is_read(day: date) -> None:
    assert composed(str(day.day), str(day.month), f"{day.year:04}") == day.isoformat()


def test_what_the_form_does_not_ask_stays_and_what_belongs_to_an_old_address_goes(lone_app: Flask) -> None:
    start = Location(number="01632960001", premises="Old House", udprn="12345678", building_name="Old House")
    start = replace(start, latitude="53.1", child_cupid="777")
    with lone_app.test_request_context(method="POST"):
        form = LocationForm(MultiDict({"premises": "Old House", "latitude": "53.1", "name": "Bakery"}))
        kept = form.location(start)
        assert (kept.latitude, kept.udprn, kept.building_name) == ("53.1", "12345678", "Old House")
        assert (kept.child_cupid, kept.name) == ("777", "Bakery")
        form = LocationForm(MultiDict({"premises": "New House", "latitude": "53.1"}))
        moved = form.location(start)
        assert (moved.udprn, moved.building_name, moved.number) == ("", "", "01632960001")
        assert moved.latitude == "53.1", "it stands in the form: whoever typed it takes it out"


def test_a_location_form_carries_all_answers_on(lone_app: Flask) -> None:
    typed = MultiDict({"number": "01632 960001", "line_type": "VOIP", "voip_acknowledged": "yes", "name": "Bakery"})
    typed.setlist("effective_date", ["9", "3", "2027"])
    with lone_app.test_request_context(method="POST"):
        first = NewNumberForm(typed)
        carried = MultiDict(list(first.answers()))
        assert NewNumberForm(carried).location(Location()) == first.location(Location())


def test_findings_stand_beside_their_field_and_those_of_no_field_stand_above(lone_app: Flask) -> None:
    problems = [
        Problem("A01", "premises", "error", "Premises is missing."),
        Problem("A05", "premises", "error", "Premises says nothing."),
        Problem("P02", "postcode", "error", "Not a postcode.", "LS10 5DF", ("LS1 0DF",)),
        Problem("G01", "latitude", "error", "Not in the United Kingdom."),
        Problem("R07", "child_cupid", "error", "The CUPID is three digits."),
        Problem("A07", "premises", "warning", "Add the name above the door."),
        Problem("N00", "", "warning", "No range is loaded."),
    ]
    with lone_app.test_request_context(method="POST"):
        form = LocationForm(MultiDict())
        found = place(form, problems)
    assert found.summary == [
        {"text": "Not a postcode.", "href": "#postcode"},
        {"text": "Premises is missing.", "href": "#premises"},
        {"text": "Premises says nothing.", "href": "#premises"},
        {"text": "Not in the United Kingdom.", "href": "#latitude"},
        {"text": "CUPID: The CUPID is three digits."},
    ]
    assert form.premises.errors == ["Premises is missing. Premises says nothing."]
    assert found.takes == {"postcode": ["LS10 5DF", "LS1 0DF"]}
    assert [problem.code for problem in found.notes["premises"]] == ["A07"]
    assert [problem.code for problem in found.others] == ["N00"]
