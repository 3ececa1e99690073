# ruff: noqa: S608  statements that tamper; nothing in them comes from outside
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from trail import note, tamper, trail_of

from app.audit.anchors import Anchor, anchor_head, read_anchors
from app.audit.chain import GENESIS, Entry
from app.audit.erasure import destroy_unused_keys, erase_values, expire_origins
from app.audit.verify import Verification, verify
from app.db.engine import Database
from app.domain.actors import SCHEDULER
from app.models.audit import AuditEvent, AuditHead, AuditValues

SWAP = [
    "UPDATE audit_events SET seq = -3 WHERE seq = 3",
    "UPDATE audit_events SET seq = 3 WHERE seq = 4",
    "UPDATE audit_events SET seq = 4 WHERE seq = -3",
]
COLUMNS = ", ".join(column.name for column in AuditEvent.__table__.c if column.name != "seq")
# How a trail of six entries is tampered with, and the first entry that must be named.
TAMPERINGS = {
    "edit of a column": (["UPDATE audit_events SET actor = 'user-6' WHERE seq = 4"], 4),
    "edit of the detail": (['UPDATE audit_events SET detail = \'{"how":"given_up"}\' WHERE seq = 2'], 2),
    "edit of the moment": (["UPDATE audit_events SET at = '2020-01-01 00:00:00.000000' WHERE seq = 3"], 3),
    "edit of a hash": ([f"UPDATE audit_events SET hash = '{GENESIS}' WHERE seq = 5"], 5),
    "edit of a link": ([f"UPDATE audit_events SET prev_hash = '{GENESIS}' WHERE seq = 5"], 5),
    "edit of a digest": (["UPDATE audit_events SET values_digest = '' WHERE seq = 3"], 3),
    "deletion of the first": (["DELETE FROM audit_events WHERE seq = 1"], 1),
    "deletion in the middle": (["DELETE FROM audit_events WHERE seq = 3"], 3),
    "deletion of the last": (["DELETE FROM audit_events WHERE seq = 6"], 6),
    "deletion of the end, its values left": (["DELETE FROM audit_events WHERE seq >= 4"], 4),
    "deletion of all": (["DELETE FROM audit_events"], 1),
    "deletion, the rest moved up": (
        [
            "DELETE FROM audit_events WHERE seq = 2",
            *(f"UPDATE audit_events SET seq = {n - 1} WHERE seq = {n}" for n in range(3, 7)),
        ],
        2,
    ),
    "swap": (SWAP, 3),
    "insertion at the end": (
        [f"INSERT INTO audit_events (seq, {COLUMNS}) SELECT 7, {COLUMNS} FROM audit_events WHERE seq = 6"],
        7,
    ),
    "insertion before the start": (
        [f"INSERT INTO audit_events (seq, {COLUMNS}) SELECT 0, {COLUMNS} FROM audit_events WHERE seq = 6"],
        0,
    ),
    "edit of a value": (["UPDATE audit_values SET \"values\" = replace(\"values\", 'Zo', 'Jo') WHERE seq = 3"], 3),
    "value given to another": (["UPDATE audit_values SET subject = 'user-5' WHERE seq = 3 AND part = 'values'"], 3),
    "value missing": (["DELETE FROM audit_values WHERE seq = 5 AND part = 'values'"], 5),
    "address missing": (["DELETE FROM audit_values WHERE seq = 5 AND part = 'origin'"], 5),
    "value added": (["INSERT INTO audit_values VALUES (4, 'values', 'account-12', '{}')"], 4),
    "value of no entry": (["INSERT INTO audit_values VALUES (9, 'values', 'account-12', '{}')"], 9),
    "head lost": (["DELETE FROM audit_head"], 7),
    "head moved back": (["UPDATE audit_head SET seq = 5"], 6),
    "head moved on": (["UPDATE audit_head SET seq = 9"], 7),
    "head's hash": ([f"UPDATE audit_head SET hash = '{GENESIS}'"], 6),
    "head's seal": ([f"UPDATE audit_head SET seal = '{GENESIS}'"], 6),
    "head's seal, not ASCII": (["UPDATE audit_head SET seal = 'é'"], 6),
}


def test_an_empty_trail_is_right(database, keys):
    assert verify(database, keys) == Verification(True, 0, None, None)


def test_a_whole_trail_is_right_and_its_head_is_told(database, keys, clock):
    trail_of(database, keys, clock)
    with database.reading() as look:
        last = look.session.scalar(select(AuditHead.hash))
    assert verify(database, keys) == Verification(True, 6, last, None)


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_the_first_bad_entry_is_named(database, keys, clock, name):
    statements, first_bad = TAMPERINGS[name]
    trail_of(database, keys, clock)
    tamper(database, *statements)
    found = verify(database, keys)
    assert not found.ok
    assert found.first_bad is not None
    assert (found.first_bad[0], bool(found.first_bad[1])) == (first_bad, True)


