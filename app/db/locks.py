"""Locks by name that hold across processes and nodes, and end with the process that holds them.

On PostgreSQL a lock is a row held in a transaction of its own: that works behind a transaction pooler too,
where session-level advisory locks break. On SQLite it is a locked file beside the database.
"""

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.db.engine import Database, make_engine
from app.db.faults import is_busy, told_apart
from app.errors import Busy

BEAT_SECONDS = 10.0
SILENT_SECONDS = 60
NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")


class Held(Protocol):
    """A lock that was taken."""

    def still_held(self) -> bool:
        """Ask whether the lock is still ours; to be asked before what two must never do."""


@contextmanager
def named_lock(database: Database, name: str, wait: float = 0) -> Iterator[Held]:
    """Hold the lock `name` for the block, waiting at most `wait` seconds for it.

    Raises Busy, naming the holder where it is known. Not for days on end: on PostgreSQL the open transaction
    keeps old rows from being cleared away.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"a lock is named by up to 30 lower-case letters, digits and dashes, not {name!r}")
    if database.path is not None:
        with _file_held(database.path, name, wait) as held:
            yield held
    else:
        with _row_held(database, name, wait) as row:
            yield row


def _holder() -> str:
    return f"{os.getpid()}@{socket.gethostname()}"


class HeldFile:
    """A lock on a file beside an SQLite database."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self._path = path
        self._lock = lock
        self._file = path.stat().st_ino

    def still_held(self) -> bool:
        """Say whether it is still held: false once another file lies in its place."""
        try:
            return self._lock.is_locked and self._path.stat().st_ino == self._file
        except FileNotFoundError:
            return False


@contextmanager
def _file_held(database_path: Path, name: str, wait: float) -> Iterator[HeldFile]:
    path = database_path.with_name(f"{database_path.name}.{name}.lock")
    lock = FileLock(path, timeout=wait, mode=0o600)
    try:
        lock.acquire(poll_interval=0.02)
    except Timeout:
        raise _busy(name, path.read_text("utf-8")) from None
    try:
        path.write_text(_holder(), "utf-8")
        yield HeldFile(path, lock)
    finally:
        lock.release()


class HeldRow:
    """A lock on a row, held by an open transaction on a connection of its own, which says at intervals that we live.

    So a holder that is cut off, or stands still, loses the lock after a minute, and one that lost it knows soon.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lost = False
        self._one_at_a_time = threading.Lock()
        self._ended = threading.Event()
        self._beat = threading.Thread(target=self._say_at_intervals, name="eld-lock", daemon=True)
        self._beat.start()

    def still_held(self) -> bool:
        """Ask the database, over the connection that holds the lock; once lost it is lost."""
        with self._one_at_a_time:
            if not self._lost:
                try:
                    self._connection.execute(text("SELECT 1"))
                except Exception:  # noqa: BLE001  whatever it is, nobody can say that it is ours
                    self._lost = True
            return not self._lost

    def end(self) -> None:
        """Say no more."""
        self._ended.set()
        self._beat.join()

    def _say_at_intervals(self) -> None:
        while not self._ended.wait(BEAT_SECONDS) and self.still_held():
            pass


@contextmanager
def _row_held(database: Database, name: str, wait: float) -> Iterator[HeldRow]:
    # Not from the pool: a night that waits for a connection must not starve the lock it works under.
    engine = make_engine(database.url, pooled=False)
    with told_apart():
        connection = engine.connect()
    try:
        with told_apart():
            _lock_row(connection, name, wait)
        held = HeldRow(connection)
        try:
            yield held
        finally:
            held.end()
    finally:
        # A connection that died has given its lock up already.
        with suppress(SQLAlchemyError):
            connection.close()
        engine.dispose()


def _lock_row(connection: Connection, name: str, wait: float) -> None:
    connection.execute(text("INSERT INTO named_locks (name) VALUES (:name) ON CONFLICT DO NOTHING"), {"name": name})
    connection.commit()
    # Whatever the server does with idle transactions, and with those of other units: this one is heard of.
    connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{SILENT_SECONDS}s'"))
    connection.execute(
        text("SELECT set_config('application_name', :label, true)"), {"label": f"eld {name} {_holder()}"[:63]}
    )
    statement = "SELECT name FROM named_locks WHERE name = :name FOR UPDATE"
    if wait > 0:
        connection.execute(
            text("SELECT set_config('lock_timeout', :limit, true)"), {"limit": f"{max(1, round(wait * 1000))}ms"}
        )
    else:
        statement += " NOWAIT"
    try:
        connection.execute(text(statement), {"name": name})
    except DBAPIError as fault:
        if not is_busy(fault):
            raise
        connection.rollback()
        raise _busy(name, _row_holder(connection, name)) from None


def _row_holder(connection: Connection, name: str) -> str:
    prefix = f"eld {name} "
    labels = connection.execute(
        text(
            "SELECT application_name FROM pg_stat_activity"
            " WHERE starts_with(application_name, :prefix) AND wait_event_type IS DISTINCT FROM 'Lock'"
        ),
        {"prefix": prefix},
    ).scalars()
    return ", ".join(label.removeprefix(prefix) for label in labels)


def _busy(name: str, holder: str) -> Busy:
    return Busy(f"The lock {name} is held by {holder or 'another process'}.")
