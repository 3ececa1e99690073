# ruff: noqa: PT012  a unit of work is a block, and the block is what must fail
import dataclasses
import json
import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from trail import ANNA, note, tamper, trail_of

from app.audit.chain import GENESIS
from app.audit.events import Action, EventRefused
from app.audit.keys import KeyStore
from app.audit.log import append, read_values
from app.audit.verify import verify
from app.db.engine import Database
from app.domain.actors import SCHEDULER, Actor, Role
from app.errors import CallAPerson
from app.models.audit import AuditEvent, AuditHead, AuditValues


def entries(database):
    with database.reading() as look:
        return list(look.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)))


def test_an_entry_says_who_when_what_and_follows_the_one_before(database, keys, clock):
    trail_of(database, keys, clock, 2)
    first, second = entries(database)
    assert (first.seq, first.actor, first.role, first.origin) == (1, "user-5", "customer", "network")
    assert (first.at, first.action, first.subject_kind, first.subject_id) == (
        clock.now(),
        "case_closed",
        "number",
        "31",
    )
    assert first.detail == '{"how":"accepted"}'
    assert (first.prev_hash, second.prev_hash) == (GENESIS, first.hash)
    assert (second.actor, second.role, second.origin, second.values_digest) == ("scheduler", "scheduler", "", "")


def test_personal_values_and_addresses_lie_beside_the_chain(database, keys, clock):
    note(database, keys, clock, values={"name": "Zoë Example"})
    with database.reading() as look:
        rows = {row.part: row for row in look.session.scalars(select(AuditValues))}
    assert read_values(rows["values"].values) == {"name": "Zoë Example"}
    assert rows["values"].subject == "account-12"
    assert read_values(rows["origin"].values) == {"address": "192.0.2.7"}
    assert rows["origin"].subject == "user-5"
    (entry,) = entries(database)
    chained = json.dumps([getattr(entry, column.name) for column in AuditEvent.__table__.c], default=str)
    for personal in ("Zo", "192.0.2.7", "anna"):
        assert personal not in chained


def test_equal_values_have_different_digests(database, keys, clock):
    note(database, keys, clock, values={"name": "Zoë"})
    note(database, keys, clock, values={"name": "Zoë"})
    first, second = entries(database)
    assert first.values_digest != second.values_digest


def test_a_visitor_without_account_gets_the_key_of_the_month(database, keys, clock):
    stranger = Actor("visitor", Role.CUSTOMER, origin="2001:db8::1")
    note(database, keys, clock, actor=stranger)
    assert keys.subjects() == ["trail-head", "visitors-2027-03"]


def test_the_command_line_is_named_by_its_login(database, keys, clock):
    note(database, keys, clock, actor=Actor("cli:j.doe@host", Role.OPERATIONS, origin="cli"))
    assert (entries(database)[0].actor, entries(database)[0].origin) == ("cli:j.doe@host", "cli")


@pytest.mark.parametrize(
    "change",
    [
        {"action": "made_up"},
        {"detail": {"how": "Anna Example"}},
        {"detail": {}},
        {"subject_id": "01632960001"},
        {"subject_kind": "a kind"},
        {"values": {"name": "x"}},
        {"subject_key": "account-12"},
        {"actor": Actor("anna@customer.example", Role.CUSTOMER)},
        {"actor": dataclasses.replace(SCHEDULER, origin="somebody's laptop")},
    ],
)
def test_an_event_of_another_form_is_refused_and_the_unit_with_it(sqlite_url, keys, clock, change):
    database = Database(sqlite_url)
    event = {"actor": ANNA, "action": Action.CASE_CLOSED, "detail": {"how": "accepted"}}
    event |= {"subject_kind": "number", "subject_id": "31"} | change
    with pytest.raises(EventRefused), database.unit_of_work() as work:
        append(work, keys, clock, event.pop("actor"), event.pop("action"), **event)
        work.commit()
    assert entries(database) == []
    database.dispose()


def test_without_commit_nothing_is_written(database, keys, clock):
    with database.unit_of_work() as work:
        append(work, keys, clock, SCHEDULER, Action.LOGGED_OUT, subject_kind="user", subject_id="5", detail={})
    assert entries(database) == []
    assert verify(database, keys).ok


