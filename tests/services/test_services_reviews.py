"""What waits for a person: held without a transaction, judged by another named person, returned with words."""

import pytest
from stage import number

from app.domain.actors import Actor, Role
from app.errors import Conflict, NotAllowed, NotFound, Refused
from app.services.api_door import authenticate
from app.services.api_keys import Scope, make_key
from app.services.casework.mending import fix_case
from app.services.locations.ceasing import cease_numbers
from app.services.locations.registering import current_location
from app.services.overview import number_line
from app.services.reviews import approve_review, list_reviews, return_review

UNKNOWN = "LS1 9ZZ"  # in an area that the directory covers, and not in it


@pytest.fixture
def held(stage, directory):
    """A live record, and a move to a postcode that nobody knows."""
    assert directory is None
    stage.live(1)
    judged = stage.register(1, postcode=UNKNOWN)
    assert (judged.standing, "P03" in {problem.code for problem in judged.problems}) == ("for_review", True)
    return stage


def only(stage):
    (review,) = list_reviews(stage.system, stage.staff)
    return review


def test_what_is_in_review_has_no_transaction_and_what_is_live_stays_live(held):
    assert held.states(1) == ["COMPLETED"]
    record = held.record(1)
    assert (record["status"], record["accepted"]["postcode"], record["wanted"]["postcode"]) == (
        "in_review",
        "LS11 5DF",
        "LS11 5DF",
    )
    held.night()
    assert held.sent() == []
    review = only(held)
    assert review["number"] == number(1)
    assert (review["sent"]["postcode"], review["held"]["postcode"]) == (UNKNOWN, "LS11 5DF")
    assert [finding["code"] for finding in review["findings"] if finding["severity"] == "review"] == ["P03"]


def test_what_is_in_review_can_still_be_ceased(held):
    cease_numbers(held.system, held.customer, [number(1)])
    held.night()
    assert held.sent() == [("C", "001")]
    assert list_reviews(held.system, held.staff) == []


def test_approved_it_goes_out(held):
    approve_review(held.system, held.staff, only(held)["id"])
    held.night()
    assert [(row.command, row.postcode) for row in held.rows()] == [("M", UNKNOWN)]


def test_approved_later_it_holds_from_that_day(held):
    review = only(held)["id"]
    held.tomorrow(4)
    approve_review(held.system, held.staff, review)
    held.night()
    assert [(row.command, row.postcode) for row in held.rows()] == [("M", UNKNOWN)]
    with pytest.raises(Conflict):
        approve_review(held.system, held.second, review)


def test_nobody_judges_their_own_and_nobody_without_a_name_judges(stage, directory):
    assert directory is None
    stage.register(1, actor=stage.staff, postcode=UNKNOWN)
    review = only(stage)["id"]
    nameless = Actor("cli:root", Role.OPERATIONS)
    for actor in (stage.staff, nameless, stage.customer, Actor("auditor", Role.AUDITOR, user_id=77)):
        with pytest.raises(NotAllowed):
            approve_review(stage.system, actor, review)
        with pytest.raises(NotAllowed):
            return_review(stage.system, actor, review, "look again")
    approve_review(stage.system, stage.second, review)
    with pytest.raises(NotFound):
        approve_review(stage.system, stage.second, 999)


def test_nobody_judges_what_their_own_program_submitted(stage, directory):
    """The key of an account that a member of staff made is that person's hand (U7)."""
    assert directory is None
    key = make_key(stage.system, stage.staff, stage.account, "till", [Scope.WRITE]).key
    program = authenticate(stage.system, key, "192.0.2.9")
    stage.register(1, actor=program.actor, postcode=UNKNOWN)
    review = only(stage)["id"]
    with pytest.raises(NotAllowed, match="nobody judges"):
        approve_review(stage.system, stage.staff, review)
    approve_review(stage.system, stage.second, review)


def test_returned_it_goes_back_with_words(held):
    review = only(held)["id"]
    with pytest.raises(Refused):
        return_review(held.system, held.staff, review, "  ")
    return_review(held.system, held.staff, review, "Is it LS1 4AP?")
    assert list_reviews(held.system, held.staff) == []
    line = number_line(held.system, held.customer, held.number_id(1))
    assert (str(line.status), line.note) == ("live", "Is it LS1 4AP?")
    assert current_location(held.system, held.customer, number(1)).postcode == UNKNOWN, "so that it can be mended"
    held.night()
    assert held.sent() == []
    held.register(1, postcode="LS1 4AP")
    held.night()
    assert [(row.command, row.postcode) for row in held.rows()] == [("M", "LS1 4AP")]


def test_a_newer_word_takes_the_place_of_what_is_in_review(held):
    first = only(held)["id"]
    held.register(1, postcode="LS1 9ZY")
    assert only(held)["id"] != first
    with pytest.raises(Conflict):
        approve_review(held.system, held.staff, first)
    held.register(1)  # stay where one is
    assert list_reviews(held.system, held.staff) == []


def test_the_same_word_again_is_one_review(held):
    first = only(held)["id"]
    assert held.register(1, postcode=UNKNOWN).standing == "unchanged"
    assert only(held)["id"] == first


def test_a_fix_that_needs_a_review_sets_the_case_to_resent_when_it_is_approved(held):
    held.register(1, postcode="LS1 4AP")
    held.night()
    held.answer("0101")
    fix_case(held.system, held.staff, held.case(1)["id"], {"postcode": UNKNOWN})
    assert held.case(1)["state"] == "open", "nothing was sent again yet"
    approve_review(held.system, held.second, only(held)["id"])
    assert held.case(1)["state"] == "resent"
    held.night()
    held.accept()
    assert held.case(1)["state"] == "closed"


def test_an_ended_postcode_says_when_and_waits_for_a_person(stage, directory):
    assert directory is None
    judged = stage.register(1, postcode="LS2 9JT")
    (finding,) = [problem for problem in judged.problems if problem.code == "P04"]
    assert (judged.standing, "2019" in finding.message) == ("for_review", True)
    assert stage.record(1)["status"] == "in_review"
    stage.night()
    assert stage.sent() == []
