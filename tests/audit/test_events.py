import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.events import Action, EventRefused, check_detail

CLOSED = {"how": "accepted"}


def test_every_action_is_named_by_its_member_and_lists_its_keys():
    for action in Action:
        assert action.value == action.name.lower()
        assert len(action.value) <= 60
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in action.keys)


def test_an_action_that_is_not_in_the_list_is_refused():
    with pytest.raises(EventRefused, match="not in the list"):
        check_detail("made_up", {})


@pytest.mark.parametrize("detail", [{}, {"how": "x", "more": 1}, {"other": "x"}])
def test_other_keys_are_refused(detail):
    with pytest.raises(EventRefused, match="keys missing"):
        check_detail(Action.CASE_CLOSED, detail)


@pytest.mark.parametrize(
    "value",
    [
        "013/013/001000003245",
        "BT101303032701.DAT",
        "2027-03-03",
        "Europe/London",
        "a" * 64,
        "",
        4,
        True,
        None,
        ["name", "premises"],
        {"0057": 3},
        ("a",),
    ],
)
def test_codes_counts_and_digests_are_taken(value):
    check_detail(Action.CASE_CLOSED, {"how": value})


@pytest.mark.parametrize(
    "value",
    [
        "Zoë",
        "Anna Example",
        "3 High Street",
        "LS11 5DF",
        "anna@customer.example",
        "01632960001",
        "+441632960001",
        1.5,
        b"x",
        ["Anna Example"],
        {"name": "Anna Example"},
        {"Anna Example": 1},
        "x" * 201,
    ],
)
def test_what_could_name_a_person_is_refused(value):
    with pytest.raises(EventRefused):
        check_detail(Action.CASE_CLOSED, {"how": value})


@given(st.text())
def test_a_refusal_never_quotes_the_value(value):
    try:
        check_detail(Action.CASE_CLOSED, {"how": value + " Q7Z"})
    except EventRefused as refused:
        assert "Q7Z" not in str(refused)  # noqa: PT017  for any text, refused or not
    else:
        pytest.fail("white space was taken")


def test_the_good_case_stays_good():
    check_detail(Action.CASE_CLOSED, CLOSED)
