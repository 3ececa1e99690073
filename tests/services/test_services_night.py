"""The night: which command goes out, what folds into what, and when nothing goes out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from stage import number

from app.domain.transactions import TransactionState
from app.errors import Refused
from app.models.exports import Transaction
from app.models.records import RecordValues, Registration
from app.services.casework.mending import fix_case
from app.services.locations.ceasing import cease_numbers
from app.services.transactions import abandon


def test_a_new_record_is_an_activation(stage):
    stage.register(1)
    report = stage.night()
    (row,) = stage.rows()
    assert (row.command, row.telephone_no, row.name) == ("A", number(1), "HARTWELL LTD")
    assert (row.effective_date, row.child_cupid, row.retailer_id) == (stage.today, "999", "HART01")
    assert report.transactions == {"A": 1, "C": 0, "M": 0, "E": 0, "I": 0}
    assert stage.states(1) == ["DELIVERED"]


def test_a_change_of_a_live_record_is_a_modification(stage):
    stage.live(1)
    stage.register(1, premises="Unit 4")
    stage.night()
    assert stage.sent() == [("M", "001")]
    stage.accept()
    assert stage.record(1)["accepted"]["premises"] == "UNIT 4"


def test_a_cease_carries_no_name_and_no_address(stage):
    stage.live(1)
    assert cease_numbers(stage.system, stage.customer, [number(1)]) == 1
    stage.night()
    (row,) = stage.rows()
    assert (row.command, row.name, row.postcode, row.premises) == ("C", "", "", "")
    stage.accept()
    record = stage.record(1)
    assert (record["accepted_state"], record["accepted"], record["status"]) == ("none", None, "ceased")


def test_a_rejected_first_activation_goes_out_again_as_an_activation(stage):
    stage.register(1)
    stage.night()
    stage.fco()
    stage.answer("0102")
    case = stage.case(1)
    assert (case["state"], case["code"], case["field"]) == ("open", "0102", "premises")
    stage.night()
    assert stage.sent() == [], "a refused record is sent again only after a fix or a newer submission"
    fix_case(stage.system, stage.staff, case["id"], {"premises": "Harbourmaster's House"})
    assert stage.case(1)["state"] == "resent"
    stage.night()
    (row,) = stage.rows()
    assert (row.command, row.premises) == ("A", "HARBOURMASTER'S HOUSE")
    stage.accept()
    assert (stage.case(1)["state"], stage.record(1)["status"]) == ("closed", "live")


def test_a_rejected_modification_leaves_the_record_that_is_live(stage):
    stage.live(1)
    stage.register(1, premises="Unit 4")
    stage.night()
    stage.answer("0101")
    record = stage.record(1)
    assert (record["accepted_state"], record["accepted"]["premises"]) == ("live", "PENNANT HOUSE")
    stage.register(1, premises="Unit 5")
    assert stage.case(1)["state"] == "resent", "a newer submission sets the case to resent"
    stage.night()
    assert stage.sent() == [("M", "001")]


def test_what_the_agent_holds_already_is_not_sent_and_says_why(stage):
    stage.live(1)
    stage.register(1, premises="Unit 4")
    stage.register(1)
    stage.night()
    assert stage.sent() == []
    assert stage.states(1) == ["COMPLETED", "FOLDED", "DO_NOT_SEND"]
    assert stage.record(1)["transactions"][2]["why"] == "no difference that the agent can see"


def test_several_changes_of_one_night_fold_into_the_last(stage):
    for premises in ("Unit 1", "Unit 2", "Unit 3"):
        stage.register(1, premises=premises)
    stage.night()
    (row,) = stage.rows()
    assert (row.command, row.premises) == ("A", "UNIT 3")
    first, second, last = stage.all(Transaction)
    assert (first.state, second.state, last.state) == ("FOLDED", "FOLDED", "EXTRACTED")
    assert first.folded_into == second.folded_into == last.id
    assert row.txn_ref == f"999/999/{last.id:012d}"


def test_a_change_for_a_later_date_waits_for_its_day_and_is_not_folded_by_an_earlier_one(stage):
    stage.live(1)
    stage.register(1, premises="Unit 9", effective_date=stage.day(2))
    assert stage.states(1)[-1] == "ON_HOLD"
    stage.register(1, premises="Unit 4")
    stage.night()
    assert [(row.premises, row.effective_date) for row in stage.rows()] == [("UNIT 4", stage.today)]
    stage.accept()
    stage.tomorrow()
    stage.night()
    assert stage.sent() == []
    stage.tomorrow()
    stage.night()
    assert [(row.command, row.premises, row.effective_date) for row in stage.rows()] == [("M", "UNIT 9", stage.today)]


def test_a_change_that_says_the_same_later_date_folds_the_one_on_hold(stage):
    stage.live(1)
    stage.register(1, premises="Unit 9", effective_date=stage.day(2))
    stage.register(1, effective_date=stage.day(2))
    stage.tomorrow(2)
    stage.night()
    assert stage.sent() == [], "the last word about that day is that nothing moves"
    assert stage.states(1) == ["COMPLETED", "FOLDED", "DO_NOT_SEND"]


def test_what_is_on_hold_can_be_brought_forward(stage):
    stage.register(1, effective_date=stage.day(5))
    stage.register(1)
    stage.night()
    assert stage.sent() == [("A", "001")]


def test_a_cease_cancels_what_waits_and_what_is_on_hold(stage):
    stage.register(1)
    stage.register(1, premises="Unit 9", effective_date=stage.day(3))
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.night()
    assert stage.sent() == []
    assert stage.states(1) == ["CANCELLED", "CANCELLED", "DO_NOT_SEND"]
    stage.tomorrow(3)
    stage.night()
    assert stage.sent() == []
    assert stage.record(1)["wanted"] is None, "what was wanted for a later day does not come back after the cease"


def test_a_cease_for_a_later_day_leaves_what_is_due_before_it(stage):
    stage.live(1)
    stage.register(1, premises="Unit 4", effective_date=stage.day(1))
    stage.register(1, premises="Unit 9", effective_date=stage.day(4))
    cease_numbers(stage.system, stage.customer, [number(1)], stage.today + timedelta(days=2))
    sent = []
    for _ in range(6):
        stage.night()
        sent += [(row.command, row.premises) for row in stage.rows()]
        stage.accept()
        stage.tomorrow()
    assert sent == [("M", "UNIT 4"), ("C", "")]


def test_the_day_of_a_cease_can_be_moved_either_way(stage):
    stage.live(1, 2)
    for place, first, then in ((1, 2, 4), (2, 4, 2)):
        cease_numbers(stage.system, stage.customer, [number(place)], stage.today + timedelta(days=first))
        cease_numbers(stage.system, stage.customer, [number(place)], stage.today + timedelta(days=then))
    sent = []
    for day in range(6):
        stage.night()
        sent += [(day, *item) for item in stage.sent()]
        stage.accept()
        stage.tomorrow()
    assert sent == [(2, "C", "002"), (4, "C", "001")]


def test_a_ceased_number_cannot_be_ceased_again(stage):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    with pytest.raises(Refused) as refused:
        cease_numbers(stage.system, stage.customer, [number(1)])
    assert [problem.code for problem in refused.value.problems] == ["N11"]


def test_in_flight_waits_and_is_worked_out_afresh(stage):
    stage.register(1)
    stage.night()
    stage.register(1, premises="Unit 4")
    stage.night()
    assert stage.sent() == [], "two commands for one number never cross"
    assert stage.states(1) == ["DELIVERED", "NEW"]
    first = stage.files()[0]
    stage.fco(first)
    stage.car(stage.reply(stage.rows(first.file_name)[0], "0101"))
    stage.collect()
    stage.night()
    assert [(row.command, row.premises) for row in stage.rows()] == [("A", "UNIT 4")]


def test_a_waiting_reply_keeps_the_number_in_flight(stage):
    stage.register(1)
    stage.night()
    stage.answer("0018")
    assert stage.states(1) == ["ERROR"]
    stage.register(1, premises="Unit 4")
    stage.night()
    assert stage.sent() == []


def test_the_effective_date_is_never_earlier_than_what_the_agent_holds(stage):
    stage.live(1)
    abandoned = stage.today + timedelta(days=3)
    stage.register(1, premises="Unit 4", effective_date=stage.day(3))
    stage.night(abandoned)  # sent ahead by hand, for its own day
    assert [row.effective_date for row in stage.rows()] == [abandoned]
    abandon(stage.system, stage.staff, file_name=stage.files()[-1].file_name, why="no answer")
    stage.night()
    (row,) = stage.rows()
    assert (row.command, row.effective_date) == ("M", abandoned), "0105 would follow from an earlier date"


def test_what_heals_carries_the_date_of_the_run(stage):
    stage.live(1)
    stage.register(1, premises="Unit 4")
    stage.night()
    stage.answer("0104")
    assert stage.record(1)["accepted_state"] == "none"
    stage.tomorrow(2)
    stage.night()
    (row,) = stage.rows()
    assert (row.command, row.premises, row.effective_date) == ("A", "UNIT 4", stage.today)


def test_one_record_that_cannot_be_rendered_becomes_a_case_and_the_rest_goes(stage):
    for place in (1, 2, 3):
        stage.register(place)
    poisoned = stage.number_id(2)
    with stage.system.database.reading() as look:
        values = look.session.scalars(select(Registration.values_id).where(Registration.number_id == poisoned)).one()
    stage.execute(update(RecordValues).where(RecordValues.id == values).values(name="DÉJÀ VU", digest="0" * 64))
    report = stage.night()
    assert report.held_back == 1
    assert stage.sent() == [("A", "001"), ("A", "003")]
    case = stage.case(2)
    assert (case["state"], case["field"]) == ("open", "name")
    assert stage.states(2) == ["DO_NOT_SEND"]
    fix_case(stage.system, stage.staff, case["id"], {"name": "Deja Vu Ltd"})
    stage.night()
    assert [(row.command, row.name) for row in stage.rows()] == [("A", "DEJA VU LTD")]


def test_a_night_of_nothing_but_a_poisoned_record_sends_an_empty_file(stage):
    stage.register(1)
    stage.execute(update(RecordValues).values(premises=""))
    report = stage.night()
    assert (report.held_back, [file["record_count"] for file in report.files]) == (1, [0])


def test_an_empty_night_sends_a_file_only_as_the_first_of_the_day(stage):
    assert [file["record_count"] for file in stage.night().files] == [0]
    assert stage.night().files == []
    stage.tomorrow()
    assert len(stage.night().files) == 1


def test_names_and_sequence_have_no_gap(stage):
    names = []
    for place in (1, 2):
        stage.register(place)
        names += [file["file_name"] for file in stage.night().files]
    stage.tomorrow()
    names += [file["file_name"] for file in stage.night().files]
    assert names == ["BT199903032701.DAT", "BT199903032702.DAT", "BT199904032701.DAT"]
    assert [file.file_sequence for file in stage.files()] == [1, 2, 3]


def test_only_what_is_due_by_the_date_of_the_run_goes(stage):
    stage.register(1, effective_date=stage.day(1))
    stage.register(2, effective_date=stage.day(2))
    stage.night(stage.today + timedelta(days=1))
    assert stage.sent() == [("A", "001")]
    assert stage.record(2)["transactions"][0]["state"] == str(TransactionState.ON_HOLD)


def test_summer_time_does_not_move_the_day(stage):
    stage.clock.at = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight of 1 July in London
    stage.register(1)
    stage.night()
    assert stage.files()[-1].file_name == "BT199901072701.DAT"
    assert stage.rows()[0].effective_date == date(2027, 7, 1)