@pytest.mark.parametrize("value", ["'garbage'", "'2027-03-03T12:00:00'", "5", "x'00ff'", "CAST(x'ff' AS TEXT)"])
@pytest.mark.parametrize("column", ["at", "actor", "detail", "values_digest", "hash", "prev_hash"])
def test_what_sqlite_lets_one_write_is_a_finding_and_no_traceback(sqlite_url, keys, clock, column, value):
    database = Database(sqlite_url)
    trail_of(database, keys, clock)
    tamper(database, f"UPDATE audit_events SET {column} = {value} WHERE seq = 3")
    found = verify(database, keys)
    assert not found.ok
    assert found.first_bad[0] == 3
    database.dispose()


@pytest.mark.parametrize("value", ["5", "x'00ff'", "CAST(x'ff' AS TEXT)"])
def test_values_of_another_type_are_a_finding(sqlite_url, keys, clock, value):
    database = Database(sqlite_url)
    trail_of(database, keys, clock)
    tamper(database, f'UPDATE audit_values SET "values" = {value} WHERE seq = 3')
    assert verify(database, keys).first_bad[0] == 3
    database.dispose()


def rewrite(database):
    """Change entry 2 and make all hashes after it right again, the head's too."""
    tamper(database, "UPDATE audit_events SET actor = 'somebody' WHERE seq = 2")
    with database.unit_of_work() as work:
        last = GENESIS
        for event in work.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)):
            event.prev_hash = last
            fields = {name: getattr(event, name) for name in Entry.__slots__}
            event.hash = last = Entry(**fields).hash
        work.session.execute(text("UPDATE audit_head SET hash = :last"), {"last": last})
        work.commit()


def test_a_trail_rewritten_with_all_hashes_right_has_no_seal(database, keys, clock):
    trail_of(database, keys, clock)
    rewrite(database)
    assert verify(database, keys).first_bad[0] == 6


def test_what_is_written_after_a_rewriting_does_not_seal_it(database, keys, clock):
    trail_of(database, keys, clock)
    rewrite(database)
    note(database, keys, clock)
    note(database, keys, clock)
    assert verify(database, keys).first_bad[0] == 8


def test_a_rewritten_trail_disagrees_with_the_anchor(database, keys, clock, tmp_path):
    journal = tmp_path / "journal.jsonl"
    trail_of(database, keys, clock, 3)
    anchor_head(database, journal, clock)
    trail_of(database, keys, clock, 3)
    assert verify(database, keys, read_anchors(journal)).ok
    rewrite(database)
    assert verify(database, keys, read_anchors(journal)).first_bad[0] == 3


def test_a_trail_cut_back_to_an_older_head_is_shorter_than_its_anchor(database, keys, clock):
    trail_of(database, keys, clock, 4)
    with database.reading() as look:
        old = look.session.execute(select(AuditHead.seq, AuditHead.hash, AuditHead.seal)).one()
    trail_of(database, keys, clock, 2)
    with database.reading() as look:
        anchor = Anchor(*look.session.execute(select(AuditHead.seq, AuditHead.hash)).one())
    back = f"UPDATE audit_head SET seq = {old.seq}, hash = '{old.hash}', seal = '{old.seal}'"
    cut = "DELETE FROM {} WHERE seq > 4"
    tamper(database, back, cut.format("audit_events"), cut.format("audit_values"))
    assert verify(database, keys).ok  # nothing inside the database and the keys can tell
    assert verify(database, keys, [anchor]).first_bad[0] == 5


def test_an_anchor_of_the_genesis_or_twice_the_same_is_no_fault(database, keys, clock):
    trail_of(database, keys, clock, 2)
    with database.reading() as look:
        anchor = Anchor(*look.session.execute(select(AuditHead.seq, AuditHead.hash)).one())
    assert verify(database, keys, [Anchor(0, GENESIS), anchor, anchor]).ok
    assert verify(database, keys, [anchor, Anchor(2, GENESIS)]).first_bad[0] == 2


def erase(database, keys, clock, subject="account-12"):
    with database.unit_of_work() as work:
        gone = erase_values(work, keys, clock, SCHEDULER, subject)
        work.commit()
    return gone


def test_an_erased_person_leaves_a_trail_that_verifies(database, keys, clock):
    trail_of(database, keys, clock)
    assert erase(database, keys, clock) == 3
    assert verify(database, keys).ok
    assert destroy_unused_keys(database, keys) == ("account-12",)
    assert verify(database, keys).ok
    note(database, keys, clock, values={"name": "back again"})  # under a new key
    assert verify(database, keys).ok
    with database.reading() as look:
        assert "Zo" not in " ".join(look.session.scalars(select(AuditValues.values)))


