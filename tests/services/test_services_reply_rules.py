"""What replies do beyond their own row: what is wanted afresh, which case stands, whose profile reads them."""

from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest
from sqlalchemy import update
from stage import number

from app.domain.registrations import RegistrationState
from app.errors import Busy
from app.models.exports import Transaction
from app.models.records import Registration
from app.models.replies import Case, Reply, ReplyFile
from app.services.barring import bar_number
from app.services.casework.mending import fix_case
from app.services.inventory import load_numbers
from app.services.locations.ceasing import cease_numbers
from app.services.replies.collecting import CollectReport, collect_replies
from app.services.replies.standings import read_standings
from app.services.transactions import abandon
from emergency_export.faults import TransportDown
from emergency_export.profile_loading import load_profile, parse_profile

# what goes out again


def take_back(stage, place):
    """What was said of a number counts no more, and nothing says so to the agent."""
    said = update(Registration).where(Registration.number_id == stage.number_id(place))
    stage.execute(said.values(state=RegistrationState.CANCELLED))


def test_after_a_refused_file_only_what_differs_is_wanted_again(sent):
    take_back(sent, 2)
    sent.fco(reason="BADCOUNT")
    sent.collect()
    assert (sent.states(1), sent.states(2)) == (["FCO_REJECTED", "NEW"], ["FCO_REJECTED"])


def test_after_giving_up_the_record_is_unknown_and_so_differs_from_whatever_is_wanted(sent):
    take_back(sent, 2)
    abandon(sent.system, sent.staff, file_name=sent.files()[0].file_name, why="lost")
    assert (sent.states(1), sent.states(2)) == (["ABANDONED", "NEW"], ["ABANDONED"])


@pytest.mark.parametrize("end", ["refused file", "abandoned", "heal"])
def test_what_went_out_ahead_of_its_day_is_wanted_on_that_day(stage, end):
    stage.register(1, effective_date=stage.day(3))
    stage.night(stage.today + timedelta(days=3))
    (row,) = stage.rows()
    if end == "refused file":
        stage.fco(reason="BADCOUNT")
    elif end == "abandoned":
        abandon(stage.system, stage.staff, txn_ref=row.txn_ref, why="lost")
    else:
        stage.car(stage.reply(row, "0103"))
    stage.collect()
    stage.tomorrow(3)
    stage.night()
    assert stage.sent() == [("A" if end == "refused file" else "M", "001")]


def test_what_is_urgent_stays_urgent_and_goes_into_a_refused_file_twice_at_most(stage):
    stage.live(1)
    for refusals in (1, 2):
        if refusals == 1:
            stage.register(1, premises="Unit 4")
            stage.execute(update(Transaction).where(Transaction.state == "NEW").values(incident="CALL-7"))
        stage.night()
        stage.fco(reason="BADCOUNT")
        stage.collect()
        waiting = stage.all(Transaction)[-1]
        assert (waiting.state, waiting.incident) == ("NEW", "CALL-7" if refusals == 1 else "")
        stage.clock.advance(timedelta(minutes=1))


# which case stands


def unknown_then_fixed(stage, changes):
    stage.register(1)
    stage.night()
    stage.answer("0777")
    fix_case(stage.system, stage.staff, stage.case(1)["id"], changes)
    assert stage.case(1)["state"] == "resent"


def test_done_for_the_older_does_not_close_a_case_that_was_resent_for_a_newer_fix(stage):
    unknown_then_fixed(stage, {"premises": "Unit 4"})
    stage.answer("0037")
    assert (stage.states(1), stage.case(1)["state"]) == (["COMPLETED", "NEW"], "resent")
    stage.night()
    stage.accept()
    assert (stage.record(1)["accepted"]["premises"], stage.case(1)["state"]) == ("UNIT 4", "closed")


def test_done_closes_it_where_the_fix_is_what_was_accepted(stage):
    unknown_then_fixed(stage, {"premises": "Pennant House"})
    stage.answer("0037")
    assert stage.case(1)["state"] == "closed"
    stage.night()
    assert stage.sent() == []


def test_a_contradiction_about_an_older_one_is_a_note_on_the_case_of_a_newer(stage):
    stage.register(1)
    stage.night()
    (old,) = stage.rows()
    stage.answer("0037")
    stage.register(1, premises="Unit 4")
    stage.night()
    stage.answer("0102")
    before = stage.case(1)
    stage.car(stage.reply(old, "0101"))
    stage.collect()
    assert stage.case(1) == before
    assert [reply.effect for reply in stage.all(Reply)] == ["applied", "applied", "contradicts"]


@pytest.mark.parametrize("end", ["bar", "cease"])
def test_a_refused_activation_needs_nobody_where_nothing_is_wanted_any_more(stage, end):
    stage.register(1)
    stage.night()
    if end == "bar":
        bar_number(stage.system, stage.staff, number(1))
    else:
        cease_numbers(stage.system, stage.customer, [number(1)])
    stage.answer("0101")
    assert (stage.states(1)[0], stage.record(1)["cases"]) == ("ERROR_FINAL", [])
    stage.night()
    assert stage.sent() == []


def test_a_refused_change_of_a_number_that_ends_tonight_is_resent_and_closes_with_its_end(stage):
    stage.live(1)
    stage.register(1, premises="Unit 4")
    stage.night()
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.answer("0101")
    assert stage.case(1)["state"] == "resent"
    stage.night()
    assert stage.sent() == [("C", "001")]
    stage.accept()
    assert stage.case(1)["state"] == "closed"


