"""What a correction starts from: what holds today, never what is planned, and never past a bar of 999."""

import io

import pytest
from stage import location, number

from app.errors import Refused
from app.services.barring import bar_number
from app.services.casework.mending import fix_case
from app.services.lists import Which, list_csv
from app.services.locations.many import place_numbers
from app.services.locations.registering import current_location, register_location
from app.services.uploads import import_locations
from validators.columns import Location


def again(stage, actor, which=Which.ALL, *, account=None):
    """Import the list of all numbers as it is."""
    text = "".join(list_csv(stage.system, actor, which, account or stage.account))
    return import_locations(stage.system, actor, stage.account, io.BytesIO(text.encode()), skip_bad=True)


def planned_move(stage):
    stage.live(1)
    stage.register(1, premises="Unit 8", effective_date=stage.day(20))


def test_the_list_of_all_imported_as_it_is_changes_nothing(stage):
    planned_move(stage)
    stage.live(2)
    stage.register(3, effective_date=stage.day(5))
    stage.live(4)
    bar_number(stage.system, stage.customer, number(4))
    stage.night()
    stage.accept()
    before = stage.end_state()["registrations"]
    for actor in (stage.cli, stage.customer):
        report = again(stage, actor)
        assert (report.accepted, report.for_review, report.unchanged, report.refused) == (0, 0, 3, 1)
    assert stage.end_state()["registrations"] == before
    stage.night()
    assert stage.sent() == []


def test_a_correction_starts_from_what_holds_today_and_a_plan_stays_a_plan(stage):
    planned_move(stage)
    assert current_location(stage.system, stage.customer, number(1)).premises == "Pennant House"
    placed = place_numbers(
        stage.system,
        stage.customer,
        stage.account,
        [number(1)],
        Location(reference="NEW"),
        said=frozenset({"reference"}),
    )
    assert placed.accepted == 1
    stage.night()
    assert [(row.command, row.premises, row.cross_ref) for row in stage.rows()] == [("M", "PENNANT HOUSE", "NEW")]
    stage.accept()
    stage.tomorrow(20)
    stage.night()
    assert [(row.command, row.premises) for row in stage.rows()] == [("M", "UNIT 8")]


def test_a_fix_of_today_does_not_bring_a_plan_forward(stage):
    stage.register(1)
    stage.night()
    stage.answer("0102")
    stage.register(1, premises="Unit 8", effective_date=stage.day(20))
    fix_case(stage.system, stage.staff, stage.case(1)["id"], {"thoroughfare": "Mill Road"})
    stage.night()
    assert [(row.premises, row.thoroughfare) for row in stage.rows()] == [("PENNANT HOUSE", "MILL ROAD")]


def test_where_nothing_holds_yet_the_plan_is_corrected_for_its_day(stage):
    stage.register(1, effective_date=stage.day(5))
    start = current_location(stage.system, stage.customer, number(1))
    assert (start.premises, start.effective_date) == ("Pennant House", stage.day(5))


def test_a_number_is_brought_in_by_operations_alone_and_not_when_it_is_here(stage):
    def codes(actor, place):
        with pytest.raises(Refused) as refused:
            register_location(stage.system, actor, stage.account, location(place, losing_cupid="456"))
        return {problem.code for problem in refused.value.problems if problem.severity == "error"}

    assert codes(stage.customer, 1) == {"R10"}
    stage.live(2)
    assert codes(stage.staff, 2) == {"R09"}
    brought = register_location(stage.system, stage.staff, stage.account, location(1, losing_cupid="456"))
    assert brought.standing == "accepted"
    stage.night()
    assert [(row.command, row.change_cupid) for row in stage.rows()] == [("I", "456")]
    stage.register(1, premises="Unit 4")
    assert stage.register(1, premises="Unit 5").standing == "accepted", "the customer goes on from there"


def test_a_bar_is_lifted_by_saying_so_and_by_nothing_else(stage):
    stage.live(1)
    bar_number(stage.system, stage.customer, number(1))
    for said in ("", "yes"):
        with pytest.raises(Refused) as refused:
            stage.register(1, outside_uk=said)
        assert {problem.code for problem in refused.value.problems} & {"N12", "R03"}
    placed = place_numbers(stage.system, stage.customer, stage.account, [number(1)], location(1))
    assert (placed.refused, {problem.code for problem in placed.problems} - {"P00"}) == (1, {"N12"})
    assert stage.record(1)["status"] == "barred"
    register_location(stage.system, stage.customer, stage.account, location(1, outside_uk="no"))
    assert stage.record(1)["barred_at"] is None
