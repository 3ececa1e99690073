"""What operations are alarmed of: each cause raised, standing while it lasts, cleared by itself; nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import DBAPIError
from stage import number

from app.db.faults import DatabaseAway
from app.domain.actors import Actor, Role
from app.domain.files import FileState
from app.errors import Busy, CallAPerson, NightHeld, NotAllowed, RefusalHolds
from app.models.alarms import Alarm, JobFault
from app.models.exports import ExportFile, NightRun
from app.scheduler import Clockwork
from app.services.alarms import jobs, watching
from app.services.alarms.jobs import note_job
from app.services.alarms.listing import list_alarms
from app.services.alarms.overdue import files_without_fco
from app.services.alarms.watching import LOOKS, watch
from app.services.exports.brake import hold_nights, release_night, unhold_nights
from app.services.exports.files import release_file, resend_file
from app.services.exports.night_clock import run_night_if_due
from app.services.exports.urgent import correct_urgently, send_urgent
from app.services.transactions import abandon
from emergency_export.faults import TransportDown, WrongHostKey

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AT_DAWN = datetime(2027, 3, 3, 2, 0, tzinfo=UTC)


def standing(stage):
    """Look, and return kind and subject of what stands."""
    watch(stage.system)
    return sorted((alarm["kind"], alarm["subject"]) for alarm in list_alarms(stage.system, stage.staff))


def told(stage, kind):
    (alarm,) = [alarm for alarm in list_alarms(stage.system, stage.staff) if alarm["kind"] == kind]
    return alarm["text"]


def in_time(stage):
    """Have the night of today done, so that none is missed."""
    stage.execute(text("DELETE FROM night_runs"))
    with stage.system.database.unit_of_work() as work:
        for days in range(-1, 9):
            at = stage.clock.now()
            work.session.add(NightRun(run_date=stage.today + timedelta(days=days), started_at=at, finished_at=at))
        work.commit()


def test_nothing_is_told_where_all_is_in_time(sent):
    assert standing(sent) == []
    sent.clock.advance(4 * HOUR - MINUTE)
    assert standing(sent) == []
    sent.accept()
    for _ in range(10):
        sent.clock.advance(DAY)
        in_time(sent)
        assert standing(sent) == []
    assert sent.all(Alarm) == []


def test_a_file_without_an_fco_is_told_of_until_it_comes(sent):
    (file,) = sent.files()
    sent.clock.advance(4 * HOUR)
    assert standing(sent) == [("fco_overdue", file.file_name)]
    assert standing(sent) == [("fco_overdue", file.file_name)]
    assert told(sent, "fco_overdue").splitlines() == [
        f"{file.file_name}: no FCO since 3 March 2027 12:00 GMT, for 2 records.",
        "Fetch what lies at the agent's: eld replies collect",
        f"Where they do not have it, send it again: eld export resend {file.file_name}",
    ]
    with sent.system.database.reading() as look:
        assert [late.file_name for late in files_without_fco(sent.system, look)] == [file.file_name]
    assert sent.files()[0].state is FileState.DELIVERED, "an alarm releases nothing"
    sent.accept()
    assert standing(sent) == []
    (alarm,) = list_alarms(sent.system, sent.staff, cleared=True)
    assert alarm["cleared_at"] == sent.clock.now().isoformat()
    assert sent.events().count("alarm_raised") == sent.events().count("alarm_cleared") == 1


def test_a_file_put_there_again_is_waited_for_afresh(sent):
    (file,) = sent.files()
    sent.clock.advance(4 * HOUR)
    assert standing(sent) == [("fco_overdue", file.file_name)]
    resend_file(sent.system, sent.cli, file.file_name)
    assert standing(sent) == []
    sent.clock.advance(4 * HOUR - MINUTE)
    assert standing(sent) == []
    sent.clock.advance(MINUTE)
    assert standing(sent) == [("fco_overdue", file.file_name)]
    assert "no FCO since 3 March 2027 16:00 GMT" in told(sent, "fco_overdue")
    assert len(sent.all(Alarm)) == 2


def test_records_without_a_final_answer_are_counted(sent):
    (file,) = sent.files()
    sent.fco()
    sent.clock.advance(HOUR)
    sent.collect()
    sent.clock.advance(24 * HOUR)
    in_time(sent)
    assert standing(sent) == [("final_overdue", file.file_name)]
    assert told(sent, "final_overdue").startswith(
        f"{file.file_name}: 2 of 2 records without a final answer since 3 March 2027 13:00 GMT."
    )
    sent.answer("0018", 1)
    assert standing(sent) == [("final_overdue", file.file_name)]
    assert ": 2 of 2 records" in told(sent, "final_overdue"), "a non-final answer is none"
    sent.answer("0037", 1)
    assert standing(sent) == [("final_overdue", file.file_name)]
    assert ": 1 of 2 records" in told(sent, "final_overdue")
    assert len(sent.all(Alarm)) == 1, "one alarm, whose text goes with the count"
    abandon(sent.system, sent.cli, why="They lost it.", file_name=file.file_name)
    assert standing(sent) == []


def test_a_file_that_nothing_was_heard_of_is_both(sent):
    (file,) = sent.files()
    sent.clock.advance(DAY)
    in_time(sent)
    assert standing(sent) == [("fco_overdue", file.file_name), ("final_overdue", file.file_name)]


def test_each_file_is_an_alarm_of_its_own(stage):
    for place in range(3):
        stage.register(place)
        stage.night()
        stage.clock.advance(HOUR)
    names = [file.file_name for file in stage.files()]
    stage.clock.advance(2 * HOUR)
    assert standing(stage) == [("fco_overdue", name) for name in names[:2]]
    stage.fco(stage.files()[0])
    stage.collect()
    stage.clock.advance(HOUR)
    assert standing(stage) == [("fco_overdue", name) for name in names[1:]]


def test_a_night_that_a_person_holds_is_told_of_without_who_and_why(stage):
    hold_nights(stage.system, stage.staff, "Mr Hartwell of 01632 960001 moves")
    assert standing(stage) == [("night_held", "every-night")]
    said = told(stage, "night_held")
    assert "eld export unhold" in said
    assert not any(word in said for word in ("Hartwell", "01632", stage.staff.name))
    stage.tomorrow()
    assert standing(stage) == [("night_held", "every-night")], "held, and so not missed too"
    unhold_nights(stage.system, stage.staff)
    assert standing(stage) == [], "it is given its time to come"
    stage.clock.advance(16 * MINUTE)
    assert standing(stage) == [("night_missed", "2027-03-04")]


def test_a_night_that_the_brake_holds_is_told_of_until_two_release_it(new_stage):
    stage = new_stage(ELD_BRAKE_CHANGES="1", ELD_BRAKE_CHANGES_PERCENT="1")
    stage.live(0, 1)
    stage.tomorrow()
    in_time(stage)
    for place in (0, 1):
        stage.register(place, premises=f"Unit {place}")
    with pytest.raises(NightHeld):
        stage.night()
    assert standing(stage) == [("night_held", "2027-03-04")]
    said = told(stage, "night_held")
    assert "2 changes, 0 of them ceases, of 2 live records" in said
    assert "0 of 2 people" in said
    assert "eld export release --night 2027-03-04 --as EMAIL" in said
    for person, needed in ((stage.staff, 1), (stage.second, 0)):
        assert release_night(stage.system, person, date(2027, 3, 4)) == needed
        assert standing(stage) == [("night_held", "2027-03-04")] * needed
    assert stage.system.settings.brake_changes == 1


def test_a_night_that_does_not_come_is_told_of(stage):
    stage.clock.at = AT_DAWN + DAY
    stage.clock.advance(15 * MINUTE)
    assert standing(stage) == []
    stage.clock.advance(MINUTE)
    assert standing(stage) == [("night_missed", "2027-03-04")]
    assert "was due at 4 March 2027 02:00 GMT and was not begun" in told(stage, "night_missed")
    stage.clock.advance(22 * HOUR)
    assert standing(stage) == [("night_missed", "2027-03-04")], "also past midnight"
    stage.clock.advance(2 * HOUR - 10 * MINUTE)
    assert standing(stage) == [("night_missed", "2027-03-04")], "and while the next one has its turn"
    stage.clock.advance(10 * MINUTE)
    assert standing(stage) == [("night_missed", "2027-03-05")], "the newest alone: it takes all with it"
    run_night_if_due(stage.system)
    assert standing(stage) == []


def test_a_night_that_began_and_did_not_end_is_told_of(stage):
    stage.clock.at = AT_DAWN + DAY
    with stage.system.database.unit_of_work() as work:
        work.session.add(NightRun(run_date=date(2027, 3, 4), started_at=stage.clock.now()))
        work.commit()
    stage.clock.advance(16 * MINUTE)
    assert standing(stage) == [("night_missed", "2027-03-04")]
    assert "began at 4 March 2027 02:00 GMT and has not come to its end" in told(stage, "night_missed")


@pytest.mark.parametrize(
    ("night", "at", "late"),
    [
        # 28 March 2027: 01:00 GMT is 02:00 BST; the night of 01:30, which does not exist, is due at 01:30 GMT.
        ("01:30", datetime(2027, 3, 28, 1, 45, tzinfo=UTC), datetime(2027, 3, 28, 1, 46, tzinfo=UTC)),
        ("02:00", datetime(2027, 3, 28, 1, 15, tzinfo=UTC), datetime(2027, 3, 28, 1, 16, tzinfo=UTC)),
        # 31 October 2027: 02:00 BST is 01:00 GMT; 01:30 comes twice, and the night is due at the first.
        ("01:30", datetime(2027, 10, 31, 0, 45, tzinfo=UTC), datetime(2027, 10, 31, 0, 46, tzinfo=UTC)),
        ("02:00", datetime(2027, 10, 31, 2, 15, tzinfo=UTC), datetime(2027, 10, 31, 2, 16, tzinfo=UTC)),
    ],
)
def test_a_night_is_missed_a_quarter_of_an_hour_later_on_the_days_that_the_clocks_change(new_stage, night, at, late):
    stage = new_stage(ELD_EXPORT_AT=night)
    with stage.system.database.unit_of_work() as work:
        before = (at - DAY).date()
        work.session.add(NightRun(run_date=before, started_at=at, finished_at=at))
        work.commit()
    stage.clock.at = at
    assert standing(stage) == []
    stage.clock.at = late
    assert standing(stage) == [("night_missed", at.date().isoformat())]


def test_a_refused_file_that_holds_the_others_is_told_of_until_it_is_released(sent):
    (file,) = sent.files()
    sent.fco(reason="BADCUPID")
    sent.collect()
    assert standing(sent) == [("file_refused", file.file_name)]
    said = told(sent, "file_refused")
    assert "refused by the agent (BADCUPID) at 3 March 2027 12:00 GMT" in said
    assert f"eld export release {file.file_name} --as EMAIL" in said
    sent.tomorrow()
    assert standing(sent) == [("file_refused", file.file_name)], "and what it holds is not missed too"
    release_file(sent.system, sent.staff, file.file_name)
    assert standing(sent) == []


def test_a_refusal_that_will_not_come_again_calls_nobody(sent):
    sent.fco(reason="BADCOUNT")
    sent.collect()
    assert standing(sent) == []


def test_a_number_that_the_agent_has_already_is_for_a_person(sent):
    (file,) = sent.files()
    sent.fco(reason="SEQDUP")
    sent.collect()
    sent.clock.advance(5 * HOUR)
    assert standing(sent) == [("file_refused", file.file_name)]
    assert f"eld export release {file.file_name} --as-accepted --as EMAIL" in told(sent, "file_refused")
    assert f"eld transactions abandon --file {file.file_name} --why TEXT" in told(sent, "file_refused")
    release_file(sent.system, sent.staff, file.file_name, as_accepted=True)
    assert standing(sent) == []


def test_a_file_that_does_not_leave_is_told_of(stage, monkeypatch):
    def away(*_, **__):
        raise TransportDown("away")

    stage.register(1)
    with monkeypatch.context() as broken:
        broken.setattr(type(stage.system.transport), "put", away)
        with pytest.raises(TransportDown):
            stage.night()
    (file,) = stage.files()
    stage.clock.advance(15 * MINUTE)
    assert standing(stage) == []
    stage.clock.advance(MINUTE)
    assert standing(stage) == [("file_stuck", file.file_name)]
    assert "since 3 March 2027 12:00 GMT" in told(stage, "file_stuck")
    stage.night()
    assert standing(stage) == []


def test_an_urgent_correction_that_waits_names_what_it_waits_for(sent):
    (file,) = sent.files()
    correct_urgently(sent.system, sent.staff, number(1), {"premises": "Unit 9"}, "CALL-4711")
    ((kind, subject),) = standing(sent)
    flying = next(row for row in sent.rows(file.file_name) if row.telephone_no == number(1))
    said = told(sent, "urgent_waits")
    assert kind == "urgent_waits"
    assert f"The urgent correction {subject} waits since 3 March 2027 12:00 GMT behind {flying.txn_ref}" in said
    assert f"{file.file_name}, record 1" in said
    assert f"eld transactions abandon {flying.txn_ref} --why TEXT" in said
    assert "CALL-4711" not in said
    abandon(sent.system, sent.cli, why="The caller waits.", txn_ref=flying.txn_ref)
    send_urgent(sent.system, sent.cli)
    assert standing(sent) == []
    assert subject in {row.txn_ref for row in sent.rows(sent.files()[-1].file_name)} | {subject}


def test_a_job_that_fails_for_good_is_told_of_at_once(stage):
    note_job(stage.system, "replies", WrongHostKey("agent.example:22", "SHA256:new", ["SHA256:old"]))
    assert standing(stage) == [("job_fails", "replies")]
    said = told(stage, "job_fails")
    assert "The job replies of a scheduler fails since 3 March 2027 12:00 GMT: WrongHostKey." in said
    assert "eld replies collect" in said
    assert "agent.example" not in said, "what an error says may quote a person: the log has it"
    note_job(stage.system, "replies", None)
    assert standing(stage) == []
    note_job(stage.system, "replies", None)
    assert stage.all(JobFault) == []


def test_a_job_that_may_succeed_later_is_told_of_at_the_third_time_in_a_row(stage):
    for place, failed in enumerate([True, True, False, True, True, True, True, False]):
        note_job(stage.system, "replies", TransportDown("away") if failed else None)
        assert standing(stage) == [("job_fails", "replies")] * (place in {5, 6}), place
        stage.clock.advance(MINUTE)


def test_a_job_that_yielded_or_waits_for_a_person_has_not_failed(sent):
    for _ in range(4):
        note_job(sent.system, "night", Busy("another works"))
        note_job(sent.system, "night", NightHeld("held"))
    assert standing(sent) == []
    note_job(sent.system, "night", CallAPerson("an older copy"))
    assert standing(sent) == [("job_fails", "night")]
    note_job(sent.system, "night", None)
    sent.fco(reason="BADCUPID")
    sent.collect()
    note_job(sent.system, "night", RefusalHolds("the agent refused a file"))
    assert [kind for kind, _ in standing(sent)] == ["file_refused"]


def test_a_mistake_in_the_program_is_told_of_by_its_kind_alone(stage):
    note_job(stage.system, "imports", KeyError("Hartwell Ltd, 01632 960001"))
    assert standing(stage) == [("job_fails", "imports")]
    assert ": KeyError." in told(stage, "job_fails")
    assert "Hartwell" not in told(stage, "job_fails")


def test_a_job_that_fails_in_one_process_and_succeeds_in_another_is_one_alarm(stage, monkeypatch):
    for node in ("1@one", "1@two"):
        monkeypatch.setattr(jobs, "_node", lambda node=node: node)
        note_job(stage.system, "night", KeyError("x"))
    assert standing(stage) == [("job_fails", "night")]
    assert "2 schedulers" in told(stage, "job_fails")
    note_job(stage.system, "night", None)
    assert standing(stage) == [("job_fails", "night")]
    assert "a scheduler" in told(stage, "job_fails")
    stage.clock.advance(15 * MINUTE)
    assert standing(stage) == [], "a process that says nothing any more is gone"
    assert len(stage.all(Alarm)) == 1
    stage.clock.advance(2 * DAY)
    note_job(stage.system, "replies", KeyError("x"))
    assert [row.job for row in stage.all(JobFault)] == ["replies"], "and its row goes too"


def test_the_clockwork_notes_how_its_jobs_end(stage):
    clockwork = Clockwork(stage.system)

    def fail():
        raise WrongHostKey("agent.example:22", "SHA256:new", ["SHA256:old"])

    clockwork.look("replies", fail)
    clockwork.look("alarms", lambda: watch(stage.system))
    assert [alarm["subject"] for alarm in list_alarms(stage.system, stage.staff)] == ["replies"]
    clockwork.look("replies", lambda: None)
    assert standing(stage) == []


def test_a_file_that_the_agent_refused_is_no_excuse_for_what_else_calls_a_person(sent):
    sent.fco(reason="BADCUPID")
    sent.collect()
    note_job(sent.system, "replies", CallAPerson("the missing file was itself refused"))
    assert [kind for kind, _ in standing(sent)] == ["file_refused", "job_fails"]


def test_noting_a_job_never_fails(stage, monkeypatch):
    def away():
        raise DatabaseAway("gone")

    monkeypatch.setattr(type(stage.system.database), "unit_of_work", lambda _: away())
    note_job(stage.system, "night", KeyError("x"))
    monkeypatch.undo()
    assert stage.all(JobFault) == []


def test_one_kind_that_cannot_be_looked_at_leaves_the_others_alone(sent, monkeypatch):
    def broken(_system, look):
        look.session.execute(text("SELECT no_such_column FROM alarms"))

    (file,) = sent.files()
    sent.clock.advance(4 * HOUR)
    assert standing(sent) == [("fco_overdue", file.file_name)]
    note_job(sent.system, "imports", KeyError("x"))
    monkeypatch.setitem(watching.LOOKS[1], "fco_overdue", broken)
    with pytest.raises(DBAPIError, match="no_such_column"):
        watch(sent.system)
    kinds = [alarm["kind"] for alarm in list_alarms(sent.system, sent.staff)]
    assert kinds == ["job_fails", "fco_overdue"], "what cannot be looked at stays as it was"


def test_the_text_of_every_alarm_fits_and_names_nobody(sent):
    """No number, name or address of the stage stands in what is sent."""
    correct_urgently(sent.system, sent.staff, number(1), {"premises": "Unit 9"}, "CALL-4711")
    hold_nights(sent.system, sent.staff, "why")
    sent.clock.advance(DAY)
    note_job(sent.system, "night", KeyError("x"))
    sent.execute(update(ExportFile).where(ExportFile.file_sequence == 1).values(reason="SEQGAP"))
    assert len(standing(sent)) == 5
    personal = (number(1), number(2), "+441632960", "Hartwell", "Pennant", "Dewsbury", "LS11", "Unit 9", "@", "CALL")
    for alarm in sent.all(Alarm):
        assert alarm.text.isascii()
        assert len(alarm.text) <= 500
        assert not any(word in alarm.text for word in personal), alarm.text


def test_who_may_see_alarms(stage):
    watch(stage.system)
    assert list_alarms(stage.system, Actor("auditor", Role.AUDITOR)) == []
    for actor in (stage.customer, Actor("privacy", Role.PRIVACY)):
        with pytest.raises(NotAllowed):
            list_alarms(stage.system, actor)


def test_no_look_reads_the_transactions_through(stage):
    """With a million transactions a look must not take longer than with ten."""
    asked = []
    with stage.system.database.reading() as look:
        engine = look.session.get_bind()
        listen(engine, asked)
        if stage.system.database.dialect == "postgresql":
            look.session.execute(text("SET LOCAL enable_seqscan = off"))
        for look_for in [*LOOKS[0].values(), *LOOKS[1].values()]:
            tuple(look_for(stage.system, look))
        plans = [explain(look, statement, values) for statement, values in asked if "transactions" in statement]
    assert len(plans) == 2
    for plan in plans:
        assert not any(word in plan for word in ("SCAN transactions", "Seq Scan on transactions")), plan
    assert any("ix_transactions_unanswered" in plan for plan in plans)
    if stage.system.database.dialect == "sqlite":  # PostgreSQL chooses by what it has counted, and here is nothing
        assert any("ix_transactions_urgent (incident>?)" in plan for plan in plans)


def listen(engine, asked):
    def note(_connection, _cursor, statement, values, *_):
        if statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)


def explain(look, statement, values):
    prefix = "EXPLAIN QUERY PLAN" if look.session.get_bind().dialect.name == "sqlite" else "EXPLAIN"
    rows = look.session.connection().exec_driver_sql(f"{prefix} {statement}", values)
    return "\n".join(str(row[-1]) for row in rows)


def test_replies_that_cannot_be_taken_away_are_told_of_by_their_number_alone(stage, monkeypatch):
    left = ["BT199903032701.CAR", "BT199903032702.CAR"]
    monkeypatch.setattr(type(stage.system.transport), "left_behind", lambda _: tuple(left))
    assert standing(stage) == [("replies_left", "inbox")]
    assert told(stage, "replies_left").startswith("2 replies")
    left.clear()
    assert standing(stage) == []
