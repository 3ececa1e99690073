"""A number that comes to a new customer starts with nothing, and leaves nothing of the former one at the agent."""

import pytest
from stage import number

from app.errors import Conflict, NotFound, Refused
from app.models.records import Registration
from app.services.inventory import load_numbers
from app.services.locations.ceasing import cease_numbers
from app.services.locations.registering import current_location
from app.services.overview import list_numbers, number_line
from app.services.records import show_record
from app.services.reviews import approve_review, list_reviews


def take(stage, place, **columns):
    return stage.register(place, actor=stage.other_customer, name="Lockside Dental", **columns)


def load(stage, tmp_path, *lines):
    table = tmp_path / "numbers.csv"
    table.write_text("\n".join(["kind,start,end,account,losing_cupid,port_date", *lines, ""]))
    return load_numbers(stage.system, stage.cli, table)


def test_a_number_in_use_cannot_be_taken(stage):
    stage.live(1)
    with pytest.raises(Refused) as refused:
        take(stage, 1)
    assert "N05" in {problem.code for problem in refused.value.problems}
    cease_numbers(stage.system, stage.customer, [number(1)], stage.today.replace(day=20))
    with pytest.raises(Refused):
        take(stage, 1)


def test_a_change_of_owner_is_one_modification_with_all_fields(stage):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    take(stage, 1, premises="Unit 9")
    stage.night()
    assert [(row.command, row.name, row.premises, row.retailer_id) for row in stage.rows()] == [
        ("M", "LOCKSIDE DENTAL", "UNIT 9", "")
    ]


def test_nothing_of_the_former_holder_comes_back(stage):
    stage.register(1, premises="Unit 7")
    stage.night()
    stage.answer("0102")
    stage.register(1, premises="Unit 8", effective_date=stage.day(5))
    cease_numbers(stage.system, stage.customer, [number(1)])
    take(stage, 1, premises="Unit 9", effective_date=stage.day(2))
    assert current_location(stage.system, stage.other_customer, number(1)).name == "Lockside Dental"
    seen = show_record(stage.system, stage.other_customer, number(1))
    assert (seen["cases"], seen["accepted"]) == ([], None)
    case = stage.case(1)
    assert (case["state"], case["closed_why"]) == ("closed", "the number has come to a new holder")
    for _ in range(7):
        stage.night()
        assert {row.premises for row in stage.rows()} <= {"UNIT 9"}
        stage.accept()
        stage.tomorrow()
    assert stage.record(1)["accepted"]["premises"] == "UNIT 9"


def test_a_line_type_and_a_child_of_the_former_holder_do_not_come_back(stage):
    stage.live(1, line_type="DDI", child_cupid="013")
    cease_numbers(stage.system, stage.customer, [number(1)])
    judged = take(stage, 1)
    assert (judged.sent["line_type"], judged.sent["child_cupid"]) == ("", "999")


def test_the_agent_is_told_that_the_former_holder_is_gone_where_the_new_one_says_nothing(stage, tmp_path):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    load(stage, tmp_path, f"in_use,{number(1)},,{stage.other_account},,")
    stage.night()
    assert stage.sent() == [("C", "001")], "no address of the former holder"
    assert show_record(stage.system, stage.other_customer, number(1))["accepted"] is None
    stage.accept()
    assert stage.record(1)["status"] == "needs_address"


def test_the_agent_is_told_so_where_the_new_holders_location_waits_for_review_or_for_its_day(stage, directory):
    assert directory is None
    stage.live(1, 2)
    cease_numbers(stage.system, stage.customer, [number(1), number(2)])
    assert take(stage, 1, postcode="LS1 9ZZ").standing == "for_review"
    take(stage, 2, effective_date=stage.day(3))
    stage.night()
    assert stage.sent() == [("C", "001"), ("C", "002")]


def test_what_was_in_flight_for_the_former_holder_is_ended_afterwards(stage):
    stage.register(1)
    stage.night()
    cease_numbers(stage.system, stage.customer, [number(1)])
    take(stage, 1, effective_date=stage.day(9))
    stage.accept()
    held = number_line(stage.system, stage.other_customer, stage.number_id(1))
    assert (held.held, held.name) == (None, "LOCKSIDE DENTAL"), "what is live is still the former holder's"
    assert number_line(stage.system, stage.staff, stage.number_id(1)).held["name"] == "HARTWELL LTD"
    stage.night()
    assert stage.sent() == [("C", "001")]


def test_a_search_does_not_find_a_number_by_its_former_holder(stage):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    take(stage, 1)
    assert list_numbers(stage.system, stage.other_customer, stage.other_account, search="hartwell").total == 0
    assert list_numbers(stage.system, stage.other_customer, stage.other_account, search="lockside").total == 1
    assert list_numbers(stage.system, stage.customer, stage.account).total == 0
    with pytest.raises(NotFound):
        number_line(stage.system, stage.customer, stage.number_id(1))


def test_a_number_that_was_ceased_and_returns_to_its_own_customer_starts_anew(stage):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    assert stage.register(1).standing == "accepted", "the end was said; this says that it goes on"
    stage.night()
    assert stage.sent() == [], "the agent holds that very record"
    assert stage.record(1)["status"] == "live"


def test_a_review_does_not_outlive_the_end_of_use(stage, directory):
    assert directory is None
    stage.live(1, 2)
    for place in (1, 2):
        stage.register(place, postcode="LS1 9ZZ")
    cease_numbers(stage.system, stage.customer, [number(1)])
    cease_numbers(stage.system, stage.customer, [number(2)], stage.today.replace(day=6))
    (review,) = list_reviews(stage.system, stage.staff)
    assert review["number"] == number(2)
    stage.tomorrow(5)
    with pytest.raises(Conflict):
        approve_review(stage.system, stage.staff, review["id"])
    for registration in stage.all(Registration):
        if registration.state == "REVIEW":
            assert registration.id == review["id"]


def test_loading_the_same_inventory_again_does_not_unsay_a_coming_end(stage, tmp_path):
    lines = [f"in_use,{number(1)},{number(3)},{stage.account},,"]
    assert load(stage, tmp_path, *lines) == {"ranges": 0, "in_use": 1, "ported_in": 0, "problems": []}
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)], stage.today.replace(day=10))
    load(stage, tmp_path, *lines)
    stage.tomorrow(7)
    stage.night()
    assert stage.sent() == [("C", "001")]
    assert stage.record(1)["status"] == "ceased"


def test_an_inventory_with_a_fault_loads_nothing(stage, tmp_path):
    with pytest.raises(Refused) as refused:
        load(
            stage,
            tmp_path,
            f"in_use,{number(1)},,{stage.account},,",
            f"in_use,{number(2)},,,,",
            "in_use,0113 111 1111,,Hartwell Ltd,,",
            f"ported_in,{number(3)},,{stage.account},12,soon",
            f"nonsense,{number(4)},,{stage.account},,",
        )
    assert {problem.row for problem in refused.value.problems} == {2, 3, 4, 5}
    assert list_numbers(stage.system, stage.staff, None).total == 0


def test_a_new_account_is_opened_by_its_name_once(stage, tmp_path):
    load(stage, tmp_path, f"in_use,{number(1)},,Tarn Foundry,,", f"in_use,{number(2)},,TARN FOUNDRY,,")
    lines = list_numbers(stage.system, stage.staff, None).lines
    assert {line.account for line in lines} == {"Tarn Foundry"}
    assert stage.events().count("account_opened") == 1
