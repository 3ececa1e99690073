# ruff: noqa: PT012  a unit of work is a block, and the block is what must fail
import multiprocessing
import sqlite3
import time

import pytest
from cut_line import COMMIT, CutLine
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError

from app.db.bulk import copy_rows
from app.db.engine import Database, make_engine, read_url
from app.db.faults import DatabaseAway, UnitEnded
from app.errors import Busy, Misconfigured
from app.models.lock import NamedLock


def names(database: Database) -> list[str]:
    with database.reading() as look:
        return list(look.session.scalars(select(NamedLock.name).order_by(NamedLock.name)))


def test_what_is_committed_stays(database):
    with database.unit_of_work() as work:
        work.session.add(NamedLock(name="a"))
        work.commit()
    assert names(database) == ["a"]


def test_a_block_left_without_commit_changes_nothing(database):
    with database.unit_of_work() as work:
        work.session.add(NamedLock(name="a"))
        work.session.flush()
    assert names(database) == []


def test_a_block_left_by_an_error_changes_nothing(database):
    with pytest.raises(RuntimeError, match="on the way"), database.unit_of_work() as work:
        work.session.add(NamedLock(name="a"))
        work.session.flush()
        raise RuntimeError("on the way")
    assert names(database) == []


def test_a_unit_ends_with_its_commit(database):
    with database.unit_of_work() as work:
        session = work.session
        work.commit()
        with pytest.raises(UnitEnded):
            work.commit()
        with pytest.raises(UnitEnded):
            _ = work.session
        with pytest.raises(InvalidRequestError):
            session.execute(text("SELECT 1"))


def test_commit_after_the_block_is_an_error(database):
    with database.unit_of_work() as work:
        pass
    with pytest.raises(UnitEnded):
        work.commit()
    with pytest.raises(UnitEnded):
        work.at_commit(lambda: None)


def test_last_acts_run_after_the_flush_and_inside_the_transaction(database):
    seen = []
    with database.unit_of_work() as work:
        work.session.add(NamedLock(name="a"))
        session = work.session
        work.at_commit(lambda: seen.extend(session.scalars(text("SELECT name FROM named_locks"))))
        work.at_commit(lambda: seen.append("second"))
        work.commit()
    assert seen == ["a", "second"]


def test_a_last_act_that_fails_undoes_the_unit(database):
    def fail() -> None:
        raise RuntimeError("no trail, no change")

    with pytest.raises(RuntimeError), database.unit_of_work() as work:
        work.session.add(NamedLock(name="a"))
        work.at_commit(fail)
        work.commit()
    assert names(database) == []


def test_reading_is_enforced_by_the_database(database):
    with pytest.raises(DBAPIError), database.reading() as look:
        look.session.execute(text("INSERT INTO named_locks (name) VALUES ('a')"))
    with database.unit_of_work() as work:  # the same connection can write again
        work.session.add(NamedLock(name="b"))
        work.commit()
    assert names(database) == ["b"]


def test_reading_sees_one_moment(database):
    with database.reading() as look:
        count = select(text("count(*)")).select_from(NamedLock)
        before = look.session.scalar(count)
        with database.unit_of_work() as work:
            work.session.add(NamedLock(name="a"))
            work.commit()
        assert look.session.scalar(count) == before == 0


def test_values_of_a_failed_statement_are_not_in_its_message(database):
    for _ in range(2):
        try:
            with database.unit_of_work() as work:
                work.session.add(NamedLock(name="nobody-may-see-me"))
                work.commit()
        except IntegrityError as fault:
            assert "nobody-may-see-me" not in f"{fault!r} {fault} {fault.orig!r} {fault.orig}"  # noqa: PT017
            break
    else:
        pytest.fail("the second row was taken")


