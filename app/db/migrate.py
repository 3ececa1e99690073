"""Bring a database to the schema of this version: from nothing, or from any version before."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.db.engine import Database, make_engine
from app.db.faults import told_apart
from app.db.locks import named_lock
from app.errors import Misconfigured

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_WAIT_SECONDS = 600
# Any number will do, so long as nothing else of ours takes an advisory lock with it.
UPGRADE_LOCK = 0x454C44


def upgrade(database: Database) -> tuple[str, ...]:
    """Apply what is pending, in one transaction, and return the names of what was applied.

    Safe to run by two processes at once: one works, the other waits and finds nothing to do.
    Raises Misconfigured when a later version of this program has made the schema.
    """
    with _alone(database) as connection:
        todo = _pending(connection)
        if todo:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _check_references(connection)
        connection.commit()
    return todo


def current(database: Database) -> str | None:
    """Return the name of the last migration that was applied, or nothing on an empty database."""
    with database.reading() as look:
        return MigrationContext.configure(look.session.connection()).get_current_revision()


def pending(database: Database) -> tuple[str, ...]:
    """Return the names of the migrations still to be applied, first to last."""
    if database.path is not None and not database.path.exists():
        return _all()  # asking SQLite would make the file
    with database.reading() as look:
        return _pending(look.session.connection())


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """Give a connection in a transaction that no other upgrade runs beside."""
    engine = make_engine(database.url, pooled=False, foreign_keys=False)
    try:
        with told_apart():
            if database.path is not None:
                _make_file(database.path)
                with named_lock(database, "upgrade", wait=UPGRADE_WAIT_SECONDS), engine.connect() as connection:
                    yield connection
            else:
                with engine.connect() as connection:
                    # The table of named locks may not exist yet; this one ends with the transaction.
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
                    yield connection
    finally:
        engine.dispose()


def _make_file(path: Path) -> None:
    # Names and addresses lie in it: for the service's own user alone, also what SQLite lays beside it.
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _all() -> tuple[str, ...]:
    scripts = ScriptDirectory.from_config(_config())
    return tuple(reversed([script.revision for script in scripts.walk_revisions()]))


def _pending(connection: Connection) -> tuple[str, ...]:
    known = _all()
    applied = MigrationContext.configure(connection).get_current_revision()
    if applied is None:
        return known
    if applied not in known:
        raise Misconfigured(f"The database's schema {applied} is of a later version than this program.")
    return known[known.index(applied) + 1 :]


def _check_references(connection: Connection) -> None:
    # SQLite tables are rebuilt with foreign keys off; this is the check that was put off.
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            tables = ", ".join(sorted({str(row[0]) for row in broken}))
            raise Misconfigured(f"The upgrade would leave rows that point nowhere, in: {tables}. Nothing was changed.")
