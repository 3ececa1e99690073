"""The agent's database of an earlier version is brought up: what it held, had seen and owed is still there."""

import sqlite3
from contextlib import closing

import pytest
from agent_dat import Rehearsal, data, name_of, number_of, ref_of

from emergency_export.agent import Agent, schema
from emergency_export.agent.book import Book

FIRST = """
DROP TABLE ports; DROP TABLE requests; DROP TABLE lost;
CREATE TABLE old_replies (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, file_id INTEGER NOT NULL REFERENCES files,
    car_sequence INTEGER, written INTEGER NOT NULL DEFAULT 0);
INSERT INTO old_replies SELECT replies.id, kind, name, file_id, car_sequence, done
    FROM replies JOIN sendings ON reply_id = replies.id;
CREATE TABLE old_answers (
    file_id INTEGER NOT NULL REFERENCES files, rec_no INTEGER NOT NULL, txn_ref TEXT NOT NULL,
    telephone_no TEXT NOT NULL, command TEXT NOT NULL, code TEXT NOT NULL, errors TEXT NOT NULL,
    PRIMARY KEY (file_id, rec_no)) WITHOUT ROWID;
INSERT INTO old_answers SELECT file_id, line, txn_ref, telephone_no, command, code, errors
    FROM answers JOIN replies ON replies.id = reply_id;
DROP TABLE answers; DROP TABLE sendings; DROP TABLE replies;
ALTER TABLE old_replies RENAME TO replies;
ALTER TABLE old_answers RENAME TO answers;
CREATE INDEX answers_by_reference ON answers (txn_ref);
CREATE INDEX replies_owed ON replies (written) WHERE written = 0;
PRAGMA user_version = 0;
"""


def take_back(path):
    """Turn the database into one of the first version, whose last file's replies were not written yet."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST)
        connection.execute("UPDATE replies SET written = 0 WHERE file_id = (SELECT max(file_id) FROM replies)")
        connection.commit()


def test_a_database_of_the_first_version_goes_on(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent)
    rehearsal.submit(1, [data(1), data(2, telephone_no=number_of(2), name="")])
    rehearsal.submit(2, [data(1, "M", ref_of(3))])
    right = rehearsal.collect()
    held = list(rehearsal.agent.records())
    take_back(tmp_path / "agent.db")

    rehearsal.again()
    assert list(rehearsal.agent.records()) == held
    assert rehearsal.agent.owed() == 2
    report = rehearsal.agent.step()
    assert (report.files, len(report.fcos), len(report.cars)) == ((), 1, 1)
    assert {name: text for name, text in right.items() if "02." in name} == rehearsal.collect()
    report = rehearsal.submit(3, [data(1, "M", ref_of(3)), data(2, "M", ref_of(4))])
    assert (report.files, report.rejected) == ((name_of(3),), 1), "a reference of before is known again"
    assert rehearsal.codes() == ["0057", "0039"]


def test_an_upgrade_that_breaks_off_changes_nothing(tmp_path, monkeypatch):
    rehearsal = Rehearsal(tmp_path, Agent)
    rehearsal.submit(1, [data(1)])
    take_back(tmp_path / "agent.db")
    with monkeypatch.context() as broken:
        broken.setattr(schema, "_FROM_1", schema._FROM_1 + "SELECT * FROM nowhere;")  # noqa: S608  literal
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            rehearsal.again()
    with closing(sqlite3.connect(tmp_path / "agent.db")) as connection:
        assert connection.execute("SELECT count(*) FROM replies WHERE written = 0").fetchone() == (2,)
    assert rehearsal.again().owed() == 2


def test_a_new_database_has_the_present_version(tmp_path):
    with Book(tmp_path / "agent.db") as book:
        assert book.connection.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
