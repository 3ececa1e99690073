"""The directory in the database, as the rules ask it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.orm import Session

from app.db.unit_of_work import Reading
from app.models.directory import DirectoryEdition, DirectoryPostcode
from validators.directory import DirectoryEntry

PREFETCH_MOST = 5_000  # SQLite takes 32,766 values in one statement, PostgreSQL 65,535
CACHE_MOST = 50_000

Facts = Row[int, date | None, bool, list[Any]]

FACTS = select(
    DirectoryEdition.id, DirectoryEdition.edition, DirectoryEdition.knows_end_dates, DirectoryEdition.areas
).where(DirectoryEdition.current)


class DatabaseDirectory:
    """The current edition, for one unit of work; validators.Directory.

    Each answer is kept, also that there is none, so that a batch fetched before asks nothing again. A statement
    always asks whichever edition is current: one that is replaced meanwhile is never taken for an empty one.
    """

    def __init__(self, session: Session, facts: Facts) -> None:
        self._session = session
        self._cache: dict[str, DirectoryEntry | None] = {}
        self._guesses: dict[str, DirectoryEntry | None] = {}
        self._sectors: dict[str, tuple[str, ...]] = {}
        self._take(facts)

    @property
    def edition(self) -> date | None:
        """The day of the edition, None where its source gives none."""
        return self._edition

    @property
    def knows_end_dates(self) -> bool:
        """Whether postcodes that have ended are in it, with their dates."""
        return self._knows_end_dates

    def covers(self, area: str) -> bool:
        """Whether a postcode of this area that is not in the directory is news."""
        return area in self._areas

    def find(self, postcode: str) -> DirectoryEntry | None:
        """Find one postcode, live or ended, written `LS11 5DF`."""
        if postcode not in self._cache:
            self._room_for(1)
            found = {entry.postcode: entry for entry in self._ask(DirectoryPostcode.postcode == postcode)}
            self._cache[postcode] = found.get(postcode)
        return self._cache[postcode]

    def prefetch(self, postcodes: Collection[str]) -> None:
        """Fetch up to 5,000 postcodes in one statement; those that are unknown are remembered as such.

        Raises ValueError for more: the caller's batches are too large.
        """
        wanted = {postcode for postcode in postcodes if postcode not in self._cache}
        if len(wanted) > PREFETCH_MOST:
            raise ValueError(f"{len(wanted)} postcodes in one batch; at most {PREFETCH_MOST}")
        if wanted:
            self._room_for(len(wanted))
            found = {entry.postcode: entry for entry in self._ask(DirectoryPostcode.postcode.in_(sorted(wanted)))}
            self._cache |= {postcode: found.get(postcode) for postcode in wanted}

    def find_all(self, postcodes: Collection[str]) -> Mapping[str, DirectoryEntry]:
        """Find those of up to 5,000 postcodes that are in it, in one statement.

        For what may have been meant: many are asked of which few exist, so they are remembered apart and never
        drive out what was fetched for a batch. Raises ValueError for more.
        """
        wanted = {postcode for postcode in postcodes if postcode not in self._guesses}
        if len(wanted) > PREFETCH_MOST:
            raise ValueError(f"{len(wanted)} postcodes in one question; at most {PREFETCH_MOST}")
        if len(self._guesses) + len(wanted) > CACHE_MOST:
            self._guesses.clear()
            wanted = set(postcodes)
        if wanted:
            found = {entry.postcode: entry for entry in self._ask(DirectoryPostcode.postcode.in_(sorted(wanted)))}
            self._guesses |= {postcode: found.get(postcode) for postcode in wanted}
        # An edition that was replaced meanwhile leaves those out that were remembered from the one before.
        return {postcode: entry for postcode in postcodes if (entry := self._guesses.get(postcode)) is not None}

    def neighbours(self, postcode: str) -> Sequence[str]:
        """List the postcodes of the same sector (`LS11 5`) in order, the postcode itself among them if it exists."""
        sector = postcode[:-2]
        if sector not in self._sectors:
            # All that begin with the sector, as a range of the key: a digit's successor is a character too.
            end = sector[:-1] + chr(ord(sector[-1]) + 1)
            within = and_(DirectoryPostcode.postcode >= sector, DirectoryPostcode.postcode < end)
            found = {entry.postcode: entry for entry in self._ask(within)}
            self._room_for(len(found))
            self._cache |= found
            self._sectors[sector] = tuple(sorted(found))
        return self._sectors[sector]

    def _ask(self, condition: ColumnElement[bool]) -> Iterator[DirectoryEntry]:
        """Ask the current edition; the outer join tells its id even where no postcode is found."""
        of_edition = DirectoryPostcode.edition_id == DirectoryEdition.id
        statement = (
            select(
                DirectoryEdition.id,
                DirectoryPostcode.postcode,
                DirectoryPostcode.latitude,
                DirectoryPostcode.longitude,
                DirectoryPostcode.terminated,
                DirectoryPostcode.large_user,
            )
            .outerjoin(DirectoryPostcode, and_(of_edition, condition))
            .where(DirectoryEdition.current)
        )
        rows = self._session.execute(statement).all()
        if rows and rows[0].id != self._id:
            self._take(self._session.execute(FACTS).one())
        for _, postcode, latitude, longitude, terminated, large_user in rows:
            if postcode is not None:
                yield DirectoryEntry(postcode, latitude, longitude, terminated, large_user)

    def _take(self, facts: Facts) -> None:
        self._id = facts.id
        self._edition: date | None = facts.edition
        self._knows_end_dates: bool = facts.knows_end_dates
        self._areas = frozenset(facts.areas)
        self._cache.clear()
        self._guesses.clear()
        self._sectors.clear()

    def _room_for(self, more: int) -> None:
        if len(self._cache) + more > CACHE_MOST:
            self._cache.clear()
            self._sectors.clear()


def open_directory(work: Reading) -> DatabaseDirectory | None:
    """Return the current directory for the time of the unit, or None where none is loaded (P00)."""
    facts = work.session.execute(FACTS).one_or_none()
    return None if facts is None else DatabaseDirectory(work.session, facts)
