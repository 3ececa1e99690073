"""Record-level replies: what each does to the transaction, the accepted record and the queue of operations."""

import pytest
from stage import number

from app.models.replies import Case, Reply, ReplyFile
from app.services.casework.mending import fix_case
from app.services.exports.files import show_file
from app.services.locations.ceasing import cease_numbers
from app.services.transactions import abandon


def test_done_makes_the_record_live_with_what_was_sent(stage):
    stage.register(1)
    stage.night()
    stage.register(1, premises="Unit 9")  # said later, not sent yet
    report = stage.answer("0037")
    assert (report.car, report.applied, report.unsolicited) == (1, 1, 0)
    record = stage.record(1)
    assert (record["accepted_state"], record["accepted"]["premises"]) == ("live", "PENNANT HOUSE")
    assert record["wanted"]["premises"] == "UNIT 9"
    assert stage.states(1) == ["COMPLETED", "NEW"]


def test_a_car_row_proves_that_the_file_was_taken_and_the_file_waits_for_its_fco(stage):
    stage.register(1)
    stage.register(2)
    stage.night()
    stage.answer("0037", 1)
    assert (stage.states(1), stage.states(2)) == (["COMPLETED"], ["DELIVERED"])
    assert stage.files()[0].state == "DELIVERED"
    stage.fco()
    stage.collect()
    assert (stage.files()[0].state, stage.states(2)) == ("FCO_ACCEPTED", ["FCO_ACCEPTED"])


@pytest.mark.parametrize("code", ["0013", "0018"])
def test_what_is_noted_or_waits_completes_nothing(stage, code):
    stage.register(1)
    stage.night()
    stage.answer(code)
    assert stage.states(1) == [{"0013": "FCO_ACCEPTED", "0018": "ERROR"}[code]]
    assert stage.record(1)["accepted_state"] == "none"
    assert stage.record(1)["cases"] == []
    stage.answer("0037")
    assert stage.states(1) == ["COMPLETED"]


def test_already_active_heals_by_a_modification_with_the_whole_record(stage):
    stage.register(1)
    stage.night()
    stage.answer("0103")
    record = stage.record(1)
    assert (record["accepted_state"], record["accepted"], record["cases"]) == ("unknown", None, [])
    stage.night()
    (row,) = stage.rows()
    assert (row.command, row.premises, row.name) == ("M", "PENNANT HOUSE", "HARTWELL LTD")


def test_no_record_found_heals_by_an_activation(stage):
    stage.live(1)
    stage.register(1, premises="Unit 4")
    stage.night()
    stage.answer("0104")
    assert (stage.record(1)["accepted_state"], stage.record(1)["cases"]) == ("none", [])
    stage.night()
    assert stage.sent() == [("A", "001")]


@pytest.mark.parametrize("code", ["0104", "0038"])
def test_a_cease_of_what_is_not_there_is_done(stage, code):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.night()
    stage.answer(code)
    assert (stage.states(1)[-1], stage.record(1)["accepted_state"]) == ("COMPLETED", "none")
    assert stage.record(1)["cases"] == []


def test_healing_that_alternates_twice_stops_and_calls_a_person(stage):
    stage.register(1)
    for command, code in (("A", "0103"), ("M", "0104"), ("A", "0103"), ("M", "0104")):
        stage.night()
        assert stage.sent() == [(command, "001")]
        assert stage.record(1)["cases"] == []
        stage.answer(code)
    assert (stage.case(1)["state"], stage.case(1)["code"]) == ("open", "0104")
    stage.night()
    assert stage.sent() == [], "sending stops for the number"
    fix_case(stage.system, stage.staff, stage.case(1)["id"], {"name": "Hartwell Limited"})
    stage.night()
    assert stage.sent() == [("A", "001")]
    stage.accept()
    assert stage.case(1)["state"] == "closed"
    stage.register(1, premises="Unit 4")
    stage.night()
    stage.answer("0104")
    assert len(stage.record(1)["cases"]) == 1, "a done begins the count anew"


@pytest.mark.parametrize("first", ["0037", "0101"])
@pytest.mark.parametrize("later", ["0037", "0101"])
def test_after_a_final_reply_a_later_one_changes_nothing(stage, first, later):
    stage.register(1)
    stage.night()
    stage.answer(first)
    before = stage.end_state()
    report = stage.answer(later)
    after = stage.end_state()
    for name in ("transactions", "accepted", "files", "registrations"):
        assert before[name] == after[name]
    if first == later:
        assert (report.repeated, report.applied) == (1, 0)
        assert before["cases"] == after["cases"]
    else:
        assert stage.case(1)["code"] == later, "a contradiction calls a person"
        assert stage.record(1)["transactions"][0]["replies"][-1]["effect"] == "contradicts"


def test_a_reply_for_an_older_transaction_never_changes_a_newer_one(stage):
    stage.register(1)
    stage.night()
    (old,) = stage.rows()
    abandon(stage.system, stage.staff, txn_ref=old.txn_ref, why="no answer for two days")
    assert (stage.states(1), stage.record(1)["accepted_state"]) == (["ABANDONED", "NEW"], "unknown")
    stage.night()
    assert stage.sent() == [("M", "001")]
    for code in ("0101", "0037", "0018"):
        stage.car(stage.reply(old, code))
        stage.collect()
    assert stage.states(1) == ["ABANDONED", "DELIVERED"]
    assert (stage.record(1)["accepted_state"], stage.record(1)["cases"]) == ("unknown", [])


