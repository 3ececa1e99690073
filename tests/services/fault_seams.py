"""A process seen through its seams: every call of transport, file system, journal and database is counted, and any
of them can be made to fail, once or for good, before it is done or just after, or to be the process's last."""

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from stage_copies import known_database

from app.audit import journal, keys
from app.errors import AppError
from emergency_export import pipeline
from emergency_export.disk import Disk
from emergency_export.faults import ExportError, TransportDown
from emergency_export.transport import FolderTransport

TYPED = (AppError, ExportError, OSError, DBAPIError)
DISK = {"create", "write", "append", "sync", "size", "rename", "sync_folder", "remove", "read", "digest"}
OF_THE_SYSTEM = {"open", "fsync", "link"}


class Killed(BaseException):
    """The process ended here: nothing in the program may catch it, and nothing that it does afterwards counts."""


@dataclass(frozen=True)
class Fault:
    """What happens to the `at`-th call: an `error`, a connection that is `dropped`, or a `crash`."""

    at: int
    kind: str = "crash"
    after: bool = False
    for_good: bool = False

    def __str__(self) -> str:
        when = " just after it was done" if self.after else " and ever after" if self.for_good else ""
        return f"{self.kind} at call {self.at}{when}"


@dataclass
class Seams:
    """Counts the calls of one process; `names` are theirs, `struck` says how many of them failed."""

    fault: Fault | None = None
    struck: int = 0
    dead: bool = False

    def __post_init__(self) -> None:
        self.names: list[str] = []
        self._connections: list[Any] = []

    def meet(self, name: str, operation: Callable[[], Any], fail: Callable[[bool], Exception]) -> Any:
        """Do one call, unless it is the one that fails; `fail` makes its error, and drops what is to be dropped."""
        if self.dead:
            raise Killed
        self.names.append(name)
        at, fault = len(self.names), self.fault
        if fault is None or at < fault.at or (at > fault.at and not fault.for_good):
            return operation()
        done = operation() if fault.after else None
        self.struck += 1
        if isinstance(done, os.PathLike | str | bytes | int | float | None) is False and hasattr(done, "close"):
            with suppress(Exception):
                done.close()  # a file that nobody gets
        if fault.kind == "crash":
            self.dead = True
            raise Killed
        raise fail(fault.kind == "dropped")

    def hang_up(self) -> None:
        """The process is gone: the databases undo what was not committed."""
        for connection in self._connections:
            connection.hang_up()

    def watch(self, connection: Any) -> Any:
        connection.seams = self
        self._connections.append(connection)
        return connection


# the database, at the driver


class SqliteCursor(sqlite3.Cursor):
    def execute(self, *args):
        return self.connection.met("execute", lambda: super(SqliteCursor, self).execute(*args))

    def executemany(self, *args):
        return self.connection.met("execute many", lambda: super(SqliteCursor, self).executemany(*args))


class SqliteConnection(sqlite3.Connection):
    """Never dropped, since nothing lies between: what fails is the disk."""

    seams: Seams | None = None

    def cursor(self, factory=SqliteCursor):
        return super().cursor(factory)

    def commit(self):
        self.met("commit", super().commit)

    def rollback(self):
        if not self.seams.dead:
            super().rollback()

    def hang_up(self):
        super().close()

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


def _connect(seams, dialect, record, arguments, parameters):
    del record
    if dialect.name == "sqlite":
        return seams.watch(sqlite3.connect(*arguments, factory=SqliteConnection, **parameters))
    made = PostgresConnection.connect(*arguments, cursor_factory=PostgresCursor, **parameters)
    made.server_cursor_factory = PostgresStream
    return seams.watch(made)


# transport, files, journal


class CountedDisk(Disk):
    def __init__(self, seams: Seams) -> None:
        self._seams = seams

    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        if name not in DISK:
            return found
        return lambda *args: self._seams.meet(
            f"disk {name}", lambda: found(*args), lambda _: OSError(5, "Input/output error")
        )


class CountedTransport:
    def __init__(self, transport, seams: Seams) -> None:
        self._transport, self._seams = transport, seams

    def __getattr__(self, name):
        found = getattr(self._transport, name)
        if not callable(found):
            return found
        return lambda *args, **options: self._seams.meet(
            f"transport {name}", lambda: found(*args, **options), lambda _: TransportDown("the line broke")
        )


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
    disk = CountedDisk(seams)
    transport = witness(FolderTransport(stage.root, disk=disk))

    def connect(dialect, record, arguments, parameters):
        return _connect(seams, dialect, record, arguments, parameters)

    with ExitStack() as stack:
        event.listen(Engine, "do_connect", connect)
        stack.callback(event.remove, Engine, "do_connect", connect)
        stack.enter_context(patch.object(pipeline, "Disk", lambda: disk))
        for module, place in ((journal, "journal"), (keys, "keys")):
            stack.enter_context(patch.object(module, "os", CountedOs(place, seams)))
        database = known_database(stage.system.settings.database_url, "counted")
        database.dispose()
        stack.callback(database.dispose)
        stack.callback(seams.hang_up)
        system = replace(stage.system, database=database, transport=CountedTransport(transport, seams))
        yield replace(stage, system=system)


def suffer(stage, fault: Fault | None, act: Callable[[Any], Any], **options: Any) -> tuple[Seams, BaseException | None]:
    """Have `act(stage)` done by a process that meets the fault; return what it met, and how it ended otherwise.

    Whatever comes out that has no type of its own is a fault of the program, and is raised.
    """
    seams = Seams(fault)
    with process(stage, seams, **options) as counted:
        try:
            act(counted)
        except BaseException as ended:
            if seams.dead or isinstance(ended, TYPED):
                return seams, ended
            raise
    return seams, None
