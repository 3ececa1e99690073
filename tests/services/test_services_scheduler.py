"""The clockwork takes up what lies there, and gives back what it cannot finish."""

import io
import time
from dataclasses import replace

import pytest
from structlog.testing import capture_logs
from test_services_uploads import row, table

from app.clock import SystemClock
from app.domain.jobs import JobState
from app.errors import Busy, CallAPerson, NightHeld
from app.scheduler import STOPPING_STEPS, Clockwork, Stopping
from app.services import import_jobs
from app.services.alarms.listing import list_alarms
from app.services.alarms.watching import watch
from app.services.import_jobs import find_upload, receive_upload
from emergency_export.faults import TransportDown
from emergency_export.ports import STEPS


def test_a_long_upload_is_looked_through_by_the_scheduler(stage, monkeypatch):
    monkeypatch.setattr(import_jobs, "SHORT", -1)
    system = replace(stage.system, clock=SystemClock())
    content = io.BytesIO(table(row(1), row(2)))
    upload = receive_upload(system, stage.customer, stage.account, content)
    clockwork = Clockwork(system)
    clockwork.start()
    try:
        until = time.monotonic() + 20
        while find_upload(system, stage.customer, upload.token).state is not JobState.CHECKED:
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        clockwork.shut_down()
    assert find_upload(system, stage.customer, upload.token).report["accepted"] == 2


def test_the_agent_steps_only_where_there_is_one(sqlite_stage):
    named = [name for name, _, _ in Clockwork(sqlite_stage.system).jobs()]
    rehearsing = [name for name, _, _ in Clockwork(sqlite_stage.system, lambda _: None).jobs()]
    assert named[0] == "night"
    assert rehearsing == [*named, "agent"]


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (Busy("another"), {"event": "job_yielded", "job": "night", "log_level": "info"}),
        (NightHeld("sam@operations.example holds it"), {"event": "night_held", "job": "night", "log_level": "info"}),
        (
            TransportDown("the line broke"),
            {"event": "job_failed", "error": "TransportDown", "retryable": True, "message": "the line broke"},
        ),
        (CallAPerson("look"), {"event": "job_failed", "error": "CallAPerson", "retryable": False, "message": "look"}),
        (KeyError("01632960001"), {"event": "job_failed", "error": "KeyError", "log_level": "error"}),
    ],
)
def test_whatever_a_job_meets_the_clockwork_goes_on_and_tells_no_personal_data(sqlite_stage, raised, told):
    def job():
        raise raised

    with capture_logs() as logs:
        Clockwork(sqlite_stage.system).look("night", job)
    (line,) = logs
    assert line.items() >= told.items()
    assert "01632960001" not in str(line)
    assert "@" not in str(line)


def test_a_job_that_fails_for_good_is_an_alarm_until_it_succeeds(sqlite_stage):
    stage = sqlite_stage
    clockwork = Clockwork(stage.system)

    def alarms():
        watch(stage.system)
        return [str(alarm["kind"]) for alarm in list_alarms(stage.system, stage.staff)]

    clockwork.look("replies", lambda: (_ for _ in ()).throw(CallAPerson("look")))
    assert alarms() == ["job_fails"]
    clockwork.look("replies", lambda: (_ for _ in ()).throw(Busy("another")))
    assert alarms() == ["job_fails"], "who yields has not succeeded"
    clockwork.look("replies", lambda: None)
    assert alarms() == []


@pytest.mark.parametrize("step", STEPS)
def test_a_night_that_is_asked_to_stop_ends_its_present_file(full_stage_at_night, step):
    stage = full_stage_at_night
    clockwork = Clockwork(stage.system)
    (night,) = [job for name, _, job in clockwork.jobs() if name == "night"]
    stop_at, heard = clockwork._stop_at_step, []

    def on_step(name):
        heard.append(str(name))
        if name == step:
            clockwork.ask_to_stop()
        stop_at(name)

    clockwork._stop_at_step = on_step
    with pytest.raises(Stopping):
        night()
    assert heard[-1] in STOPPING_STEPS
    outbox = sorted(path.name for path in (stage.root / "outbox").iterdir())
    assert outbox == [file.file_name for file in stage.files() if str(file.state) == "DELIVERED"]
    with capture_logs() as logs:
        clockwork.look("night", night)
    assert logs == [], "nothing begins any more"
    (again,) = [job for name, _, job in Clockwork(stage.system).jobs() if name == "night"]
    again()
    assert [(file.file_sequence, str(file.state)) for file in stage.files()] == [(1, "DELIVERED"), (2, "DELIVERED")]


@pytest.fixture
def full_stage_at_night(new_stage, small_profile):
    """Three records, two files, 02:00 on the next day."""
    stage = new_stage(ELD_PROFILE=str(small_profile))
    for place in range(3):
        stage.register(place)
    stage.clock.at = stage.clock.at.replace(day=stage.clock.at.day + 1, hour=2, minute=0)
    return stage
