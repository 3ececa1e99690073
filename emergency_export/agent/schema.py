"""The tables of the agent's database, and the way to them from an earlier version."""

import sqlite3
from contextlib import closing

from emergency_export.agent.columns import KEPT

VERSION = 2

_KEPT_COLUMNS = ", ".join(f"{name} TEXT NOT NULL" for name in KEPT if name != "telephone_no")
# `files` are the DATs judged; `lying` the copies of them that are still in the outbox; `lost` the DATs that were
# taken away unread. A reply is a document; its sendings say when, and in which form, it is put into the inbox.
# `rows_of` names the reply whose rows a repetition has. `requests` are the refusals asked for by a person.
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS records (telephone_no TEXT PRIMARY KEY, {_KEPT_COLUMNS}) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, file_sequence INTEGER,
    spent INTEGER NOT NULL, reason TEXT NOT NULL, received_count INTEGER NOT NULL, stamp TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS files_by_sequence ON files (file_sequence);
CREATE TABLE IF NOT EXISTS lying (
    name TEXT PRIMARY KEY, file_id INTEGER NOT NULL REFERENCES files,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS rules (
    code TEXT NOT NULL, field TEXT NOT NULL, contains TEXT NOT NULL, PRIMARY KEY (code, field, contains));
CREATE TABLE IF NOT EXISTS lost (file_key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS requests (id INTEGER PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replies (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, file_id INTEGER REFERENCES files, reply_key TEXT NOT NULL,
    decided TEXT NOT NULL, rows_of INTEGER, name TEXT, car_sequence INTEGER, issued TEXT);
CREATE TABLE IF NOT EXISTS sendings (
    id INTEGER PRIMARY KEY, reply_id INTEGER NOT NULL REFERENCES replies, due INTEGER NOT NULL,
    form TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS sendings_owed ON sendings (due) WHERE done = 0;
CREATE INDEX IF NOT EXISTS sendings_by_reply ON sendings (reply_id);
CREATE TABLE IF NOT EXISTS answers (
    reply_id INTEGER NOT NULL REFERENCES replies, place REAL NOT NULL, line INTEGER NOT NULL, txn_ref TEXT NOT NULL,
    telephone_no TEXT NOT NULL, command TEXT NOT NULL, code TEXT NOT NULL, errors TEXT NOT NULL,
    PRIMARY KEY (reply_id, place, line)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answers_by_reference ON answers (txn_ref);
CREATE TABLE IF NOT EXISTS ports (
    id INTEGER PRIMARY KEY, txn_ref TEXT NOT NULL, command TEXT NOT NULL, telephone_no TEXT NOT NULL,
    port_date TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open', warned TEXT NOT NULL DEFAULT '',
    moved_on INTEGER NOT NULL DEFAULT 0, removed TEXT);
CREATE INDEX IF NOT EXISTS ports_open ON ports (telephone_no) WHERE state = 'open';
"""
# The first version had one CAR a file, its rows by file, and a mark on the reply when it was written.
_FROM_1 = """
INSERT INTO replies SELECT replies_1.id, kind, file_id, '', files.stamp, NULL, replies_1.name, car_sequence, files.stamp
    FROM replies_1 JOIN files ON files.id = file_id;
INSERT INTO sendings (reply_id, due, form, done) SELECT id, 0, 'whole', written FROM replies_1;
INSERT INTO answers SELECT replies_1.id, rec_no, rec_no, txn_ref, telephone_no, command, code, errors
    FROM answers_1 JOIN replies_1 ON replies_1.file_id = answers_1.file_id AND replies_1.kind = 'CAR';
DROP TABLE answers_1;
DROP TABLE replies_1;
"""


def bring_up(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an earlier version here; all of it or, on any error, nothing."""
    if _version(connection) == VERSION:
        return
    with closing(connection.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) != VERSION:
                first = cursor.execute("SELECT 1 FROM pragma_table_info('replies') WHERE name = 'written'").fetchone()
                if first:
                    _run(cursor, "DROP INDEX answers_by_reference; ALTER TABLE answers RENAME TO answers_1;")
                    _run(cursor, "ALTER TABLE replies RENAME TO replies_1;")
                _run(cursor, _SCHEMA)
                if first:
                    _run(cursor, _FROM_1)
                cursor.execute(f"PRAGMA user_version = {VERSION}")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _run(cursor: sqlite3.Cursor, statements: str) -> None:
    # executescript would commit first.
    for statement in statements.split(";"):
        if statement.strip():
            cursor.execute(statement)