def test_the_same_words_call_a_person_once(stage):
    stage.register(1)
    stage.night()
    (row,) = stage.rows()
    answer = stage.reply(row, "0777")
    stage.car(answer, stage.reply(row, "0037"), answer)
    stage.collect()
    stage.car(answer, stage.reply(row, "0037", text="again"))
    report = stage.collect()
    assert [case.state for case in stage.all(Case)] == ["closed"]
    assert (report.applied, report.repeated) == (0, 2)


# whose profile reads them


def older_and_newer(stage):
    """One file written with a profile that knows a code of its own, and the system after another came into force."""
    text = (files("emergency_export") / "profiles" / "eff-style-1.toml").read_text("utf-8")
    older = parse_profile(text.replace("0037 = {", "0777 = {"))
    assert older.response("0777", "A") is not None
    newer = stage.system
    stage.system = replace(stage.system, profile=older)
    stage.register(1)
    stage.night()
    (row,) = stage.rows()
    return replace(newer, profile=load_profile("csv-1")), row


def test_an_answer_is_read_by_the_profile_of_the_file_that_it_answers(stage):
    changed, row = older_and_newer(stage)
    stage.fco()
    stage.car(stage.reply(row, "0777"))
    name, content = stage.car_bytes(stage.reply(row, "0777", text="late"))
    stage.system = changed
    report = stage.collect()
    assert (report.fco, report.car, report.applied, report.quarantined) == (1, 1, 1, [])
    assert (stage.states(1), stage.files()[0].state) == (["COMPLETED"], "FCO_ACCEPTED")
    assert stage.record(1)["accepted_state"] == "live"
    stage.put(name, content)
    assert len(stage.collect().quarantined) == 1, "no file waits for an answer in that form any more"


def test_what_no_profile_reads_is_told_in_the_words_of_the_one_that_knows_its_name(stage):
    changed, row = older_and_newer(stage)
    name, content = stage.car_bytes(stage.reply(row, "0777"))
    stage.put(name, content[:-40])
    stage.system = changed
    (found,) = stage.collect().quarantined
    assert {problem["code"] for problem in found["problems"]} <= {"F13", "F01", "F02"}


# in what order, and how much of it was done


def test_cars_are_applied_by_day_and_number_not_by_the_letters_of_their_names(stage):
    stage.register(1)
    stage.night()
    (row,) = stage.rows()
    days = ["310327", "010427", "020427"]
    for place, day in enumerate(days):
        name, content = stage.car_bytes(stage.reply(row, "0013", text=str(place)), name=f"BT1999{day}01.CAR")
        stage.put(name, content)
    stage.collect()
    assert [file.outcome for file in stage.all(ReplyFile)] == ["applied"] * 3
    assert [reply.text for reply in stage.all(Reply)] == ["0", "1", "2"]


def test_what_was_done_is_told_where_the_transport_breaks_in_the_middle(sent, monkeypatch):
    sent.fco()
    sent.car(sent.reply(sent.rows()[0], "0037"))
    archive = sent.system.transport.archive

    def breaks(name, **options):
        if name.endswith(".CAR"):
            raise TransportDown("the line broke")
        return archive(name, **options)

    monkeypatch.setattr(sent.system.transport, "archive", breaks)
    report = CollectReport()
    with pytest.raises(TransportDown):
        collect_replies(sent.system, sent.cli, report)
    assert (report.fco, report.car, report.applied) == (1, 1, 1)


def test_an_undone_import_is_urgent(stage):
    table = stage.root / "ported.csv"
    table.write_text(
        f"kind,start,account,losing_cupid,port_date\nported_in,{number(1)},{stage.account},123,{stage.today}\n"
    )

    load_numbers(stage.system, stage.cli, table)
    stage.register(1)
    stage.night()
    stage.answer("0050")
    (case,) = stage.all(Case)
    assert (case.code, case.urgent, case.due_at.date()) == ("0050", True, stage.today)


def test_what_was_ended_while_its_answer_was_read_is_not_answered_over(sent, monkeypatch):
    sent.car(sent.reply(sent.rows()[0], "0037"))

    def ended_meanwhile(work, ids):
        found = read_standings(work, ids)
        work.session.execute(update(Transaction).values(state="ABANDONED"))
        return found

    with monkeypatch.context() as patch:
        patch.setattr("app.services.replies.rows.read_standings", ended_meanwhile)
        with pytest.raises(Busy):
            sent.collect()
    assert (sent.all(Reply), sent.states(1)) == ([], ["DELIVERED"])
    assert sent.collect().applied == 1
    assert sent.states(1) == ["COMPLETED"]


@pytest.mark.parametrize("code", ["0013", "0999", "0018"])
def test_whatever_a_record_is_answered_its_file_was_taken(sent, code):
    sent.answer(code, 1)
    assert sent.states(1) == ["ERROR" if code == "0018" else "FCO_ACCEPTED"]
    assert sent.states(2) == ["DELIVERED"], "the file itself waits for its FCO"
    assert str(sent.files()[0].state) == "DELIVERED"
    sent.accept()
    assert (sent.states(1), sent.states(2)) == (["COMPLETED"], ["COMPLETED"])