def test_sqlite_is_set_up_to_lose_nothing(sqlite_url):
    database = Database(sqlite_url)
    with database.unit_of_work() as work:
        pragmas = {
            name: work.session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_sqlite_write_units_are_immediate(sqlite_url):
    database = Database(sqlite_url)
    with database.unit_of_work() as work:
        work.session.execute(text("SELECT 1"))
        other = sqlite3.connect(database.path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    database.dispose()


def test_a_locked_sqlite_file_is_busy(sqlite_url, monkeypatch):
    monkeypatch.setattr("app.db.engine.BUSY_SECONDS", 0.05)
    database = Database(sqlite_url)
    other = sqlite3.connect(database.path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy), database.unit_of_work() as work:
        work.session.execute(text("SELECT 1"))
    other.close()
    database.dispose()


def test_a_postgresql_deadlock_is_busy(postgresql_url):
    database = Database(postgresql_url)
    with database.unit_of_work() as work:
        work.session.add_all([NamedLock(name="a"), NamedLock(name="b")])
        work.commit()
    lock = "SELECT name FROM named_locks WHERE name = '{}' FOR UPDATE NOWAIT"
    with database.unit_of_work() as first, pytest.raises(Busy):
        first.session.execute(text(lock.format("a")))
        with database.unit_of_work() as second:
            second.session.execute(text(lock.format("a")))
    database.dispose()


def test_a_connection_that_dies_is_away_and_the_next_unit_works(postgresql_url):
    database = Database(postgresql_url)
    kill = text("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(DatabaseAway) as told, database.unit_of_work() as work:
        work.session.execute(kill)
    assert told.value.retryable
    assert names(database) == []
    database.dispose()


@pytest.mark.parametrize("kind", ["unit_of_work", "reading"])
def test_a_connection_that_dies_before_the_end_of_a_unit_that_keeps_nothing_is_no_error(postgresql_url, kind):
    database = Database(postgresql_url)
    for _ in range(2):
        with getattr(database, kind)() as unit:
            pid = unit.session.scalar(text("SELECT pg_backend_pid()"))
            with database.unit_of_work() as other:
                other.session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    assert database._engine.pool.checkedout() == 0
    database.dispose()


def test_a_connection_that_dies_while_rows_are_copied_is_away(postgresql, postgresql_url):
    database = Database(postgresql_url)

    def rows():
        yield ("a",)
        postgresql.cut_off(postgresql_url)
        for place in range(20_000):
            yield (f"n{place}",)

    with pytest.raises(DatabaseAway), database.unit_of_work() as work:
        copy_rows(work, NamedLock.__table__, ["name"], rows())
    assert names(database) == []
    assert database._engine.pool.checkedout() == 0
    database.dispose()


def test_a_server_that_is_not_there_is_away():
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseAway), database.reading() as look:
        look.session.execute(text("SELECT 1"))


@pytest.mark.parametrize("heard", [False, True])
def test_a_line_that_is_cut_at_the_commit_leaves_all_of_the_unit_or_nothing(postgresql, postgresql_url, heard):
    line = CutLine(postgresql.port)
    database = Database(postgresql_url.replace(str(postgresql.port), str(line.port)))
    with pytest.raises(DatabaseAway) as told, database.unit_of_work() as work:
        work.session.add(NamedLock(name="a"))
        line.cut_at(COMMIT, heard=heard)
        work.commit()
    assert (told.value.retryable, line.cuts) == (True, 1)
    assert names(database) == (["a"] if heard else [])
    database.dispose()
    line.close()


def test_a_line_that_is_cut_in_the_middle_of_rows_is_away(postgresql, postgresql_url):
    line = CutLine(postgresql.port)
    database = Database(postgresql_url.replace(str(postgresql.port), str(line.port)))
    many = text("SELECT repeat('x', 1000) FROM generate_series(1, 20000)")
    with pytest.raises(DatabaseAway), database.reading() as look:
        rows = look.session.connection().execute(many, execution_options={"yield_per": 100})
        for place, _ in enumerate(rows):
            if place == 500:
                line.cut()
    assert names(database) == []
    database.dispose()
    line.close()


def test_a_unit_that_stands_still_is_ended_by_the_server_and_away(postgresql_url):
    database = Database(postgresql_url)
    with pytest.raises(DatabaseAway), database.unit_of_work() as work:
        work.session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '20ms'"))
        time.sleep(0.2)
        work.session.execute(text("SELECT 1"))
    assert names(database) == []
    database.dispose()


def test_the_server_is_told_how_soon_to_notice_that_we_are_gone(postgresql_url):
    database = Database(postgresql_url)
    asked = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
    for _ in range(2):  # also on a connection that was used before
        with database.unit_of_work() as work:
            shown = [work.session.scalar(text(f"SHOW {name}")) for name in asked]
            assert shown == ["5", "2", "3", "15000"]
            assert work.session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "5min"
    database.dispose()


@pytest.mark.parametrize(
    ("address", "hosts", "ports"),
    [
        ("postgresql://eld:pw@one:5433,two:5434/eld", "one,two", "5433,5434"),
        ("postgres://eld@one,two.example:5434,10.0.0.3/eld", "one,two.example,10.0.0.3", "5432,5434,5432"),
        ("postgresql+psycopg://[2001:db8::1]:5433,[2001:db8::2]/eld", "2001:db8::1,2001:db8::2", "5433,5432"),
        ("postgresql:///eld?host=one:5433&host=two:5434", "one,two", "5433,5434"),
        ("postgresql:///eld?host=one,two&port=5433,5434", "one,two", "5433,5434"),
    ],
)
def test_an_address_may_name_several_hosts(address, hosts, ports):
    url = read_url(address)
    for found in (url, read_url(url.render_as_string(hide_password=False))):
        _, connecting = make_engine(found).dialect.create_connect_args(found)
        assert (connecting["host"], connecting["port"], connecting["dbname"]) == (hosts, ports, "eld")
        assert connecting["target_session_attrs"] == "read-write"


def test_which_of_several_hosts_is_wanted_may_be_said():
    url = read_url("postgresql://eld:s3cret@one,two/eld?target_session_attrs=prefer-standby&connect_timeout=3")
    assert url.query["target_session_attrs"] == "prefer-standby"
    assert url.query["connect_timeout"] == "3"
    assert (url.username, url.password) == ("eld", "s3cret")
    assert "target_session_attrs" not in read_url("postgresql://one/eld").query


@pytest.mark.parametrize("hosts", ["one,", ",two", "one,,two", "one:port,two", "one two,three", "[::1,two"])
def test_hosts_that_cannot_be_read_are_refused(hosts):
    with pytest.raises(Misconfigured) as told:
        read_url(f"postgresql://eld:s3cret@{hosts}/eld")
    assert "s3cret" not in str(told.value)


def test_a_host_that_is_down_is_passed_over(postgresql_url):
    here = postgresql_url.partition("@")[2]
    database = Database(f"postgresql://postgres@127.0.0.1:1,{here}")
    assert names(database) == []
    database.dispose()


def _read_in_child(database: Database, results: multiprocessing.Queue) -> None:
    results.put(names(database))


def test_a_forked_process_opens_connections_of_its_own(database):
    with database.unit_of_work() as work:
        work.session.add(NamedLock(name="a"))
        work.commit()
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    children = [context.Process(target=_read_in_child, args=(database, results)) for _ in range(2)]
    for child in children:
        child.start()
    assert [results.get(timeout=20) for _ in children] == [["a"], ["a"]]
    for child in children:
        child.join(20)
    assert names(database) == ["a"]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/x", "no address", ""])
def test_other_addresses_are_refused(url):
    with pytest.raises(Misconfigured):
        read_url(url)


def test_a_refused_address_never_shows_its_password():
    with pytest.raises(Misconfigured) as told:
        read_url("mysql://user:s3cret@host/x")
    assert "s3cret" not in str(told.value)


def test_a_relative_path_is_fixed_when_the_database_is_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Database("sqlite:///here.db").path == tmp_path / "here.db"
