"""Several schedulers at once: one works and the others yield; where one is killed, another goes on."""

import signal
import time
from datetime import timedelta

import pytest
from clockwork_process import FIXING, NIGHT_BEGUN, NIGHT_OVER, REPLY_APPLIED, REPLY_KEPT
from processes import environ_of, start_script
from stage import number
from test_services_crash import check_all_once

from app.models.exports import NightRun
from app.models.replies import Reply
from emergency_export.ports import STEPS, Step

NIGHTS = 50
RECORDS = 5
long = pytest.mark.long
on_postgresql = pytest.mark.parametrize("new_stage", ["postgresql"], indirect=True)


# a killed one


@pytest.fixture
def night_stage(new_stage, small_profile):
    """Five records, three files, 02:00 on the next day."""
    stage = new_stage(ELD_PROFILE=str(small_profile))
    for place in range(RECORDS):
        stage.register(place)
    stage.clock.at = stage.clock.at.replace(hour=2) + timedelta(days=1)
    return stage


QUICK = {(FIXING, 1), (Step.RENAMED, 1), (Step.MARKED, 2), (NIGHT_OVER, 1)}
KILLED_AT = [
    *((step, 1) for step in (NIGHT_BEGUN, FIXING, Step.ROWS_FIXED, NIGHT_OVER)),
    *((step, times) for step in STEPS if step != Step.ROWS_FIXED for times in (1, 2, 3)),
]


@on_postgresql
@pytest.mark.parametrize(
    ("step", "times"), [pytest.param(*at, marks=() if at in QUICK else long, id=f"{at[0]}-{at[1]}") for at in KILLED_AT]
)
def test_where_one_of_two_is_killed_the_other_goes_on(night_stage, step, times):
    stage = night_stage
    with two_of_which_one_is_killed(stage, step, times) as survivor:
        wait_for(lambda: [run for run in stage.all(NightRun) if run.finished_at is not None])
        stop(survivor)
    check_all_once(stage, 3)
    (run,) = stage.all(NightRun)
    assert (run.run_date, run.late) == (stage.today, False)


@on_postgresql
@pytest.mark.parametrize("step", [pytest.param(REPLY_KEPT, marks=long), REPLY_APPLIED])
@pytest.mark.parametrize("times", [1, pytest.param(2, marks=long), pytest.param(4, marks=long)])
def test_where_one_of_two_is_killed_at_a_reply_the_other_applies_it_once(night_stage, step, times):
    stage = night_stage
    stage.night()
    rows = stage.rows()
    for file in stage.files():
        stage.fco(file)
    stage.car(*(stage.reply(row, "0037") for row in rows))
    stage.clock.advance(timedelta(hours=-1))  # no night is due
    with two_of_which_one_is_killed(stage, step, times) as survivor:
        wait_for(lambda: not list((stage.root / "inbox").iterdir()))
        stop(survivor)
    assert {str(file.state) for file in stage.files()} == {"FCO_ACCEPTED"}
    assert [reply.txn_ref for reply in stage.all(Reply)] == [row.txn_ref for row in rows]
    assert {stage.record(place)["accepted_state"] for place in range(RECORDS)} == {"live"}
    assert len(list((stage.root / "archive").iterdir())) == 4
    stage.check_trail()


class two_of_which_one_is_killed:  # noqa: N801  read as a sentence
    """Start two schedulers, wait until one has killed itself at the step, and give the other."""

    def __init__(self, stage, step, times):
        arguments = ("clockwork_process.py", stage.clock.now().isoformat(), step, times, "kill")
        self.processes = [start_script(environ_of(stage), *arguments) for _ in range(2)]

    def __enter__(self):
        wait_for(lambda: any(process.poll() is not None for process in self.processes))
        self.processes.sort(key=lambda process: process.poll() is None)
        killed, survivor = self.processes
        assert killed.returncode == -signal.SIGKILL, killed.communicate()
        return survivor

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.communicate()


def stop(process):
    process.send_signal(signal.SIGTERM)
    _, words = process.communicate(timeout=60)
    assert process.returncode == 0, words
    assert "Traceback" not in words


def wait_for(found, seconds=60):
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


# many nights


@pytest.mark.parametrize("schedulers", [2, pytest.param(8, marks=long)])
def test_fifty_nights_are_fifty_files_however_many_schedulers_there_are(new_stage, schedulers):
    stage = new_stage()
    for night in range(NIGHTS):
        stage.register(night, effective_date=stage.day(night + 1))
    arguments = ("many_nights.py", stage.day(1), NIGHTS)
    processes = [start_script(environ_of(stage), *arguments) for _ in range(schedulers)]
    try:
        for process in processes:
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        begun = time.monotonic()
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        ended = [process.communicate(timeout=240) for process in processes]
        took = time.monotonic() - begun
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0] * schedulers, ended
    ran = [int(words) for words, _ in ended]
    print(f"{schedulers} schedulers, {NIGHTS} nights, {took:.1f} s; each ran {ran}")  # noqa: T201  the figure
    assert sum(ran) == NIGHTS
    check_nights(stage)


def check_nights(stage):
    """A file each night, with what was due in it and nothing else; none missing, none doubled, none late."""
    files = stage.files()
    assert [file.file_sequence for file in files] == list(range(1, NIGHTS + 1))
    assert {str(file.state) for file in files} == {"DELIVERED"}
    nights = [stage.today + timedelta(days=night + 1) for night in range(NIGHTS)]
    assert [file.created_on for file in files] == nights
    assert [[row.telephone_no for row in stage.rows(file.file_name)] for file in files] == [
        [number(night)] for night in range(NIGHTS)
    ]
    assert sorted(path.name for path in (stage.root / "outbox").iterdir()) == sorted(file.file_name for file in files)
    runs = stage.all(NightRun)
    assert [(run.run_date, run.late, run.finished_at is not None) for run in runs] == [
        (night, False, True) for night in nights
    ]
    assert list((stage.root / "work" / "outgoing").iterdir()) == []
    stage.check_trail()
