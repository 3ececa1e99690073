import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text

from app.db import locks
from app.db.engine import Database
from app.db.locks import named_lock
from app.db.migrate import upgrade
from app.errors import Busy

HOLDER = """
import sys, time
from app.db.engine import Database
from app.db.locks import named_lock
with named_lock(Database(sys.argv[1]), "night"):
    print("held", flush=True)
    time.sleep(60)
"""


FROZEN = """
import sys, time
from app.db import locks
from app.db.engine import Database
locks.BEAT_SECONDS, locks.SILENT_SECONDS = 0.2, 1
with locks.named_lock(Database(sys.argv[1]), "night") as held:
    print("held", flush=True)
    while held.still_held():
        time.sleep(0.05)
    print(held.still_held(), flush=True)
"""


@pytest.fixture
def holder(database_url):
    """Another process that holds the lock `night`."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, database_url], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_one_holds_and_the_other_is_told_who(database, holder):
    with pytest.raises(Busy, match=rf"night is held by {holder.pid}@") as told, named_lock(database, "night"):
        pytest.fail("two held it")
    assert told.value.retryable


def test_a_killed_holder_frees_it_at_once(database, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait(10)
    before = time.monotonic()
    with named_lock(database, "night", wait=5) as held:
        assert held.still_held()
    assert time.monotonic() - before < 2


def test_names_do_not_stand_in_each_others_way(database, holder):
    with named_lock(database, "replies") as first, named_lock(database, "retention") as second:
        assert first.still_held()
        assert second.still_held()
    assert holder.poll() is None


def test_two_in_one_process_are_two(database):
    with named_lock(database, "night"), pytest.raises(Busy), named_lock(database, "night"):
        pytest.fail("held twice")
    with named_lock(database, "night") as held:
        assert held.still_held()


def test_it_is_free_after_an_error(database):
    with pytest.raises(RuntimeError), named_lock(database, "night"):
        raise RuntimeError
    with named_lock(database, "night") as held:
        assert held.still_held()


def test_waiting_ends_when_the_other_lets_go(database_url):
    database = Database(database_url)
    taken, let_go = threading.Event(), threading.Event()

    def hold():
        with named_lock(database, "night"):
            taken.set()
            let_go.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(10)
    with pytest.raises(Busy), named_lock(database, "night", wait=0.05):
        pytest.fail("held twice")
    threading.Timer(0.1, let_go.set).start()
    with named_lock(database, "night", wait=10) as held:
        assert held.still_held()
    thread.join()
    database.dispose()


def test_work_goes_on_in_the_database_while_it_is_held(database):
    with named_lock(database, "night"), database.unit_of_work() as work:
        work.session.execute(text("INSERT INTO named_locks (name) VALUES ('other')"))
        work.commit()
    with database.reading() as look:
        assert "other" in look.session.scalars(text("SELECT name FROM named_locks")).all()


def test_a_lock_whose_connection_died_is_not_held(postgresql_url):
    database = Database(postgresql_url)
    with named_lock(database, "night") as held:
        with database.unit_of_work() as work:
            found = work.session.scalars(
                text("SELECT pid FROM pg_stat_activity WHERE starts_with(application_name, 'eld night ')")
            ).all()
            assert len(found) == 1
            work.session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": found[0]})
        assert not held.still_held()
    with named_lock(database, "night", wait=5) as held:
        assert held.still_held()
    database.dispose()


def test_a_holder_is_heard_of_while_it_works(postgresql_url, monkeypatch):
    monkeypatch.setattr(locks, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(locks, "SILENT_SECONDS", 1)
    database = Database(postgresql_url)
    with named_lock(database, "night") as held:
        time.sleep(1.5)
        assert held.still_held()
    database.dispose()


def test_a_holder_that_stands_still_loses_it_and_knows_when_it_wakes(postgresql_url):
    with subprocess.Popen([sys.executable, "-c", FROZEN, postgresql_url], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        os.kill(process.pid, signal.SIGSTOP)
        database = Database(postgresql_url)
        with named_lock(database, "night", wait=10) as held:
            os.kill(process.pid, signal.SIGCONT)
            assert process.stdout.readline() == b"False\n"
            assert held.still_held()
        assert process.wait(10) == 0
        database.dispose()


def test_a_lost_lock_stays_lost_and_the_block_ends_quietly(postgresql, postgresql_url):
    database = Database(postgresql_url)
    with named_lock(database, "night") as held:
        postgresql.cut_off(postgresql_url)
        assert [held.still_held() for _ in range(2)] == [False, False]
    database.dispose()


def test_a_lock_whose_file_was_replaced_is_not_held(sqlite_url):
    database = Database(sqlite_url)
    with named_lock(database, "night") as held:
        file = database.path.with_name("eld.db.night.lock")
        file.unlink()
        assert not held.still_held()
        file.touch()
        assert not held.still_held()
    database.dispose()


def test_a_server_that_ends_idle_transactions_does_not_end_it(postgresql, postgresql_url):
    name = postgresql_url.rpartition("/")[2]
    postgresql.run(f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '50ms'")
    database = Database(postgresql_url)
    with named_lock(database, "night") as held:
        time.sleep(0.2)
        assert held.still_held()
    database.dispose()


@pytest.mark.parametrize("name", ["", "Night", "a b", "x" * 31, "../x", "1x"])
def test_a_name_that_could_not_be_a_file_is_refused(sqlite_url, name):
    database = Database(sqlite_url)
    with pytest.raises(ValueError, match=re.escape(repr(name))), named_lock(database, name):
        pytest.fail("held")
    database.dispose()


def test_the_lock_works_on_a_database_that_lies_beside_others(tmp_path):
    first, second = (Database(f"sqlite:///{tmp_path / name}") for name in ("a.db", "b.db"))
    upgrade(first)
    with named_lock(first, "night"), named_lock(second, "night") as held:
        assert held.still_held()
    first.dispose()
