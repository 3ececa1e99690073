"""The database: SQLite on one machine, PostgreSQL for several nodes, one set of promises."""

import os
import re
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

import psycopg
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError

from app.db.unit_of_work import Reading, UnitOfWork, reading_on, unit_on
from app.errors import Misconfigured

BUSY_SECONDS = 30

# A peer that is gone without a word is noticed within about 15 seconds, not after hours.
POSTGRESQL_ARGUMENTS: dict[str, Any] = {
    "application_name": "eld",
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "prepare_threshold": None,  # a prepared statement does not survive behind a transaction pooler
}
# And the server is to notice as soon that we are gone: it would keep our locks for two hours. A process that stands
# still in the middle of a unit of work is cut off, so that what it locked is free (docs/decisions/0012).
# Said as a statement, since a pooler refuses settings that it does not know at the start of a connection.
POSTGRESQL_SESSION = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;"
    "SET tcp_user_timeout = 15000; SET idle_in_transaction_session_timeout = '5min'"
)
READ_ONLY_STATE = "25006"

# As PostgreSQL's own programs read it; SQLAlchemy reads one host alone between `//` and the name.
SEVERAL_HOSTS = re.compile(r"(postgres(?:ql)?(?:\+psycopg)?://(?:[^@/?#]*@)?)([^@/?#]*,[^@/?#]*)(.*)", re.DOTALL)
HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
USUAL_PORT = "5432"


class Database:
    """One database, its connections and its units of work.

    `url` is `sqlite:///path` or `postgresql://...`. Raises Misconfigured for any other.
    """

    def __init__(self, url: str) -> None:
        self.url = read_url(url)
        self.dialect = self.url.get_backend_name()
        self._engine = make_engine(self.url)
        self._writing = self._engine.execution_options(unit="write")
        self._reading = self._engine.execution_options(unit="read", **self._reading_options())

    @property
    def path(self) -> Path | None:
        """Return the file of an SQLite database, else nothing."""
        if self.dialect == "sqlite":
            return Path(str(self.url.database))
        return None

    def unit_of_work(self) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work: `with database.unit_of_work() as work: ... work.commit()`.

        Without the commit nothing is kept. Raises Busy and DatabaseAway, both retryable.
        """
        return unit_on(self._writing)

    def reading(self) -> AbstractContextManager[Reading]:
        """Open a unit that reads one moment of the database and cannot write, fit for a replica too."""
        return reading_on(self._reading)

    def dispose(self) -> None:
        """Close every idle connection."""
        self._engine.dispose()

    def _reading_options(self) -> dict[str, Any]:
        if self.dialect == "sqlite":
            return {}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def read_url(text: str) -> URL:
    """Return the address with the driver that is meant; raises Misconfigured, never printing a password.

    Several hosts, `postgresql://one:5432,two:5432/name` or SQLAlchemy's `?host=one:5432&host=two:5432`, are tried in
    that order until one takes changes: after a failover the same address finds the new primary.
    """
    several = SEVERAL_HOSTS.fullmatch(text)
    try:
        url = make_url(text if several is None else f"{several[1]}{several[3]}")
    except (ArgumentError, ValueError):
        raise Misconfigured("The database's address cannot be read: sqlite:///PATH or postgresql://.") from None
    name = url.get_backend_name()
    if name in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
        if several is not None:
            url = url.update_query_dict(_hosts(several[2]))
        return _to_a_primary(url)
    if name != "sqlite":
        raise Misconfigured(f"A database of the kind {name} is not supported: SQLite or PostgreSQL.")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        # Several processes work on it and lock a file beside it.
        raise Misconfigured("An SQLite database needs a file: sqlite:///PATH.")
    return url.set(database=str(Path(url.database).absolute()))


def _hosts(text: str) -> dict[str, str]:
    """Return several hosts as SQLAlchemy and the driver take them."""
    found = [HOST.fullmatch(part) for part in text.split(",")]
    read = [(part[1].strip("[]"), part[2] or USUAL_PORT) for part in found if part is not None]
    if len(read) != len(found):
        raise Misconfigured("The database's hosts cannot be read: postgresql://one:5432,two:5432/name.")
    return {"host": ",".join(host for host, _ in read), "port": ",".join(port for _, port in read)}


def _to_a_primary(url: URL) -> URL:
    """Of several hosts, take the one that can be written; an address that says otherwise is left as it is."""
    hosts = url.query.get("host", "")
    if isinstance(hosts, tuple) or "," in hosts:
        return url.update_query_dict({"target_session_attrs": "read-write", **url.query})
    return url


def make_engine(url: URL, *, pooled: bool = True, foreign_keys: bool = True) -> Engine:
    """Return an engine for `url`; `foreign_keys=False` is for migrations, which check them at their end."""
    # hide_parameters: the values of a failed statement are people's names and addresses.
    options: dict[str, Any] = {"hide_parameters": True}
    if not pooled:
        options["poolclass"] = NullPool
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, **options)
        event.listen(engine, "connect", lambda connection, _: _prepare_sqlite(connection, foreign_keys))
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(url, pool_pre_ping=pooled, connect_args=POSTGRESQL_ARGUMENTS, **options)
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "handle_error", _keep_values_out)
        event.listen(engine, "handle_error", _leave_standby)
        event.listen(engine, "handle_error", _close_cut_off)
    _engines.add(engine)
    return engine


def _prepare_sqlite(connection: Any, foreign_keys: bool) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late and is never IMMEDIATE
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    cursor.close()


def _prepare_postgresql(connection: Any, _: object) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL_SESSION)
    connection.autocommit = False


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("unit") == "read":
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("PRAGMA query_only = OFF")
        # IMMEDIATE: a unit that reads and then writes must not find that another wrote in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _keep_values_out(context: ExceptionContext) -> None:
    # PostgreSQL's DETAIL quotes the row ("Key (number)=(...) already exists"): it must reach no log.
    original = context.original_exception
    if isinstance(original, psycopg.Error) and original.diag.message_primary:
        text = original.diag.message_primary
        original.args = (text,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"{type(original).__name__}: {text}",)


def _leave_standby(context: ExceptionContext) -> None:
    # The server that we write to has become a standby: every connection to it is of no use any more.
    original, connection = context.original_exception, context.connection
    reading = connection is not None and connection.get_execution_options().get("unit") == "read"
    if isinstance(original, psycopg.Error) and original.sqlstate == READ_ONLY_STATE and not reading:
        context.is_disconnect = True


def _close_cut_off(context: ExceptionContext) -> None:
    # SQLAlchemy leaves the cursor of a lost connection open.
    cursor: Any = getattr(context.execution_context, "cursor", None)
    if context.is_disconnect and cursor is not None:
        with suppress(psycopg.Error):
            cursor.close()


def _leave_inherited() -> None:
    # A connection opened before a fork belongs to the parent: two processes on one socket mix their answers.
    for engine in _engines:
        engine.dispose(close=False)


_engines: WeakSet[Engine] = WeakSet()
os.register_at_fork(after_in_child=_leave_inherited)
