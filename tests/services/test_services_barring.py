"""A user outside the UK: 999 is barred, no record is wanted, the number stays in use; and the way back."""

import pytest
from stage import number
from test_services_reviews import UNKNOWN

from app.domain.actors import Actor, Role
from app.errors import NotAllowed, NotFound, Refused
from app.services.barring import bar_number, bar_numbers, list_barred, unbar_number, unbar_numbers
from app.services.inventory import load_numbers
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.overview import list_numbers, number_line
from app.services.records import missing_records
from app.services.reviews import approve_review, list_reviews, return_review


def bar(stage, *places):
    return bar_numbers(stage.system, stage.customer, [number(place) for place in places])


def status(stage, place):
    return stage.record(place)["status"]


def test_a_live_record_is_ended_and_the_number_stays_in_use(stage):
    stage.live(1)
    assert bar(stage, 1) == 1
    record = stage.record(1)
    assert (record["status"], record["wanted"], record["accepted"]["postcode"]) == ("barred", None, "LS11 5DF")
    line = number_line(stage.system, stage.customer, stage.number_id(1))
    assert (line.wanted, line.since, line.held["postcode"]) == (None, stage.clock.now(), "LS11 5DF")
    stage.night()
    assert stage.sent() == [("C", "001")]
    stage.accept()
    assert (status(stage, 1), stage.record(1)["accepted"]) == ("barred", None)
    assert stage.events().count("number_barred") == 1
    assert missing_records(stage.system, stage.staff) == []
    (shown,) = list_numbers(stage.system, stage.customer, stage.account).lines
    assert str(shown.status) == "barred"


def test_what_waits_is_cancelled_and_nothing_is_sent_where_nothing_is_held(stage):
    stage.register(1)
    stage.register(1, premises="Later House", effective_date=stage.day(3))
    bar(stage, 1)
    assert stage.states(1) == ["CANCELLED", "CANCELLED"]
    stage.tomorrow(5)
    stage.night()
    assert stage.sent() == []
    stage.night(full=True)
    assert stage.sent() == [], "a full file wants no record either"


def test_what_is_in_flight_is_ended_after_its_answer(stage):
    stage.register(1)
    stage.night()
    bar(stage, 1)
    assert status(stage, 1) == "barred"
    stage.accept()
    stage.night()
    assert stage.sent() == [("C", "001")]
    stage.accept()
    assert (status(stage, 1), stage.record(1)["accepted"]) == ("barred", None)


def test_what_is_in_review_waits_no_longer(stage, directory):
    assert directory is None
    stage.register(1, postcode=UNKNOWN, outside_uk="no")
    bar(stage, 1)
    assert list_reviews(stage.system, stage.staff) == []
    assert status(stage, 1) == "barred"


def test_an_open_case_closes_where_nothing_will_be_sent(stage):
    stage.register(1)
    stage.night()
    stage.answer("0102")
    assert status(stage, 1) == "rejected"
    bar(stage, 1)
    case = stage.case(1)
    assert (case["state"], status(stage, 1)) == ("closed", "barred")


def test_a_case_about_a_held_record_closes_with_its_end(stage):
    stage.live(1)
    stage.register(1, postcode="LS1 4AP")
    stage.night()
    stage.answer("0102")
    bar(stage, 1)
    assert (stage.case(1)["state"], status(stage, 1)) == ("resent", "barred")
    stage.night()
    stage.accept()
    assert stage.case(1)["state"] == "closed"


def test_an_end_of_use_that_is_to_come_stays(stage):
    stage.live(1, 2)
    cease_numbers(stage.system, stage.customer, [number(1)], stage.today.replace(day=10))
    port_out(stage.system, stage.staff, number(2), "456", stage.today.replace(day=10))
    bar(stage, 1, 2)
    stage.night()
    assert sorted(stage.sent()) == [("C", "001"), ("C", "002")]
    stage.accept()
    stage.tomorrow(8)
    stage.night()
    stage.accept()
    assert [status(stage, place) for place in (1, 2)] == ["ceased", "ceased"]
    assert list_barred(stage.system, stage.staff).lines == []


