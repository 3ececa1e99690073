"""One use case, one transaction: everything of it is kept, or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.faults import UnitEnded, told_apart


class Reading:
    """A look at one moment of the database; the database itself refuses to be changed through it."""

    def __init__(self, session: Session) -> None:
        self._session: Session | None = session

    @property
    def session(self) -> Session:
        """Return the session of this unit; raises UnitEnded after the unit's end."""
        if self._session is None:
            raise UnitEnded("this unit of work has ended")
        return self._session

    def end(self) -> None:
        """Give everything up that was not committed; further use is an error."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(DBAPIError):  # a connection that is lost has given it up already
                session.close()


class UnitOfWork(Reading):
    """Changes that belong together; leaving the block without `commit` undoes them all."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._last_acts: list[Callable[[], None]] = []

    def at_commit(self, act: Callable[[], None]) -> None:
        """Have `act` run as the last thing before the commit, in the same transaction.

        For what takes a lock that everybody needs, so that it is held for as short as can be.
        """
        _ = self.session
        self._last_acts.append(act)

    def commit(self) -> None:
        """Keep what was done and end the unit; raises UnitEnded when it has ended already."""
        session = self.session
        session.flush()
        for act in self._last_acts:
            act()
        session.commit()
        self.end()


@contextmanager
def unit_on(engine: Engine) -> Iterator[UnitOfWork]:
    """Open a unit of work; see Database.unit_of_work."""
    work = UnitOfWork(_session_on(engine))
    try:
        with told_apart():
            yield work
    finally:
        work.end()


@contextmanager
def reading_on(engine: Engine) -> Iterator[Reading]:
    """Open a unit that only reads; see Database.reading."""
    look = Reading(_session_on(engine))
    try:
        with told_apart():
            yield look
    finally:
        look.end()


def _session_on(engine: Engine) -> Session:
    # autobegin is off so that nothing can slip into a second transaction after the commit.
    session = Session(engine, autobegin=False, expire_on_commit=False)
    session.begin()
    return session
