"""Replace the postcode directory: the new edition whole, or the old one untouched."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, delete, select, text, update

from app.audit.events import Action
from app.audit.keys import KeyStore
from app.audit.log import append
from app.clock import Clock
from app.db.bulk import copy_rows
from app.db.engine import Database
from app.db.locks import named_lock
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.models.directory import DirectoryEdition, DirectoryPostcode
from app.services.access import authorise
from app.services.directory.rows import BATCH, Progress, Source
from app.services.directory.source import open_source
from app.services.directory.spool import CheckedSource, checked
from app.services.directory.touched import Reviewed, note_known, send_to_review

if TYPE_CHECKING:
    from app.services.system import System

COLUMNS = ("edition_id", "postcode", "latitude", "longitude", "terminated", "large_user")


@dataclass(frozen=True, slots=True)
class LoadedDirectory:
    """What was loaded; `dated_by` says where the edition's date was found, `unplaced` counts rows without a place.

    `to_review` counts our records whose postcode was live in the edition before and is not in this one.
    """

    source: str
    edition: date | None
    dated_by: str
    areas: tuple[str, ...]
    knows_end_dates: bool
    rows: int
    unplaced: int
    sha256: str
    to_review: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "source": self.source,
            "edition": self.edition.isoformat() if self.edition else None,
            "dated_by": self.dated_by,
            "areas": list(self.areas),
            "knows_end_dates": self.knows_end_dates,
            "rows": self.rows,
            "unplaced": self.unplaced,
            "sha256": self.sha256,
            "to_review": self.to_review,
        }


def silent(_stage: str, _done: int, _total: int) -> None:
    """Show no progress."""


def load_directory(
    system: "System",
    actor: Actor,
    path: Path | None = None,
    progress: Progress = silent,
    *,
    northern_ireland: bool = False,
) -> LoadedDirectory:
    """Load the directory at `path`, or the optional data package, in place of the present one.

    `northern_ireland` takes BT out of the data package too, for an operator whose licence covers it.
    Raises NotAllowed, Refused with all faults of the source, and Busy while another load is under way.
    """
    authorise(actor, Permission.LOAD_DIRECTORY)
    source = open_source(path, northern_ireland=northern_ireland)
    return replace_directory(
        system.database, system.clock, system.keys, actor, source, today=system.today, progress=progress
    )


def replace_directory(
    database: Database,
    clock: Clock,
    keys: KeyStore,
    actor: Actor,
    source: Source,
    *,
    today: date,
    progress: Progress = silent,
) -> LoadedDirectory:
    """Read and check `source` first, then write it in one transaction with its events in the trail.

    `today` is the day where the provider is: what is wanted on it goes to review where its postcode has ended.
    """
    with named_lock(database, "postcode-directory"), checked(source, progress) as new:
        loaded = LoadedDirectory(
            source=new.facts.source,
            edition=new.facts.edition,
            dated_by=new.facts.dated_by,
            areas=new.areas,
            knows_end_dates=new.facts.knows_end_dates,
            rows=new.row_count,
            unplaced=new.unplaced,
            sha256=new.sha256,
        )
        with database.unit_of_work() as work:
            before = work.session.scalar(select(DirectoryEdition.id).where(DirectoryEdition.current))
            if before is not None:
                note_known(work, before, today)
            edition = _begin(work, loaded, clock)
            _write(work, edition.id, new, progress)
            told = {Action.DIRECTORY_LOADED: _detail(loaded)}
            if before is not None:
                reviewed = send_to_review(work, edition, today, clock.now())
                loaded = replace(loaded, to_review=reviewed.records)
                if reviewed.records:
                    told[Action.DIRECTORY_TOUCHED] = _touched_detail(loaded, reviewed)
            for action, detail in told.items():
                subject = str(edition.id)
                append(work, keys, clock, actor, action, subject_kind="directory", subject_id=subject, detail=detail)
            work.commit()
        return loaded


def _begin(work: UnitOfWork, loaded: LoadedDirectory, clock: Clock) -> DirectoryEdition:
    """End the old edition first: on SQLite the new one then takes the pages that it leaves."""
    work.session.execute(update(DirectoryEdition).where(DirectoryEdition.current).values(current=False))
    work.session.execute(delete(DirectoryPostcode))
    edition = DirectoryEdition(
        source=loaded.source,
        sha256=loaded.sha256,
        edition=loaded.edition,
        edition_from=loaded.dated_by,
        areas=list(loaded.areas),
        knows_end_dates=loaded.knows_end_dates,
        row_count=loaded.rows,
        loaded_at=clock.now(),
        current=True,
    )
    work.session.add(edition)
    work.session.flush()
    return edition


def _write(work: UnitOfWork, edition_id: int, new: CheckedSource, progress: Progress) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        for number, row in enumerate(new.rows(), 1):
            yield (edition_id, *row)
            if number % BATCH == 0:
                progress("writing", number, new.row_count)

    table = DirectoryPostcode.__table__
    assert isinstance(table, Table)  # noqa: S101  for the type checker: a mapped class may have another selectable
    copy_rows(work, table, COLUMNS, rows())
    if work.session.get_bind().dialect.name == "postgresql":
        # Until it knows how the rows lie, the planner reads all of them for a batch of a hundred postcodes.
        work.session.execute(text("ANALYZE directory_editions, directory_postcodes"))
    progress("writing", new.row_count, new.row_count)


def _detail(loaded: LoadedDirectory) -> dict[str, Any]:
    """Return the event's keys; the trail takes codes without spaces."""
    return {
        "source": loaded.source.lower().replace(" ", "-"),
        "edition": loaded.edition.isoformat() if loaded.edition else None,
        "rows": loaded.rows,
        "digest": loaded.sha256,
    }


def _touched_detail(loaded: LoadedDirectory, reviewed: Reviewed) -> dict[str, Any]:
    edition = loaded.edition.isoformat() if loaded.edition else None
    return {"edition": edition, "records": reviewed.records, "digest": reviewed.digest}