def test_several_events_of_one_unit_stand_in_their_order(database, keys, clock):
    with database.unit_of_work() as work:
        for seq in range(1, 6):
            append(work, keys, clock, ANNA, Action.LOGGED_OUT, subject_kind="user", subject_id=str(seq), detail={})
        work.commit()
    assert [(entry.seq, entry.subject_id) for entry in entries(database)] == [(n, str(n)) for n in range(1, 6)]
    assert verify(database, keys).ok


def test_many_threads_make_one_chain(database_url, keys, clock):
    database = Database(database_url)

    def work_through():
        for _ in range(10):
            note(database, keys, clock, values={"name": "Zoë"})

    threads = [threading.Thread(target=work_through) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verify(database, keys)
    database.dispose()
    assert (found.ok, found.events) == (True, 40)


def test_a_trail_that_cannot_be_written_stops_the_change(database, keys, clock):
    tamper(database, "DELETE FROM audit_head")
    with pytest.raises(CallAPerson):
        note(database, keys, clock)
    assert entries(database) == []


def test_another_folder_of_keys_is_not_written_under(database, keys, clock, tmp_path):
    note(database, keys, clock)
    with pytest.raises(CallAPerson, match="ELD_KEY_DIR"):
        note(database, KeyStore(tmp_path / "other"), clock)
    assert len(entries(database)) == 1


OTHERS = ", ".join(column.name for column in AuditEvent.__table__.c if column.name != "seq")
GUARDED = [
    "UPDATE audit_events SET actor = 'x' WHERE seq = 1",
    "DELETE FROM audit_events WHERE seq = 2",
    "UPDATE audit_values SET \"values\" = 'x'",
    "UPDATE audit_head SET seq = 1",
    "UPDATE audit_head SET hash = 'x'",
    "DELETE FROM audit_head",
    "INSERT INTO audit_head (id, seq, hash, seal) VALUES (1, 0, 'x', '')",
    f"INSERT INTO audit_events (seq, {OTHERS}) SELECT 0, {OTHERS} FROM audit_events WHERE seq = 1",  # noqa: S608  names of our own
]
REPLACING = [
    "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE seq = 1",
    "INSERT OR REPLACE INTO audit_values SELECT * FROM audit_values",
    "INSERT OR REPLACE INTO audit_head VALUES (1, 0, 'x', '')",
]
TRUNCATING = [f"TRUNCATE {table}" for table in ("audit_events", "audit_values", "audit_head")]


def refused(database, statement):
    with pytest.raises(DBAPIError), database.unit_of_work() as work:
        work.session.execute(text(statement))
        work.commit()


@pytest.mark.parametrize("statement", GUARDED)
def test_the_database_refuses_to_change_the_trail(database, keys, clock, statement):
    trail_of(database, keys, clock, 3)
    refused(database, statement)
    assert verify(database, keys).ok


@pytest.mark.parametrize("statement", REPLACING)
def test_sqlite_refuses_to_replace(sqlite_url, keys, clock, statement):
    database = Database(sqlite_url)
    trail_of(database, keys, clock, 3)
    refused(database, statement)
    assert verify(database, keys).ok
    database.dispose()


@pytest.mark.parametrize("statement", [*TRUNCATING, *GUARDED])
def test_postgresql_refuses_to_truncate_and_to_be_a_replica(postgresql_url, keys, clock, statement):
    database = Database(postgresql_url)
    trail_of(database, keys, clock, 3)
    with pytest.raises(DBAPIError), database.unit_of_work() as work:
        work.session.execute(text("SET LOCAL session_replication_role = replica"))
        work.session.execute(text(statement))
        work.commit()
    assert verify(database, keys).ok
    database.dispose()


def test_the_head_is_where_the_chain_ends(database, keys, clock):
    trail_of(database, keys, clock, 3)
    with database.reading() as look:
        head = look.session.get(AuditHead, 1)
    assert (head.seq, head.hash) == (3, entries(database)[-1].hash)