def test_barred_twice_is_barred_once(stage):
    stage.live(1)
    assert (bar(stage, 1), bar(stage, 1, 1)) == (1, 0)
    assert stage.events().count("number_barred") == 1
    assert stage.states(1) == ["COMPLETED", "NEW"]


def test_unbarred_it_needs_an_address_and_takes_the_old_one_again(stage):
    stage.live(1)
    bar(stage, 1)
    stage.night()
    stage.accept()
    assert unbar_number(stage.system, stage.staff, number(1)) == 1
    assert unbar_numbers(stage.system, stage.staff, [number(1)]) == 0
    assert status(stage, 1) == "needs_address"
    assert [line["number"] for line in missing_records(stage.system, stage.staff)] == [number(1)]
    assert stage.register(1).standing == "accepted"
    stage.night()
    assert stage.sent() == [("A", "001")]
    stage.accept()
    assert status(stage, 1) == "live"


def test_the_list_of_barred_numbers(stage):
    stage.live(1, 2)
    stage.register(3)
    stage.register(20, actor=stage.other_customer, name="Lockside Dental")
    bar(stage, 1, 3)
    bar_number(stage.system, stage.staff, number(20))
    of_account = list_barred(stage.system, stage.customer, stage.account)
    assert {(one.number, one.held) for one in of_account.lines} == {(number(1), True), (number(3), False)}
    assert {one.barred_by for one in of_account.lines} == {stage.customer.name}
    everywhere = [list_barred(stage.system, stage.staff, page=page, per_page=2) for page in (1, 2)]
    assert [(found.total, found.pages, len(found.lines)) for found in everywhere] == [(3, 2, 2), (3, 2, 1)]
    assert {one.number for found in everywhere for one in found.lines} == {number(1), number(3), number(20)}
    with pytest.raises(NotFound):
        list_barred(stage.system, stage.customer)
    with pytest.raises(NotFound):
        list_barred(stage.system, stage.other_customer, stage.account)


def test_all_or_none_and_nobody_elses(stage):
    stage.live(1)
    with pytest.raises(Refused) as refused:
        bar_numbers(stage.system, stage.staff, [number(1), number(9), "junk"])
    assert [(problem.code, problem.row) for problem in refused.value.problems] == [("N11", 2), ("N11", 3)]
    for actor, kind in (
        (stage.other_customer, Refused),
        (Actor("auditor", Role.AUDITOR, user_id=77), NotAllowed),
    ):
        for act in (bar_number, unbar_number):
            with pytest.raises(kind):
                act(stage.system, actor, number(1))
    assert status(stage, 1) == "live"


def test_an_address_in_review_is_waited_for_while_999_stays_barred(stage, directory):
    assert directory is None
    stage.live(1)
    bar(stage, 1)
    stage.register(1, postcode=UNKNOWN, outside_uk="no")
    assert (status(stage, 1), stage.record(1)["barred_at"] is not None) == ("in_review", True)
    stage.night()
    assert stage.sent() == [("C", "001")]
    stage.accept()
    assert missing_records(stage.system, stage.staff) == []
    (review,) = list_reviews(stage.system, stage.staff)
    return_review(stage.system, stage.staff, review["id"], "Where in Leeds?")
    line = number_line(stage.system, stage.customer, stage.number_id(1))
    assert (str(line.status), line.note) == ("barred", "Where in Leeds?")
    stage.register(1, postcode=UNKNOWN, outside_uk="no")
    (review,) = list_reviews(stage.system, stage.staff)
    approve_review(stage.system, stage.staff, review["id"])
    assert (status(stage, 1), stage.record(1)["barred_at"]) == ("waiting", None)
    stage.night()
    assert stage.sent() == [("A", "001")]


def test_a_new_holder_begins_without_the_bar(stage):
    stage.live(1, 2)
    bar(stage, 1, 2)
    cease_numbers(stage.system, stage.customer, [number(1), number(2)])
    stage.night()
    stage.accept()
    stage.tomorrow()
    path = stage.root / "numbers.csv"
    path.write_text(f"kind,start,account\nin_use,{number(1)},{stage.other_account}\n")
    load_numbers(stage.system, stage.staff, path)
    stage.register(2, actor=stage.other_customer)
    assert [status(stage, place) for place in (1, 2)] == ["needs_address", "waiting"]
    assert stage.events().count("number_unbarred") == 2
