"""Connections lost at every step of the night and of a collection: told as retryable, and gone on with."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from clockwork_process import FIXING, RENAMING
from cut_line import COMMIT, CutLine
from processes import environ_of, start_script
from test_services_crash import RECORDS, check_all_once

from app.db.engine import Database
from app.db.faults import DatabaseAway
from app.errors import Busy
from app.models.exports import NightRun
from app.models.replies import Reply
from app.services.exports import fixing
from app.services.exports.night import run_export
from emergency_export.ports import STEPS, Step
from emergency_export.transport import FolderTransport

long = pytest.mark.long
pytestmark = pytest.mark.parametrize("new_stage", ["postgresql"], indirect=True)


@pytest.fixture
def full_stage(new_stage, small_profile):
    stage = new_stage(ELD_PROFILE=str(small_profile))
    for place in range(RECORDS):
        stage.register(place)
    return stage


@pytest.fixture
def line(postgresql, full_stage):
    """A line to the server that can be cut; the stage works over it."""
    line = CutLine(postgresql.port)
    url = full_stage.system.database.url.set(port=line.port)
    database = Database(url.render_as_string(hide_password=False))
    full_stage.system = replace(full_stage.system, database=database)
    yield line
    database.dispose()
    line.close()


def told_fixing(monkeypatch, act):
    """Have `act` called when the rows are worked out and nothing of them is committed."""
    read = fixing.read_candidates

    def read_and_tell(*arguments):
        yield from read(*arguments)
        act(FIXING)

    monkeypatch.setattr(fixing, "read_candidates", read_and_tell)


def once(step, act):
    """Return what is told of steps, and acts at the first of that name."""
    seen = []

    def on_step(name):
        if name == step and not seen:
            seen.append(name)
            act()

    return on_step


def check_it_goes_on_after(stage, on_step):
    """Run a night that may be broken off by what can be tried again, and the night that makes up for it."""
    try:
        stage.night(on_step=on_step)
    except (DatabaseAway, Busy) as broken:
        assert broken.retryable  # noqa: PT017  not every step notices
        stage.night()
    check_all_once(stage, 3)


@pytest.mark.parametrize("step", [FIXING, *STEPS])
def test_the_server_ends_every_connection_at_a_step(full_stage, postgresql, monkeypatch, step):
    url = full_stage.system.database.url.render_as_string()
    on_step = once(step, lambda: postgresql.cut_off(url))
    told_fixing(monkeypatch, on_step)
    check_it_goes_on_after(full_stage, on_step)


@pytest.mark.parametrize("step", [pytest.param(step, marks=long) for step in (FIXING, *STEPS)])
def test_the_line_is_cut_at_a_step(full_stage, line, monkeypatch, step):
    on_step = once(step, line.cut)
    told_fixing(monkeypatch, on_step)
    check_it_goes_on_after(full_stage, on_step)
    assert line.cuts


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("step", [FIXING, Step.DELIVERED])
def test_the_line_is_cut_at_the_commit_that_follows_a_step(full_stage, line, monkeypatch, step, heard):
    on_step = once(step, lambda: line.cut_at(COMMIT, heard=heard))
    told_fixing(monkeypatch, on_step)
    with pytest.raises(DatabaseAway):
        full_stage.night(on_step=on_step)
    assert line.cuts == 1
    fixed = len(full_stage.files())
    assert fixed == (0 if step == FIXING and not heard else 3), "all of it or nothing"
    full_stage.night()
    check_all_once(full_stage, 3)


REPLY_STEPS = ("fetch", "keep", "archive")


@pytest.mark.parametrize("at", [(step, times) for step in REPLY_STEPS for times in (1, 4)])
def test_the_server_ends_every_connection_in_a_collection(full_stage, postgresql, monkeypatch, at):
    step, times = at
    rows = answered(full_stage)
    url = full_stage.system.database.url.render_as_string()
    deed, calls = getattr(FolderTransport, step), []

    def interrupted(*arguments, **options):
        calls.append(step)
        if len(calls) == times:
            postgresql.cut_off(url)
        return deed(*arguments, **options)

    monkeypatch.setattr(FolderTransport, step, interrupted)
    for _ in range(2):
        try:
            full_stage.collect()
        except (DatabaseAway, Busy) as broken:
            assert broken.retryable  # noqa: PT017  not every step notices
    check_collected(full_stage, rows)


@pytest.mark.parametrize("heard", [False, True])
def test_the_line_is_cut_at_the_commit_of_a_reply(full_stage, line, monkeypatch, heard):
    rows = answered(full_stage)
    keep, calls = FolderTransport.keep, []

    def kept(*arguments):
        calls.append(1)
        if len(calls) == 4:  # the CAR
            line.cut_at(COMMIT, heard=heard)
        return keep(*arguments)

    monkeypatch.setattr(FolderTransport, "keep", kept)
    with pytest.raises(DatabaseAway):
        full_stage.collect()
    assert len(full_stage.all(Reply)) == (RECORDS if heard else 0)
    report = full_stage.collect()
    assert (report.car, report.applied, report.repeated) == ((1, 0, RECORDS) if heard else (1, RECORDS, 0))
    check_collected(full_stage, rows)


def answered(stage):
    """A night that is out, and its answers in the inbox."""
    stage.night()
    rows = stage.rows()
    for file in stage.files():
        stage.fco(file)
    stage.car(*(stage.reply(row, "0037") for row in rows))
    return rows


def check_collected(stage, rows):
    assert {str(file.state) for file in stage.files()} == {"FCO_ACCEPTED"}
    assert [reply.txn_ref for reply in stage.all(Reply)] == [row.txn_ref for row in rows]
    assert {stage.record(place)["accepted_state"] for place in range(RECORDS)} == {"live"}
    assert list((stage.root / "inbox").iterdir()) == []
    assert len(list((stage.root / "archive").iterdir())) == 4
    stage.check_trail()


# a leader that stands still, and wakes when another has taken over


QUICK = {Step.FILE_WRITTEN, RENAMING}


@pytest.mark.parametrize(
    "step", [pytest.param(step, marks=() if step in QUICK else long) for step in (FIXING, *STEPS, RENAMING)]
)
def test_a_leader_that_wakes_after_another_took_over_does_no_harm(full_stage, postgresql, step):
    stage = full_stage
    stage.clock.at = stage.clock.at.replace(day=stage.clock.at.day + 1, hour=2)
    arguments = ("clockwork_process.py", stage.clock.now().isoformat(), step, 1, "freeze")
    leader = start_script(environ_of(stage), *arguments)
    try:
        wait_for(lambda: stands_still(leader))
        # The server does this by itself where nothing was heard of a holder for a minute (app.db.locks).
        postgresql.cut_off(stage.system.database.url.render_as_string())
        try:
            run_export(stage.system, stage.cli)
        except DatabaseAway:  # a connection of ours was ended too
            run_export(stage.system, stage.cli)
        check_all_once(stage, 3)
        os.kill(leader.pid, signal.SIGCONT)
        wait_for(lambda: [run for run in stage.all(NightRun) if run.finished_at is not None])
        leader.send_signal(signal.SIGTERM)
        _, words = leader.communicate(timeout=60)
        assert leader.returncode == 0, words
    finally:
        leader.kill()
        leader.communicate()
    check_all_once(stage, 3)
    assert len(stage.all(NightRun)) == 1


def stands_still(process):
    assert process.poll() is None, process.communicate()
    return Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "T"


def wait_for(found, seconds=60):
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def test_nothing_leaves_once_the_lock_is_lost(full_stage, postgresql):
    url = full_stage.system.database.url.render_as_string()
    with pytest.raises(Busy, match="lost on the way"):
        full_stage.night(on_step=once(Step.FILE_WRITTEN, lambda: postgresql.cut_off(url)))
    assert list((full_stage.root / "outbox").iterdir()) == []
    full_stage.night()
    check_all_once(full_stage, 3)
