"""One address for many numbers in one act: range entry with exceptions, and customers who move."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage import ADDRESS, Stage, number

from app.errors import NotAllowed, NotFound, Refused
from app.models.audit import AuditEvent
from app.models.numbers import Address, Number
from app.services.barring import bar_numbers
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.locations.many import place_numbers, spread
from app.services.locations.places import list_places, numbers_at
from app.services.locations.registering import change_address, current_location, share_of_address
from validators.columns import Location
from validators.numbers import national, read_number

NEW = Location(
    name="Hartwell Ltd", premises="Foundry House", thoroughfare="Water Lane", post_town="Leeds", postcode="LS11 5DF"
)
MOVE = replace(NEW, name="")
TEN = [number(place) for place in range(10)]


def place(stage: Stage, numbers=TEN, location: Location = NEW, **options):
    actor = options.pop("actor", stage.customer)
    return place_numbers(stage.system, actor, actor.account_id or stage.account, numbers, location, **options)


def counts(report) -> tuple[int, int, int, int]:
    return report.accepted, report.unchanged, report.for_review, report.refused


def codes(report) -> list[tuple[str, int]]:
    """Without P00: most of these tests load no directory."""
    return [(one.problem.code, one.count) for one in report.findings if one.problem.code != "P00"]


def lines(stage: Stage) -> dict[str, str]:
    return {national(item.number): item.line_type for item in stage.all(Number)}


# the block


def test_a_block_is_spread_without_its_exceptions() -> None:
    assert spread("01632 960000", "01632960004", ["01632 960002", " "]) == [
        "01632960000", "01632960001", "01632960003", "01632960004",
    ]  # fmt: skip
    assert spread("+441632960000", "01632960000") == ["01632960000"]


@pytest.mark.parametrize(
    ("first", "last", "exceptions", "told"),
    [
        ("x", "", ["y"], [("N01", "first"), ("N01", "last"), ("N01", "exceptions")]),
        ("01632960009", "01632960001", [], [("M03", "last")]),
        ("016977 2200", "01697722001", [], [("M03", "last")]),
        ("01632960000", "01632970000", [], [("M02", "last")]),
        ("01632960000", "01632960009", ["01632960010", "z"], [("N01", "exceptions"), ("M04", "exceptions")]),
        ("01632960000", "01632960001", ["01632960000", "01632 960001"], [("M01", "exceptions")]),
    ],
)
def test_every_problem_of_a_block_at_once(first, last, exceptions, told) -> None:
    with pytest.raises(Refused) as refused:
        spread(first, last, exceptions)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == told


@given(st.integers(0, 999), st.integers(0, 999), st.lists(st.integers(0, 999), max_size=5))
def test_a_block_has_each_number_between_its_ends_once(first: int, last: int, left_out: list[int]) -> None:
    inside = [place for place in left_out if first <= place <= last]
    wanted = [number(place) for place in range(first, last + 1) if place not in inside]
    if not wanted:
        with pytest.raises(Refused):
            spread(number(first), number(last), [number(place) for place in inside])
    else:
        assert spread(number(first), number(last), [number(place) for place in inside]) == wanted


# placing


def test_a_block_gets_one_address_row_and_ddi_lines(stage: Stage) -> None:
    report = place(stage, spread(number(0), number(9), [number(4)]), block=True)
    assert (report.numbers, *counts(report), report.saved) == (9, 9, 0, 0, 0, True)
    assert len(stage.all(Address)) == 1
    assert lines(stage) == {one: "DDI" for one in TEN if one != number(4)}
    assert report.sample.sent["premises"] == "FOUNDRY HOUSE"
    assert report.sample.sent["line_type"] == "DDI"
    assert stage.events()[-1] == "numbers_placed"
    assert stage.events().count("location_submitted") == 0
    stage.night()
    assert len(stage.rows()) == 9


def test_the_act_is_one_entry_of_the_trail(stage: Stage) -> None:
    place(stage)
    (event,) = [event for event in stage.all(AuditEvent) if event.action == "numbers_placed"]
    detail = json.loads(event.detail)
    assert (detail["numbers"], detail["accepted"], detail["effective_date"]) == (10, 10, str(stage.today))
    assert "Foundry" not in event.detail
    assert number(0) not in event.detail


def test_what_a_location_says_of_the_line_counts(stage: Stage) -> None:
    place(stage, TEN[:2], replace(NEW, line_type="EXT"), block=True)
    place(stage, TEN[2:4])
    assert lines(stage) == {number(0): "EXT", number(1): "EXT", number(2): "", number(3): ""}


def test_the_same_again_changes_nothing(stage: Stage) -> None:
    place(stage)
    again = place(stage, [*TEN, number(10)])
    assert counts(again) == (1, 10, 0, 0)
    assert ("R04", 10) in codes(again)


def test_changing_the_address_later_changes_all_but_the_exceptions(stage: Stage) -> None:
    stage.register(4, premises="Gatehouse")
    place(stage, spread(number(0), number(9), [number(4), number(5)]), block=True)
    assert len(share_of_address(stage.system, stage.customer, number(0))) == 7
    moved = replace(current_location(stage.system, stage.customer, number(0)), premises="Mill House")
    assert len(change_address(stage.system, stage.customer, number(0), moved)) == 8
    assert stage.record(9)["wanted"]["premises"] == "MILL HOUSE"
    assert stage.record(4)["wanted"]["premises"] == "GATEHOUSE"
    assert stage.record(5)["wanted"] is None


def test_an_exception_that_is_ceased_leaves_no_record(stage: Stage) -> None:
    """file-interface.md: the number does not fall back to the range's address."""
    place(stage, block=True)
    stage.register(4, premises="Gatehouse")
    stage.night()
    stage.accept()
    cease_numbers(stage.system, stage.customer, [number(4)])
    moved = replace(current_location(stage.system, stage.customer, number(0)), premises="Mill House")
    change_address(stage.system, stage.customer, number(0), moved)
    stage.night()
    assert stage.sent().count(("C", "004")) == 1
    assert len(stage.sent()) == 10
    stage.accept()
    assert (stage.record(4)["accepted_state"], stage.record(4)["wanted"]) == ("none", None)
    assert stage.record(3)["accepted"]["premises"] == "MILL HOUSE"


