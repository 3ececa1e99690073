"""Stopping is clean: the real programs, told to stop at rest and at work, once and twice."""

import os
import signal
import socket
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from processes import clean_environ, environ_of, start_program, start_script, until
from sqlalchemy import select
from test_services_crash import RECORDS, check_all_once

from app.models.exports import NightRun
from app.services.exports.night_clock import run_night_if_due
from app.services.setup import set_up
from app.settings import load_settings
from emergency_export.ports import Step

long = pytest.mark.long


@pytest.fixture
def installation(tmp_path):
    """An installation that is not for rehearsal, set up and at rest."""
    found = {
        "ELD_DATA_DIR": str(tmp_path / "data"),
        "ELD_CUPID": "123",
        "ELD_ENVIRONMENT": "test",
        "ELD_EXPORT_AT": "23:59",
    }
    set_up(load_settings(found))
    return clean_environ() | found


def stop_twice(process, number=signal.SIGTERM):
    process.send_signal(number)
    time.sleep(0.05)
    process.send_signal(number)
    _, words = process.communicate(timeout=60)
    assert process.returncode == 0, words
    assert "Traceback" not in words
    return words


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_scheduler_at_rest_stops(installation, number):
    process = start_program(installation, "scheduler")
    until(process, "scheduler_started")
    assert "scheduler_stopped" in stop_twice(process, number)


def test_a_scheduler_that_is_told_to_stop_before_it_has_begun_stops(installation):
    process = start_program(installation, "scheduler", before="import os, signal; os.kill(os.getpid(), signal.SIGSTOP)")
    end = time.monotonic() + 30
    while os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOHANG) is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    process.send_signal(signal.SIGCONT)
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    _, words = process.communicate(timeout=60)
    assert "Traceback" not in words
    assert process.returncode in {0, -signal.SIGTERM}  # it dies of it before it listens, and has done nothing yet


def test_web_and_scheduler_in_one_go_stop_and_leave_nobody_behind(installation):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = start_program(installation, "run", before=f"app.WEB_ADDRESS = '127.0.0.1:{port}'")
    try:
        until_served(process, port)
        stop_twice(process)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 1)
    finally:
        process.kill()


def test_a_web_that_dies_ends_the_whole_with_an_error(installation):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = start_program(installation, "run", before=f"app.WEB_ADDRESS = '127.0.0.1:{port}'")
    try:
        until_served(process, port)
        web = children(process.pid)
        for child in web:
            for worker in children(child):
                os.kill(worker, signal.SIGKILL)
            os.kill(child, signal.SIGKILL)
        _, words = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "scheduler_stopped" in words
    finally:
        process.kill()


def until_served(process, port):
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.1)


def children(parent):
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text("utf-8")
    return [int(word) for word in found.split()]


# at work


@pytest.fixture
def night_stage(new_stage, small_profile):
    stage = new_stage(ELD_PROFILE=str(small_profile))
    for place in range(RECORDS):
        stage.register(place)
    stage.clock.at = stage.clock.at.replace(hour=2) + timedelta(days=1)
    return stage


@pytest.mark.parametrize("new_stage", ["sqlite", pytest.param("postgresql", marks=long)], indirect=True)
@pytest.mark.parametrize(
    ("step", "left"),
    [
        pytest.param(Step.ROWS_FIXED, 0, marks=long),
        pytest.param(Step.FILE_BEGUN, 0, marks=long),
        pytest.param(Step.FILE_WRITTEN, 0, marks=long),
        (Step.RENAMED, 1),
        pytest.param(Step.DELIVERED, 1, marks=long),
        pytest.param(Step.MARKED, 1, marks=long),
    ],
)
def test_a_night_at_work_ends_its_present_file_and_the_next_look_goes_on(night_stage, step, left):
    stage = night_stage
    arguments = ("clockwork_process.py", stage.clock.now().isoformat(), step, 1, "wait")
    process = start_script(environ_of(stage), *arguments)
    try:
        assert process.stdout.readline() == "waiting\n", process.communicate()
        words = stop_twice(process)
    finally:
        process.kill()
    assert "job_broken_off" in words
    assert [str(file.state) for file in stage.files()] == ["DELIVERED"] * left + ["EXTRACTED"] * (3 - left)
    assert len(list((stage.root / "outbox").iterdir())) == left
    assert run_night_if_due(stage.system) is not None
    check_all_once(stage, 3)
    with stage.system.database.reading() as look:
        assert [run.finished_at is not None for run in look.session.scalars(select(NightRun))] == [True]
