"""What a database can answer, as errors that say whether trying again helps."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.errors import AppError, Busy

# Lock not available, serialisation failure, deadlock: PostgreSQL's manual, appendix A.
BUSY_STATES = frozenset({"55P03", "40001", "40P01"})
# Connection faults, shutdowns, and a transaction that the server ended because nothing came of it.
AWAY_STATES = ("08", "57P", "25P03", "25P04")
BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class DatabaseAway(AppError):
    """The database cannot be reached, or went away in the middle: nothing of the unit was kept.

    Where it went away at the very commit, all of the unit may have been kept; whoever tries again looks first.
    """

    code = "E08"
    retryable = True


class UnitEnded(RuntimeError):
    """A unit of work was used after its end: a mistake in the program, never the user's."""


@contextmanager
def told_apart() -> Iterator[None]:
    """Turn the driver's errors that another try may mend into Busy or DatabaseAway; let the others pass."""
    try:
        yield
    except NoConnectionFree as fault:
        raise Busy("Every connection to the database is in use.") from fault
    except DBAPIError as fault:
        if is_busy(fault):
            raise Busy("The database is busy with another change.") from fault
        if fault.connection_invalidated or is_away(fault):
            raise DatabaseAway("The database cannot be reached.") from fault
        raise


def is_busy(fault: DBAPIError) -> bool:
    """Say whether another transaction stood in the way."""
    original = fault.orig
    if isinstance(original, sqlite3.OperationalError):
        return getattr(original, "sqlite_errorcode", 0) & 0xFF in BUSY_CODES
    return isinstance(original, psycopg.Error) and original.sqlstate in BUSY_STATES


def is_away(fault: DBAPIError) -> bool:
    """Say whether there is no talking to the database at all."""
    original = fault.orig
    if isinstance(original, sqlite3.OperationalError):
        return getattr(original, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CANTOPEN
    if not isinstance(original, psycopg.Error):
        return False
    # A connection that failed has no SQLSTATE.
    if original.sqlstate is None:
        return isinstance(fault, OperationalError)
    return original.sqlstate.startswith(AWAY_STATES)