def test_a_block_said_again_does_not_bring_back_what_was_taken_out_of_use(stage: Stage) -> None:
    place(stage, block=True)
    cease_numbers(stage.system, stage.customer, [number(4)])
    port_out(stage.system, stage.cli, number(5), "123", stage.today)
    again = place(stage, location=replace(NEW, premises="Mill House"), block=True)
    assert (counts(again), again.saved) == ((0, 0, 0, 2), False)
    (told,) = [finding for finding in again.findings if finding.problem.code == "M06"]
    assert told.numbers == [number(4), number(5)]
    assert stage.record(0)["wanted"]["premises"] == "FOUNDRY HOUSE"
    kept = spread(number(0), number(9), [number(4), number(5)])
    assert counts(place(stage, kept, replace(NEW, premises="Mill House"), block=True)) == (8, 0, 0, 0)
    assert stage.record(4)["wanted"] is None
    by_name = place(stage, [number(4)])
    assert counts(by_name) == (1, 0, 0, 0), "one that is named is used again"


def test_a_number_that_is_used_abroad_is_no_part_of_a_block(stage: Stage) -> None:
    stage.register(4)
    bar_numbers(stage.system, stage.customer, [number(4)])
    refused = place(stage, block=True)
    assert [code for code in codes(refused) if code[0].startswith("M")] == [("M07", 1)]
    assert place(stage, spread(number(0), number(9), [number(4)]), block=True).accepted == 9
    assert stage.record(4)["wanted"] is None


def test_a_block_that_comes_to_a_new_customer_starts_with_nothing(stage: Stage) -> None:
    """file-interface.md: no address of the former holder, no range entry, no old case comes back."""
    place(stage, location=replace(NEW, line_type="EXT", reference="OLD"), block=True)
    cease_numbers(stage.system, stage.customer, TEN)
    taken = place(stage, TEN[:8], replace(NEW, name="Lockside Dental"), block=True, actor=stage.other_customer)
    assert counts(taken) == (8, 0, 0, 0)
    assert lines(stage)[number(0)] == "DDI"
    wanted = stage.record(0)["wanted"]
    assert (wanted["name"], wanted["reference"]) == ("LOCKSIDE DENTAL", "")
    assert stage.record(9)["wanted"] is None
    with pytest.raises(NotFound):
        share_of_address(stage.system, stage.other_customer, number(9)).index(number(0))


def test_a_number_that_moved_to_another_provider_is_not_in_a_new_customers_block(stage: Stage) -> None:
    place(stage, block=True)
    port_out(stage.system, stage.cli, number(5), "123", stage.today)
    cease_numbers(stage.system, stage.customer, [one for one in TEN if one != number(5)])
    taken = place(stage, TEN, replace(NEW, name="Lockside Dental"), block=True, actor=stage.other_customer)
    assert [code for code in codes(taken) if code[0] == "M06"] == [("M06", 1)]