def test_non_final_then_final_and_two_replies_in_one_car(stage):
    stage.register(1)
    stage.night()
    (row,) = stage.rows()
    stage.car(stage.reply(row, "0018"), stage.reply(row, "0103"), stage.reply(row, "0103"))
    report = stage.collect()
    assert (report.applied, report.repeated) == (2, 1)
    assert stage.states(1) == ["ERROR_FINAL", "NEW"]


@pytest.mark.parametrize("code", ["0999", "0039", "0033"])
def test_an_unknown_code_completes_nothing_and_is_shown_as_it_came(stage, code):
    stage.register(1)
    stage.night()
    report = stage.answer(code, text="SOMETHING NEW")
    assert report.applied == 1
    assert stage.states(1) == ["FCO_ACCEPTED"]
    assert (stage.case(1)["code"], stage.case(1)["state"]) == (code, "open")
    reply = stage.record(1)["transactions"][0]["replies"][0]
    assert (reply["code"], reply["text"], reply["effect"]) == (code, "SOMETHING NEW", "unknown code")
    stage.answer("0037")
    assert (stage.states(1), stage.case(1)["state"]) == (["COMPLETED"], "closed")


def test_a_row_that_differs_from_the_table_is_applied_by_the_table_and_marked(stage):
    stage.register(1)
    stage.night()
    stage.answer("0037", class_="ERROR", final=False)
    assert stage.states(1) == ["COMPLETED"]
    reply = stage.record(1)["transactions"][0]["replies"][0]
    assert (reply["class"], reply["final"], reply["marked"]) == ("ERROR", False, True)


def test_the_error_list_is_kept_and_the_code_decides(stage):
    stage.register(1)
    stage.night()
    stage.answer("0101", error_list=("0101", "0102"), error_count=2)
    assert stage.case(1)["code"] == "0101"
    assert stage.record(1)["transactions"][0]["replies"][0]["error_list"] == "0101,0102"


def test_the_same_car_twice_is_known_again(stage):
    stage.register(1)
    stage.night()
    (row,) = stage.rows()
    name, content = stage.car_bytes(stage.reply(row, "0103"))
    stage.put(name, content)
    stage.collect()
    before = stage.end_state()
    stage.put(name, content)
    report = stage.collect()
    assert (report.car, report.applied, report.repeated) == (1, 0, 1)
    assert stage.end_state() == before


def test_the_same_rows_in_another_file_are_repeated(stage):
    stage.register(1)
    stage.register(2)
    stage.night()
    first, second = stage.rows()
    stage.car(stage.reply(first, "0037"), stage.reply(second, "0101"))
    stage.collect()
    before = stage.end_state()
    stage.car(stage.reply(first, "0037"), stage.reply(second, "0101"))
    report = stage.collect()
    assert (report.applied, report.repeated) == (0, 2)
    after = stage.end_state()
    for name in ("transactions", "accepted", "cases"):
        assert before[name] == after[name]


def test_what_answers_nothing_of_ours_is_kept_as_one_case_and_the_rest_is_applied(stage):
    stage.register(1)
    stage.night()
    (row,) = stage.rows()
    unasked = stage.reply(row, "0013", txn_ref="")
    foreign = stage.reply(row, "0037", txn_ref="999/999/000000009999")
    other_number = stage.reply(row, "0037", telephone_no=number(2))
    other_command = stage.reply(row, "0038", command="C")
    stage.car(unasked, foreign, other_number, other_command, stage.reply(row, "0037"))
    report = stage.collect()
    assert (report.applied, report.unsolicited) == (1, 4)
    assert stage.states(1) == ["COMPLETED"]
    assert [(case.code, case.number_id) for case in stage.all(Case)] == [("UNSOLICITED", None)]
    assert sorted(str(reply.effect) for reply in stage.all(Reply)) == ["applied"] + ["unsolicited"] * 4


def test_fcos_come_before_cars_whatever_their_names(stage):
    stage.register(1)
    stage.night()
    (row,) = stage.rows()
    stage.car(stage.reply(row, "0037"))
    stage.fco()
    report = stage.collect()
    assert (report.fco, report.car) == (1, 1)
    assert [file.kind for file in stage.all(ReplyFile)] == ["FCO", "CAR"]
    shown = show_file(stage.system, stage.cli, stage.files()[0].file_name)
    assert [item["kind"] for item in shown["replies"]] == ["FCO", "CAR"]


def test_a_newer_word_that_waits_makes_the_case_resent_at_once(stage):
    stage.register(1)
    stage.night()
    stage.register(1, premises="Unit 4")
    stage.answer("0102")
    assert stage.case(1)["state"] == "resent", "a newer submission than the refused one goes out tonight"
    stage.night()
    assert stage.sent() == [("A", "001")]


def test_a_further_refusal_opens_the_same_case_again(stage):
    stage.register(1)
    stage.night()
    stage.answer("0102")
    first = stage.case(1)["id"]
    fix_case(stage.system, stage.staff, first, {"premises": "Unit 4"})
    stage.night()
    stage.answer("0101")
    (case,) = stage.record(1)["cases"]
    assert (case["id"], case["state"], case["code"]) == (first, "open", "0101")


def test_more_rows_than_a_batch(sqlite_stage):
    stage = sqlite_stage
    for place in range(30):
        stage.register(place)
    stage.night()
    rows = stage.rows()
    noise = [stage.reply(rows[0], "0013")] * 2_500
    stage.car(*noise, *(stage.reply(row, "0037") for row in rows))
    report = stage.collect()
    assert report.applied == 2_530
    assert {stage.record(place)["accepted_state"] for place in range(30)} == {"live"}
