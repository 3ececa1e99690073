"""A process of the services seen through its seams: transport, file system, journal, keys and, at the driver, database.

Any call can be made to fail, once or for good, before it is done or just after, or to be the process's last.
"""

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from weakref import WeakSet

import psycopg
from seams import CountedDisk, Fault, Seams, counted_transport
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from stage_copies import known_database

from app.audit import journal, keys
from app.errors import AppError
from emergency_export import pipeline
from emergency_export.faults import ExportError
from emergency_export.transport import FolderTransport

TYPED = (AppError, ExportError, OSError, DBAPIError)
OF_THE_SYSTEM = {"open", "fsync", "link"}


# the database, at the driver


class SqliteCursor(sqlite3.Cursor):
    def execute(self, *args):
        return self.connection.met("execute", lambda: super(SqliteCursor, self).execute(*args))

    def executemany(self, *args):
        return self.connection.met("execute many", lambda: super(SqliteCursor, self).executemany(*args))


class SqliteConnection(sqlite3.Connection):
    """Never dropped, since nothing lies between: what fails is the disk."""

    seams: Seams | None = None

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._cursors = WeakSet()

    def cursor(self, factory=SqliteCursor):
        made = super().cursor(factory)
        self._cursors.add(made)
        return made

    def commit(self):
        self.met("commit", super().commit)

    def rollback(self):
        if not self.seams.dead:
            super().rollback()

    def close(self):
        # A cursor that somebody still holds would keep it open, and its transaction too.
        while self._cursors:
            self._cursors.pop().close()
        super().close()

    def hang_up(self):
        self.close()

    def met(self, name, operation):
        if self.seams is None:
            return operation()
        return self.seams.meet(f"database {name}", operation, lambda _: self._fault())

    @staticmethod
    def _fault():
        fault = sqlite3.OperationalError("disk I/O error")
        fault.sqlite_errorcode = sqlite3.SQLITE_IOERR
        return fault


class PostgresCursor(psycopg.Cursor):
    def execute(self, *args, **options):
        return self.connection.met("execute", lambda: super(PostgresCursor, self).execute(*args, **options))

    def executemany(self, *args, **options):
        return self.connection.met("execute many", lambda: super(PostgresCursor, self).executemany(*args, **options))

    @contextmanager
    def copy(self, *args, **options):
        self.connection.met("copy", lambda: None)
        with super().copy(*args, **options) as copying:
            yield copying


class PostgresStream(psycopg.ServerCursor):
    def __del__(self):
        """What a fault broke off goes with its connection, and warns nobody."""

    def execute(self, *args, **options):
        return self.connection.met("declare", lambda: super(PostgresStream, self).execute(*args, **options))

    def fetchmany(self, size=0):
        return self.connection.met("fetch", lambda: super(PostgresStream, self).fetchmany(size))


class PostgresConnection(psycopg.Connection):
    seams: Seams | None = None

    def commit(self):
        self.met("commit", super().commit)

    def rollback(self):
        if self.seams is None or not self.seams.dead:
            super().rollback()

    def hang_up(self):
        self.pgconn.finish()

    def met(self, name, operation):
        if self.seams is None:
            return operation()
        return self.seams.meet(f"database {name}", operation, self._fault)

    def _fault(self, dropped):
        if dropped:
            with socket.socket(fileno=os.dup(self.pgconn.socket)) as wire:
                wire.shutdown(socket.SHUT_RDWR)
            try:
                psycopg.Cursor(self).execute("SELECT 1")
            except psycopg.Error as gone:
                return gone
        if self.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
            self.pgconn.exec_(b"SELECT 1 / 0")  # the server too has given this transaction up
        return psycopg.errors.DiskFull("could not extend file: No space left on device")


def _connected(seams, dialect, arguments, parameters):
    if dialect.name == "sqlite":
        made = sqlite3.connect(*arguments, factory=SqliteConnection, **parameters)
    else:
        made = PostgresConnection.connect(*arguments, cursor_factory=PostgresCursor, **parameters)
        made.server_cursor_factory = PostgresStream
    made.seams = seams
    return made


# files, journal and keys


class CountedOs:
    def __init__(self, place: str, seams: Seams) -> None:
        self._place, self._seams = place, seams

    def __getattr__(self, name):
        found = getattr(os, name)
        if name not in OF_THE_SYSTEM:
            return found
        return lambda *args, **options: self._seams.meet(
            f"{self._place} {name}", lambda: found(*args, **options), lambda _: OSError(28, "No space left on device")
        )


@contextmanager
def process(stage, seams: Seams, *, witness: Callable[[Any], Any] = lambda transport: transport) -> Iterator[Any]:
    """Open the stage's installation as a process of its own has it, everything outside reached through the seams."""
    disk, connections = CountedDisk(seams), []
    database = known_database(stage.system.settings.database_url, "counted")
    database.dispose()
    transport = witness(FolderTransport(stage.root, disk=disk))

    def connect(dialect, _record, arguments, parameters):
        connections.append(_connected(seams, dialect, arguments, parameters))
        return connections[-1]

    with ExitStack() as stack:
        event.listen(Engine, "do_connect", connect)
        stack.callback(event.remove, Engine, "do_connect", connect)
        stack.enter_context(patch.object(pipeline, "Disk", lambda: disk))
        for module, place in ((journal, "journal"), (keys, "keys")):
            stack.enter_context(patch.object(module, "os", CountedOs(place, seams)))
        stack.callback(database.dispose)
        # The process is gone: the databases undo what was not committed.
        stack.callback(lambda: [connection.hang_up() for connection in connections])
        yield replace(
            stage, system=replace(stage.system, database=database, transport=counted_transport(transport, seams))
        )


def suffer(
    stage, fault: Fault | None, act: Callable[[Any, Callable[[str], None]], Any], **options: Any
) -> tuple[Seams, BaseException | None]:
    """Have `act(stage, on_step)` done by a process that meets the fault; return what it met, and how it ended.

    Whatever comes out that has no type of its own is a fault of the program, and is raised.
    """
    seams = Seams(fault)
    with process(stage, seams, **options) as counted:
        try:
            act(counted, seams.step)
        except BaseException as ended:
            if seams.dead or isinstance(ended, TYPED):
                return seams, ended
            raise
    return seams, None
