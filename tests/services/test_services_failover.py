"""A primary killed in the middle of the night: its replica takes over, and the job goes on by the same address."""

import itertools
import signal
import threading
import time

import pytest
from postgresql_server import ReplicatedServer
from processes import environ_of, start_script
from stage import START
from stage_opening import open_stage
from test_services_crash import RECORDS, check_all_once

from app.clock import FixedClock
from app.db.engine import Database
from app.db.faults import DatabaseAway
from app.db.migrate import upgrade
from app.errors import Busy, CallAPerson
from app.models.exports import NightRun
from app.services.exports import fixing
from emergency_export.ports import STEPS, Step

long = pytest.mark.long
FIXING = "rows being fixed"
_names = itertools.count(1)


@pytest.fixture(scope="module")
def replicated():
    servers = ReplicatedServer()
    try:
        servers.start()
        servers.primary.run("CREATE DATABASE template")
        database = Database(servers.url("template"))
        upgrade(database)
        database.dispose()
        yield servers
    finally:
        servers.stop()


@pytest.fixture
def stage(replicated, tmp_path, small_profile):
    """Five records, three files, on the address that names both servers."""
    name = f"failover_{next(_names)}"
    replicated.primary.run(f"CREATE DATABASE {name} TEMPLATE template")
    database = Database(replicated.url(name))
    stage = open_stage(database, FixedClock(START), tmp_path / "data", ELD_PROFILE=str(small_profile))
    for place in range(RECORDS):
        stage.register(place)
    yield stage
    database.dispose()
    replicated.primary.run(f"DROP DATABASE {name} WITH (FORCE)")


def kill_primary_at(monkeypatch, replicated, step, times):
    """Return what is told of the steps, and kills the primary at one of them."""
    seen = itertools.count(1)

    def on_step(name):
        if name == step and next(seen) == times:
            replicated.primary.kill()

    read = fixing.read_candidates

    def read_and_tell(*arguments):
        yield from read(*arguments)
        on_step(FIXING)

    monkeypatch.setattr(fixing, "read_candidates", read_and_tell)
    return on_step


QUICK = {(FIXING, 1), (Step.ROWS_FIXED, 1), (Step.RENAMED, 2), (Step.MARKED, 3)}
KILLED_AT = [(FIXING, 1), (Step.ROWS_FIXED, 1), *((step, times) for step in STEPS[1:] for times in (1, 2, 3))]


@pytest.mark.parametrize(
    ("step", "times"), [pytest.param(*at, marks=() if at in QUICK else long, id=f"{at[0]}-{at[1]}") for at in KILLED_AT]
)
def test_the_night_goes_on_with_the_replica(replicated, stage, monkeypatch, step, times):
    on_step = kill_primary_at(monkeypatch, replicated, step, times)
    with pytest.raises((DatabaseAway, Busy)) as told:
        stage.night(on_step=on_step)
    assert told.value.retryable
    with pytest.raises(DatabaseAway) as told:
        stage.night()
    assert told.value.retryable, "nobody has been promoted: the same call may succeed later"
    sent = {path.name: path.read_bytes() for path in (stage.root / "outbox").glob("*.DAT")}
    replicated.promote()
    stage.night()
    check_all_once(stage, 3)
    for name, content in sent.items():
        assert (stage.root / "outbox" / name).read_bytes() == content
    replicated.mend()


def test_a_running_scheduler_goes_on_with_the_replica(replicated, stage):
    stage.clock.at = stage.clock.at.replace(day=stage.clock.at.day + 1, hour=2)
    arguments = ("clockwork_process.py", stage.clock.now().isoformat(), Step.RENAMED, 2, "wait")
    process, words = start_script(environ_of(stage), *arguments), []
    listening = threading.Thread(target=lambda: words.extend(process.stderr))
    listening.start()  # it says at each look that the database is away
    try:
        assert process.stdout.readline() == "waiting\n", words
        replicated.primary.kill()
        replicated.promote()
        end = time.monotonic() + 60
        while not [run for run in stage.all(NightRun) if run.finished_at is not None]:
            assert time.monotonic() < end, words
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, words
    finally:
        process.kill()
        listening.join(10)
        process.communicate()
    assert any("DatabaseAway" in line for line in words)
    assert not any("Traceback" in line for line in words)
    check_all_once(stage, 3)
    replicated.mend()


def test_a_collection_goes_on_with_the_replica(replicated, stage, monkeypatch):
    stage.night()
    rows = stage.rows()
    for file in stage.files():
        stage.fco(file)
    stage.car(*(stage.reply(row, "0037") for row in rows))
    archive, seen = type(stage.system.transport).archive, itertools.count(1)

    def killing(*arguments, **options):
        if next(seen) == 2:
            replicated.primary.kill()
        return archive(*arguments, **options)

    monkeypatch.setattr(type(stage.system.transport), "archive", killing)
    with pytest.raises(DatabaseAway):
        stage.collect()
    replicated.promote()
    stage.collect()
    assert {str(file.state) for file in stage.files()} == {"FCO_ACCEPTED"}
    assert {stage.record(place)["accepted_state"] for place in range(RECORDS)} == {"live"}
    assert list((stage.root / "inbox").iterdir()) == []
    stage.check_trail()
    replicated.mend()


def test_a_commit_that_the_replica_does_not_have_was_told_to_nobody(replicated, stage):
    replicated.replica.halt()
    told = []

    def night():
        try:
            stage.night()
        except (DatabaseAway, Busy) as away:
            told.append(away)

    waiting = threading.Thread(target=night)
    waiting.start()
    waiting.join(1.5)
    assert waiting.is_alive(), "the commit waits for the replica"
    replicated.primary.kill()
    waiting.join(30)
    assert len(told) == 1
    assert list((stage.root / "outbox").iterdir()) == [], "nothing left on the word of one server alone"
    replicated.replica.resume()
    replicated.promote()
    assert stage.files() == []
    stage.night()
    check_all_once(stage, 3)
    replicated.mend()


def test_without_waiting_for_the_replica_a_night_can_be_lost_and_is_missed(replicated, stage):
    """What asynchronous replication costs: the new primary is an older copy, and it stops and asks."""
    replicated.wait_for_replica(always=False)
    replicated.replica.halt()
    stage.night()
    sent = {path.name: path.read_bytes() for path in (stage.root / "outbox").glob("*.DAT")}
    assert len(sent) == 3
    replicated.primary.kill()
    replicated.replica.resume()
    replicated.promote()
    assert stage.files() == []
    for _ in range(2):
        with pytest.raises(CallAPerson, match="older copy"):
            stage.night()
    assert stage.files() == [], "no number is given out"
    assert {path.name: path.read_bytes() for path in (stage.root / "outbox").glob("*.DAT")} == sent
    replicated.mend()
