"""File-level replies: accepted, refused, out of sequence, sent again, abandoned."""

import hashlib

import pytest
from stage import number

from app.errors import CallAPerson, Conflict, NotFound, Refused
from app.models.exports import Transaction
from app.models.replies import Case
from app.services.exports.files import release_file, resend_file
from app.services.locations.ceasing import cease_numbers
from app.services.transactions import abandon
from emergency_export.faults import TransportDown

REASONS = ["BADNAME", "BADHEADER", "BADCOUNT", "BADCHECKSUM", "NONASCII", "BADLENGTH", "BADCUPID", ""]
HOLDING = {"BADCUPID", "BADNAME", "NONASCII", "BADLENGTH"}


def test_accepted_moves_the_file_and_all_of_its_transactions(sent):
    sent.fco()
    report = sent.collect()
    assert (report.fco, report.car, report.quarantined) == (1, 0, [])
    assert [sent.files()[0].state, *sent.states(1), *sent.states(2)] == ["FCO_ACCEPTED"] * 3


@pytest.mark.parametrize("reason", REASONS)
def test_a_refused_file_is_made_afresh_under_new_references(sent, reason):
    old = {row.txn_ref for row in sent.rows()}
    sent.fco(reason=reason, rejected=True)
    sent.collect()
    assert (sent.files()[0].state, sent.files()[0].reason) == ("FCO_REJECTED", reason)
    assert sent.states(1) == ["FCO_REJECTED", "NEW"]
    assert sent.record(1)["accepted_state"] == "none"
    if reason in HOLDING:
        with pytest.raises(CallAPerson):
            sent.night()
        release_file(sent.system, sent.staff, sent.files()[0].file_name)
        with pytest.raises(Conflict):
            release_file(sent.system, sent.staff, sent.files()[0].file_name)
    sent.night()
    rows = sent.rows()
    assert sent.sent() == [("A", "001"), ("A", "002")]
    assert not old & {row.txn_ref for row in rows}
    assert [file.file_sequence for file in sent.files()] == [1, 2], "the number of a refused file is spent"
    sent.accept()
    assert sent.record(1)["accepted_state"] == "live"


def test_what_waits_already_is_not_made_afresh_twice(sent):
    sent.register(1, premises="Unit 4")
    sent.fco(reason="BADCOUNT")
    sent.collect()
    assert sent.states(1) == ["FCO_REJECTED", "NEW"]
    cease_numbers(sent.system, sent.customer, [number(2)])
    sent.night()
    assert [(row.command, row.premises) for row in sent.rows()] == [("A", "UNIT 4")]


def test_a_refused_file_is_never_sent_again_as_it_was(sent):
    sent.fco(reason="BADCHECKSUM")
    sent.collect()
    with pytest.raises(Conflict):
        resend_file(sent.system, sent.staff, sent.files()[0].file_name)


@pytest.mark.parametrize("reason", ["SEQGAP", "SEQDUP"])
def test_a_word_about_the_sequence_refuses_no_record(sent, reason):
    sent.fco(reason=reason)
    sent.collect()
    assert (sent.files()[0].state, sent.files()[0].reason) == ("DELIVERED", reason)
    assert sent.states(1) == ["DELIVERED"]
    assert [(case.code, case.file_name) for case in sent.all(Case)] == [(reason, sent.files()[0].file_name)]


def test_seqdup_is_released_as_accepted_and_waits_for_the_car(sent):
    sent.fco(reason="SEQDUP")
    sent.collect()
    release_file(sent.system, sent.staff, sent.files()[0].file_name, as_accepted=True)
    assert sent.states(1) == ["FCO_ACCEPTED"]
    sent.answer("0037", 1)
    assert sent.states(1) == ["COMPLETED"]


@pytest.mark.parametrize("choice", ["release", "abandon"])
def test_what_a_person_chooses_after_seqdup_closes_its_case(sent, choice):
    sent.fco(reason="SEQDUP")
    sent.collect()
    (file,) = sent.files()
    if choice == "release":
        release_file(sent.system, sent.staff, file.file_name, as_accepted=True)
    else:
        abandon(sent.system, sent.staff, file_name=file.file_name, why="they hold nothing of it")
    (case,) = sent.all(Case)
    assert (case.state, case.closed_why.partition(":")[0]) == ("closed", "answered")


def test_a_file_whose_records_were_answered_is_released_as_accepted_where_its_fco_was_lost(sent):
    sent.answer("0037", 1)
    release_file(sent.system, sent.staff, sent.files()[0].file_name, as_accepted=True)
    assert (sent.files()[0].state, sent.states(1), sent.states(2)) == ("FCO_ACCEPTED", ["COMPLETED"], ["FCO_ACCEPTED"])


def test_nothing_else_is_released_as_accepted(sent):
    for reason in ("SEQGAP", "BADCUPID"):
        sent.fco(reason=reason)
        sent.collect()
        with pytest.raises(Conflict):
            release_file(sent.system, sent.staff, sent.files()[0].file_name, as_accepted=True)