# customers who move


def test_a_move_keeps_each_numbers_own_name_line_and_reference(stage: Stage) -> None:
    stage.register(0, name="Hartwell Ltd", line_type="VOIP", voip_acknowledged="yes", nomadic="yes", reference="A1")
    stage.register(1, name="Reed", title="Ms", locality="Beeston")
    stage.register(2, line_type="EXT")
    report = place(stage, TEN[:3], MOVE)
    assert counts(report) == (3, 0, 0, 0)
    wanted = [stage.record(at)["wanted"] for at in range(3)]
    assert [one["name"] for one in wanted] == ["HARTWELL LTD", "REED", "HARTWELL LTD"]
    assert [one["line_type"] for one in wanted] == ["VOIP", "", "EXT"]
    assert (wanted[0]["reference"], wanted[1]["title"], wanted[1]["locality"]) == ("A1", "MS", "LEEDS")
    assert {one["premises"] for one in wanted} == {"FOUNDRY HOUSE"}
    typed = current_location(stage.system, stage.customer, number(0))
    assert (typed.voip_acknowledged, typed.nomadic) == ("yes", "yes")


def test_a_number_without_a_name_needs_one(stage: Stage) -> None:
    stage.register(0)
    report = place(stage, TEN[:3], MOVE)
    assert (counts(report), report.saved, codes(report)) == ((0, 0, 0, 2), False, [("A01", 2)])
    assert any("(2 of 3: 01632960001, 01632960002)" in problem.message for problem in report.problems)


def test_a_voip_line_is_not_moved_without_the_acknowledgement(stage: Stage) -> None:
    report = place(stage, TEN, replace(NEW, line_type="VOIP"))
    assert codes(report) == [("R02", 10)]
    told = place(stage, TEN, replace(NEW, line_type="VOIP", voip_acknowledged="yes"))
    assert told.accepted == 10
    other = place(stage, TEN, replace(NEW, line_type="DDI"))
    assert (other.accepted, stage.record(3)["wanted"]["line_type"]) == (10, "DDI")


def test_a_move_of_a_later_day(stage: Stage) -> None:
    place(stage)
    later = place(stage, location=replace(MOVE, premises="Mill House", effective_date=stage.day(7)))
    assert later.accepted == 10
    stage.night()
    assert len(stage.rows()) == 10
    assert stage.record(0)["wanted"]["premises"] == "FOUNDRY HOUSE"
    stage.accept()
    stage.tomorrow(7)
    stage.night()
    assert {(command, len(stage.rows())) for command, _ in stage.sent()} == {("M", 10)}


# findings


def test_one_finding_is_told_once_and_nothing_is_stored(stage: Stage) -> None:
    report = place(stage, [*(number(at) for at in range(1100)), "0"], replace(NEW, premises=""))
    assert (report.refused, report.saved) == (1101, False)
    assert codes(report) == [("N01", 1), ("A01", 1101)]
    assert report.findings[1].as_dict()["numbers"] == ["0", *(number(at) for at in range(1000, 1004))]
    assert report.findings[1].told(1101).message == report.findings[1].problem.message, "it is about all of them"
    assert stage.all(Number) == []
    assert "numbers_placed" not in stage.events()


def test_another_accounts_number_refuses_the_act(stage: Stage) -> None:
    stage.register(3, actor=stage.other_customer)
    report = place(stage)
    assert (codes(report), report.saved) == ([("N05", 1)], False)
    assert len(stage.all(Number)) == 1


def test_a_dry_run_says_the_same_and_stores_nothing(stage: Stage) -> None:
    stage.register(0)
    tried = place(stage, dry_run=True)
    assert (counts(tried), tried.saved, tried.dry_run) == ((10, 0, 0, 0), False, True)
    assert len(stage.all(Number)) == 1
    done = place(stage)
    assert counts(done) == counts(tried)


def test_a_number_that_is_said_twice_is_taken_once(stage: Stage) -> None:
    report = place(stage, [number(1), number(0), "+44 1632 960001", ""])
    assert (report.numbers, counts(report), codes(report)) == (2, (2, 0, 0, 0), [("M05", 1)])


def test_no_number_and_too_many(stage: Stage) -> None:
    for numbers, code in (([], "M01"), ([" "], "M01"), ([f"0113555{at:05d}" for at in range(10_001)], "M02")):
        with pytest.raises(Refused) as refused:
            place(stage, numbers)
        assert [problem.code for problem in refused.value.problems] == [code]