def test_a_key_of_another_use_is_left_alone(database, keys, clock, tmp_path):
    trail_of(database, keys, clock, 2)
    erase(database, keys, clock)
    session = tmp_path / "keys" / "session.key"
    session.write_bytes(b"x" * 48)
    assert destroy_unused_keys(database, keys) == ("account-12",)
    assert session.read_bytes() == b"x" * 48


def test_an_erasure_takes_only_its_own_person(database, keys, clock):
    trail_of(database, keys, clock, 2)
    note(database, keys, clock, values={"name": "Other"}, key="account-13")
    erase(database, keys, clock)
    assert destroy_unused_keys(database, keys) == ("account-12",)
    tamper(database, "DELETE FROM audit_values WHERE subject = 'account-13'")
    assert verify(database, keys).first_bad[0] == 3


def test_an_erasure_excuses_nothing_that_came_after_it(database, keys, clock):
    trail_of(database, keys, clock, 2)
    erase(database, keys, clock)
    note(database, keys, clock, values={"name": "Zoë"})
    tamper(database, "DELETE FROM audit_values WHERE seq = 4 AND part = 'values'")
    assert verify(database, keys).first_bad[0] == 4


def test_erased_values_that_come_back_are_found(database, keys, clock):
    trail_of(database, keys, clock, 1)
    with database.reading() as look:
        kept = look.session.scalar(select(AuditValues.values).where(AuditValues.part == "values"))
    erase(database, keys, clock)
    with database.unit_of_work() as work:
        work.session.add(AuditValues(seq=1, part="values", subject="account-12", values=kept))
        work.commit()
    assert verify(database, keys).first_bad[0] == 1


def test_an_erasure_that_was_made_up_is_found(database, keys, clock):
    trail_of(database, keys, clock)
    detail = '{"subject_key":"account-12","through_seq":6,"values":3}'
    made_up = f"INSERT INTO audit_events (seq, {COLUMNS}) SELECT 7, {COLUMNS} FROM audit_events WHERE seq = 6"
    tamper(
        database,
        "DELETE FROM audit_values WHERE subject = 'account-12'",
        made_up,
        f"UPDATE audit_events SET action = 'values_erased', detail = '{detail}' WHERE seq = 7",
        "UPDATE audit_head SET seq = 7",
    )
    assert verify(database, keys).first_bad[0] == 7


def test_an_erasure_that_cannot_be_read_excuses_nothing(database, keys, clock):
    trail_of(database, keys, clock, 2)
    erase(database, keys, clock)
    tamper(database, "UPDATE audit_events SET detail = 'x' WHERE seq = 3")
    assert verify(database, keys).first_bad == (1, "personal values are missing and no erasure says so")


def test_a_key_that_is_lost_without_an_erasure_is_found(database, keys, clock):
    trail_of(database, keys, clock, 3)
    keys.destroy("account-12")
    seq, why = verify(database, keys).first_bad
    assert (seq, "account-12" in why) == (1, True)


def test_network_addresses_expire_by_age(database, keys, clock):
    trail_of(database, keys, clock, 3)
    border = clock.now() + timedelta(days=1)
    clock.advance(timedelta(days=2))
    trail_of(database, keys, clock, 1)
    with database.unit_of_work() as work:
        assert expire_origins(work, keys, clock, SCHEDULER, border) == 2
        work.commit()
    with database.unit_of_work() as work:
        assert expire_origins(work, keys, clock, SCHEDULER, border) == 0
        work.commit()
    assert verify(database, keys).ok
    with database.reading() as look:
        left = look.session.execute(select(AuditValues.seq, AuditValues.part)).all()
    assert sorted(tuple(row) for row in left) == [(1, "values"), (3, "values"), (4, "origin"), (4, "values")]


def test_all_addresses_expire_when_all_are_old(database, keys, clock):
    trail_of(database, keys, clock, 3)
    clock.advance(timedelta(days=2))
    with database.unit_of_work() as work:
        assert expire_origins(work, keys, clock, SCHEDULER, clock.now()) == 2
        work.commit()
    assert verify(database, keys).ok


def test_the_walk_is_not_bounded_by_one_batch(sqlite_url, keys, clock, monkeypatch):
    monkeypatch.setattr("app.audit.verify.ROWS_AT_A_TIME", 2)
    database = Database(sqlite_url)
    trail_of(database, keys, clock, 11)
    assert (verify(database, keys).ok, verify(database, keys).events) == (True, 11)
    tamper(database, "DELETE FROM audit_events WHERE seq = 10")
    assert verify(database, keys).first_bad[0] == 10
    database.dispose()