@pytest.mark.parametrize("answered", ["file", "record"])
def test_seqdup_for_what_was_taken_answers_our_own_resend(sent, answered):
    if answered == "file":
        sent.fco()
        sent.collect()
    else:
        sent.answer("0013", 1)
    before = sent.end_state()
    sent.fco(reason="SEQDUP")
    report = sent.collect()
    assert report.repeated == 1
    after = sent.end_state()
    for name in ("transactions", "accepted", "files", "cases"):
        assert before[name] == after[name]


def test_a_refusal_after_a_record_was_answered_changes_nothing_and_calls_a_person(sent):
    sent.answer("0037", 1)
    sent.fco(reason="BADCHECKSUM")
    sent.collect()
    assert (sent.files()[0].state, sent.states(1), sent.states(2)) == ("DELIVERED", ["COMPLETED"], ["DELIVERED"])
    assert [case.code for case in sent.all(Case)] == ["CONTRADICTS"]


def test_accepted_after_refused_changes_nothing_and_calls_a_person(sent):
    sent.fco(reason="BADCHECKSUM")
    sent.collect()
    sent.fco()
    sent.collect()
    assert sent.files()[0].state == "FCO_REJECTED"
    assert [case.code for case in sent.all(Case)] == ["BADCHECKSUM", "CONTRADICTS"]


def test_a_record_answered_after_its_file_was_refused_calls_a_person(sent):
    sent.fco(reason="BADCHECKSUM")
    sent.collect()
    sent.answer("0037", 1)
    assert sent.states(1) == ["FCO_REJECTED", "NEW"]
    assert (sent.record(1)["accepted_state"], sent.case(1)["state"]) == ("none", "open")


def test_an_accepted_file_with_another_count_calls_a_person(sent):
    sent.fco(received_count=1)
    sent.collect()
    assert sent.files()[0].state == "FCO_ACCEPTED"
    assert [case.code for case in sent.all(Case)] == ["BADCOUNT"]


@pytest.mark.parametrize("by", ["fco", "car"])
def test_a_reply_to_a_file_that_is_only_extracted_proves_delivery(stage, by):
    stage.register(1)

    def break_off(step):
        if step == "delivered":
            raise TransportDown("the line broke")

    with pytest.raises(TransportDown):
        stage.night(on_step=break_off)
    (file,) = stage.files()
    assert file.state == "EXTRACTED"
    (row,) = stage.rows(file.file_name)
    if by == "fco":
        stage.fco(file)
    else:
        stage.car(stage.reply(row, "0037"))
    stage.collect()
    (file,) = stage.files()
    assert (file.state, file.delivered_at) == ({"fco": "FCO_ACCEPTED", "car": "DELIVERED"}[by], stage.clock.now())
    assert stage.events().count("file_delivered") == 1
    stage.tomorrow()
    stage.night()
    assert [file.file_sequence for file in stage.files()] == [1, 2]


def test_a_resend_is_byte_identical(sent):
    (file,) = sent.files()
    path = sent.root / "outbox" / file.file_name
    before = path.read_bytes()
    path.unlink()
    sent.register(1, premises="Unit 4")
    sent.tomorrow(3)
    resend_file(sent.system, sent.staff, file.file_name)
    assert path.read_bytes() == before
    assert hashlib.sha256(before).hexdigest() == file.sha256


def test_a_resend_says_what_cannot_be_sent_again(stage):
    with pytest.raises(NotFound):
        resend_file(stage.system, stage.staff, "BT199903032799.DAT")


@pytest.mark.parametrize("by", ["txn_ref", "file_name"])
def test_abandoning_makes_the_record_unknown_and_what_is_wanted_goes_afresh(stage, by):
    stage.live(1)
    stage.register(1, premises="Unit 4")
    stage.register(2)
    stage.night()
    rows = stage.rows()
    if by == "file_name":
        assert abandon(stage.system, stage.staff, file_name=stage.files()[-1].file_name, why="lost") == 2
    else:
        for row in rows:
            assert abandon(stage.system, stage.staff, txn_ref=row.txn_ref, why="lost") == 1
    for place in (1, 2):
        assert stage.states(place)[-2:] == ["ABANDONED", "NEW"]
        assert stage.record(place)["accepted_state"] == "unknown"
    stage.night()
    assert [row.command for row in stage.rows()] == ["M", "M"]
    stage.accept()
    assert stage.record(2)["accepted"]["premises"] == "PENNANT HOUSE"
    with pytest.raises(Conflict):
        abandon(stage.system, stage.staff, txn_ref=rows[0].txn_ref, why="again")


def test_abandoning_wants_a_reason_and_something_to_abandon(sent):
    with pytest.raises(Refused):
        abandon(sent.system, sent.staff, file_name=sent.files()[0].file_name, why=" ")
    for wrong in ({"txn_ref": "999/999/000000009999"}, {"txn_ref": "nonsense"}, {"file_name": "nothing"}):
        with pytest.raises(NotFound):
            abandon(sent.system, sent.staff, why="lost", **wrong)
    assert {item.state for item in sent.all(Transaction)} == {"EXTRACTED"}


def test_a_cease_that_was_abandoned_goes_again(stage):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.night()
    abandon(stage.system, stage.staff, file_name=stage.files()[-1].file_name, why="lost")
    stage.tomorrow()
    stage.night()
    assert [(row.command, row.effective_date) for row in stage.rows()] == [("C", stage.today)]