@pytest.mark.usefixtures("directory")
def test_review_holds_them_all(stage: Stage) -> None:
    report = place(stage, location=replace(NEW, postcode="LS2 9JT"))
    assert counts(report) == (0, 0, 10, 0)
    stage.night()
    assert stage.rows() == []


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_crowded_address_is_told_once_until_it_is_confirmed(new_stage, dry_run: bool) -> None:
    stage = new_stage(ELD_NUMBERS_PER_ADDRESS="600")
    numbers = [number(at) for at in range(1200)]
    report = place(stage, numbers, dry_run=dry_run)
    assert (report.accepted, codes(report)) == (1200, [("A05", 600)])
    assert "1,200 numbers" in report.findings[-1].problem.message
    confirmed = place(stage, numbers, replace(NEW, address_confirmed="yes", premises="Mill House"), dry_run=dry_run)
    assert codes(confirmed) == []


def test_who_may_place(stage: Stage) -> None:
    with pytest.raises(NotFound):
        place_numbers(stage.system, stage.other_customer, stage.account, TEN, NEW)
    auditor = replace(stage.staff, role="auditor")
    with pytest.raises(NotAllowed):
        place_numbers(stage.system, auditor, stage.account, TEN, NEW)
    assert place_numbers(stage.system, stage.cli, stage.account, TEN, NEW).accepted == 10
    assert read_number(number(0)) in {item.number for item in stage.all(Number)}


def test_fields_of_one_kind_can_be_set_by_themselves(stage: Stage) -> None:
    stage.register(0)
    stage.register(1, premises="Gatehouse")
    assert place(stage, TEN[:2], Location(line_type="ext")).accepted == 2
    wanted = [stage.record(at)["wanted"] for at in range(2)]
    assert [(one["line_type"], one["premises"]) for one in wanted] == [("EXT", "PENNANT HOUSE"), ("EXT", "GATEHOUSE")]
    assert wanted[0]["postcode"] == ADDRESS["postcode"]


def test_a_part_of_an_address_is_changed_where_all_are_at_one_place(stage: Stage) -> None:
    stage.register(0, locality="Beeston", latitude="53.79", longitude="-1.55", name="Reed", title="Ms")
    stage.register(1, locality="Beeston")
    stage.register(2, premises="Gatehouse")
    part = Location(premises="Flat 2, 12", locality="")
    report = place(stage, TEN[:2], part, said=["premises"])
    assert report.accepted == 2
    typed = current_location(stage.system, stage.customer, number(0))
    assert (typed.premises, typed.locality, typed.name, typed.title) == ("Flat 2, 12", "Beeston", "Reed", "Ms")
    assert typed.latitude == "", "it was the place of the address before"
    assert place(stage, TEN[:2], part, said=["locality"]).accepted == 2
    assert current_location(stage.system, stage.customer, number(1)).locality == ""
    apart = place(stage, TEN[:3], Location(thoroughfare="Water Lane"), said=["thoroughfare"])
    assert (apart.saved, codes(apart)) == (False, [("M08", 1)])
    whole = {name: getattr(NEW, name) for name in ("premises", "thoroughfare", "post_town", "postcode")}
    place(stage, TEN[:1], Location(locality="Beeston"), said=["locality"])
    assert place(stage, TEN[:3], Location(**whole), said=list(whole)).accepted == 3
    assert current_location(stage.system, stage.customer, number(0)).locality == "", "none of the old address is left"
    assert place(stage, TEN[:3], Location(postcode="LS1 4AP"), said=["postcode"]).accepted == 3
    assert stage.record(2)["wanted"]["premises"] == "FOUNDRY HOUSE"


# the places


def test_places_and_their_numbers(stage: Stage) -> None:
    place(stage)
    stage.register(20)
    stage.register(21, actor=stage.other_customer)
    cease_numbers(stage.system, stage.customer, [number(9)])
    stage.register(8, premises="Gatehouse", effective_date=stage.day(7))
    places = list_places(stage.system, stage.customer, stage.account)
    assert [(one.address, one.numbers) for one in places] == [
        ("Foundry House, Water Lane, Leeds, LS11 5DF", 9),
        ("Pennant House, Dewsbury Road, Leeds, LS11 5DF", 1),
    ]
    found = numbers_at(stage.system, stage.customer, stage.account, places[0].id, 5)
    assert found == TEN[:5]
    theirs = list_places(stage.system, stage.other_customer, stage.other_account)
    assert numbers_at(stage.system, stage.customer, stage.account, theirs[0].id, 5) == []
