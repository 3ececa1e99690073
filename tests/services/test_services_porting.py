"""Numbers that come from another provider and go to one."""

from datetime import timedelta

import pytest
from stage import number

from app.errors import Refused
from app.services.inventory import load_numbers
from app.services.locations.ceasing import port_out


def test_an_import_goes_on_the_day_of_the_port_and_an_export_too(stage, tmp_path):
    table = tmp_path / "numbers.csv"
    table.write_text(
        f"kind,start,account,losing_cupid,port_date\nported_in,{number(1)},{stage.account},123,{stage.day(2)}\n"
    )
    load_numbers(stage.system, stage.cli, table)
    stage.register(1)
    stage.night()
    assert stage.sent() == []
    stage.tomorrow(2)
    stage.night()
    assert [(row.command, row.change_cupid) for row in stage.rows()] == [("I", "123")]
    stage.accept()
    assert stage.record(1)["accepted_state"] == "live"
    port_out(stage.system, stage.staff, number(1), "456", stage.today + timedelta(days=1))
    stage.night()
    assert stage.sent() == []
    assert stage.record(1)["status"] == "porting"
    stage.tomorrow()
    stage.night()
    assert [(row.command, row.change_cupid) for row in stage.rows()] == [("E", "456")]
    stage.accept()
    assert stage.record(1)["accepted_state"] == "none"


def test_a_refused_import_is_an_import_again_and_a_taken_one_is_not(stage, tmp_path):
    table = tmp_path / "numbers.csv"
    table.write_text(
        f"kind,start,account,losing_cupid,port_date\nported_in,{number(1)},{stage.account},123,{stage.today}\n"
    )
    load_numbers(stage.system, stage.cli, table)
    stage.register(1)
    stage.night()
    stage.answer("0102")
    stage.register(1, premises="Unit 4")
    stage.night()
    assert stage.sent() == [("I", "001")]
    stage.accept()
    stage.register(1, premises="Unit 5")
    stage.night()
    stage.answer("0104")
    stage.night()
    assert stage.sent() == [("A", "001")], "the import was taken: it opens no pair again"


def test_a_number_ported_in_a_second_time_is_an_import_again(stage, tmp_path):
    table = tmp_path / "numbers.csv"

    def port_in(losing):
        table.write_text(
            f"kind,start,account,losing_cupid,port_date\nported_in,{number(1)},{stage.account},{losing},{stage.today}\n"
        )
        load_numbers(stage.system, stage.cli, table)

    port_in("123")
    stage.live(1)
    port_out(stage.system, stage.staff, number(1), "456", stage.today)
    stage.night()
    stage.accept()
    stage.tomorrow(30)
    port_in("789")
    stage.register(1, premises="Unit 8")
    stage.night()
    assert [(row.command, row.change_cupid) for row in stage.rows()] == [("I", "789")]


def test_a_location_said_before_the_port_was_recorded_waits_for_the_port(stage, tmp_path):
    stage.register(1)
    table = tmp_path / "numbers.csv"
    table.write_text(
        f"kind,start,account,losing_cupid,port_date\nported_in,{number(1)},{stage.account},123,{stage.day(2)}\n"
    )
    load_numbers(stage.system, stage.cli, table)
    stage.night()
    assert stage.sent() == [], "Import: ON_HOLD until the port date"
    stage.tomorrow(2)
    stage.night()
    assert stage.sent() == [("I", "001")]


@pytest.fixture
def moved_out(stage):
    """A number whose export was taken."""
    stage.live(1)
    port_out(stage.system, stage.staff, number(1), "456", stage.today)
    stage.night()
    stage.accept()
    assert stage.record(1)["accepted_state"] == "none"
    return stage


def test_an_export_undone_makes_the_record_live_again_as_it_was(moved_out):
    stage = moved_out
    (row,) = stage.rows()
    for _ in range(2):
        stage.car(stage.reply(row, "0049"))
        stage.collect()
    record = stage.record(1)
    assert (record["accepted_state"], record["accepted"]["premises"]) == ("live", "PENNANT HOUSE")
    assert [(case["code"], case["state"]) for case in record["cases"]] == [("0049", "open")]
    assert [reply["effect"] for reply in record["transactions"][-1]["replies"]] == ["applied", "applied", "repeated"]
    assert stage.states(1) == ["COMPLETED", "COMPLETED"]
    stage.night()
    assert stage.sent() == [], "nothing goes out before a person has looked"


def test_an_export_undone_after_something_newer_went_out_is_only_a_case(moved_out):
    stage = moved_out
    (row,) = stage.rows()
    stage.tomorrow()
    stage.register(1, premises="Unit 8")
    stage.night()
    assert stage.sent() == [("A", "001")]
    stage.car(stage.reply(row, "0049"))
    stage.collect()
    assert (stage.record(1)["accepted_state"], stage.case(1)["code"]) == ("none", "0049")
    stage.accept()
    assert stage.record(1)["accepted"]["premises"] == "UNIT 8"


def test_an_import_undone_leaves_no_record_and_an_urgent_case(stage, tmp_path):
    table = tmp_path / "numbers.csv"
    table.write_text(
        f"kind,start,account,losing_cupid,port_date\nported_in,{number(1)},{stage.account},123,{stage.today}\n"
    )
    load_numbers(stage.system, stage.cli, table)
    stage.live(1)
    stage.answer("0050")
    assert (stage.record(1)["accepted_state"], stage.record(1)["status"]) == ("none", "rejected")
    assert "urgent" in stage.case(1)["text"]


@pytest.mark.parametrize("code", ["0045", "0046", "0047", "0048", "0043"])
def test_what_is_told_about_a_pair_changes_nothing(moved_out, code):
    stage = moved_out
    before = stage.record(1)
    stage.answer(code)
    after = stage.record(1)
    for record in (before, after):
        for name in ("transactions", "cases", "porting"):
            record.pop(name)
    assert before == after


def test_no_port_is_for_a_day_that_is_over(stage):
    stage.live(1)
    with pytest.raises(Refused) as refused:
        port_out(stage.system, stage.staff, number(1), "456", stage.today - timedelta(days=1))
    assert [problem.code for problem in refused.value.problems] == ["R01"]
