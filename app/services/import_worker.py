"""The work on uploads: each is one worker's alone, and where that died another takes it up."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import aliased

from app.db.locks import named_lock
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.jobs import JobState
from app.errors import AppError, Busy, Conflict, NotFound
from app.models.imports import ImportJob
from app.services.accounts import find_person
from app.services.api_door import actor_of_key
from app.services.import_report import ImportReport
from app.services.progress import Counted, Heartbeat
from app.services.system import System
from app.services.upload_shelf import UploadShelf
from app.services.uploads import import_locations

FORSAKEN = timedelta(minutes=1)
MOST_ATTEMPTS = 3
AT_WORK = (JobState.CHECKING, JobState.APPLYING)
SOME_REFUSED = "Nothing was applied: some rows are refused. Apply the good rows only, or mend the file."
BROKEN_OFF = "Work on this file was broken off three times. Nothing was changed by it: please tell us."
OUR_FAULT = "Something went wrong on our side. Nothing was changed by this file."

log = structlog.get_logger()


def run_waiting_imports(system: System, stopped: Callable[[], bool] = lambda: False) -> int:
    """Work on the uploads that wait, one after the other, until none is left; return how many there were.

    Once `stopped` says so, the one under way is given back as if it had not been begun. May run in several
    processes: each upload is one's alone. On SQLite one process works and the others yield.
    """
    alone = nullcontext() if system.database.path is None else named_lock(system.database, "imports")
    count = 0
    try:
        with alone:
            while not stopped() and (job := take_job(system)) is not None:
                count += 1
                if not work_on(system, job, stopped=stopped):
                    break  # the database is busy or away: at the next look
    except Busy:
        return count
    return count


@dataclass(frozen=True)
class Job:
    """One upload that is ours to work on."""

    id: int
    token: str
    account_id: int
    user_id: int | None
    key_id: int | None
    state: JobState
    skip_bad: bool
    size: int


def take_job(system: System, *which: ColumnElement[bool]) -> Job | None:
    """Mark an upload that waits, or that its worker has forsaken, as ours, and return it; accounts take turns."""
    now = system.clock.now()
    forsaken = or_(ImportJob.seen_at.is_(None), ImportJob.seen_at < now - FORSAKEN)
    waits = or_(ImportJob.state == JobState.WAITING, ImportJob.state.in_(AT_WORK) & forsaken)
    with system.database.unit_of_work() as work:
        other = aliased(ImportJob)
        last = select(func.max(other.seen_at)).where(other.account_id == ImportJob.account_id).scalar_subquery()
        # Accounts take turns: whose uploads were last looked at longest ago is first, so that none starves the rest.
        turn = (last.is_not(None), last, ImportJob.id)
        oldest = select(ImportJob).where(waits, *which).order_by(*turn).limit(1)
        job = work.session.scalars(oldest.with_for_update(skip_locked=True)).one_or_none()
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            # Whatever kills its workers would kill the next one too.
            job.state, job.why, job.finished_at = JobState.FAILED, BROKEN_OFF, now
            work.commit()
            return take_job(system, *which)
        job.attempts += 1
        if job.state is JobState.WAITING:
            job.state = JobState.CHECKING
        job.seen_at, job.rows_done, job.bytes_done = now, 0, 0
        taken = Job(
            job.id, job.token, job.account_id, job.user_id, job.key_id, job.state, job.skip_bad, job.bytes_total
        )
        work.commit()
    return taken


def work_on(system: System, job: Job, actor: Actor | None = None, stopped: Callable[[], bool] = lambda: False) -> bool:
    """Look through an upload, or apply it; false where it has to wait: the database is busy or away, or we stop."""
    try:
        _import(system, job, actor or _sender(system, job), stopped)
    except AppError as fault:
        if fault.retryable:
            given_back = {"seen_at": None, "attempts": ImportJob.attempts - 1}
            move(system, ImportJob.id == job.id, job.state, given_back)
            return False
        _fail(system, job, str(fault))
    except Exception as fault:  # noqa: BLE001  whatever one file meets, the others go on
        # No traceback: a failed statement may carry names and addresses.
        log.error("import_failed", error=type(fault).__name__)  # noqa: TRY400
        _fail(system, job, OUR_FAULT)
    return True


def _sender(system: System, job: Job) -> Actor:
    if job.key_id is not None:
        program = actor_of_key(system, job.key_id, "scheduler")
        if program is None:
            raise NotFound("The key with which this file was sent is in force no longer.")
        return program
    person = None if job.user_id is None else find_person(system, job.user_id)
    if person is None:
        raise NotFound("The person who sent this file has no log-in any more.")
    return person.actor("scheduler")


def _import(system: System, job: Job, actor: Actor, stopped: Callable[[], bool]) -> None:
    place = shelf_of(system).place(job.token)
    applying = job.state is JobState.APPLYING

    def finish(work: UnitOfWork, report: ImportReport) -> None:
        """In the transaction of the rows: they are in, and the upload is applied, or neither."""
        place.keep_report(report)
        applied = {"state": JobState.APPLIED, "report": report.counts(), **_end(system, job, report)}
        if not touched(work, _moving(ImportJob.id == job.id, job.state, applied)):
            raise Conflict("Another process has finished this upload.")

    with place.rows.open("rb") as stream:
        counted = Counted(stream)
        # SQLite has one writer: while rows are written, nobody can write how far that is.
        silent = applying and system.database.path is not None
        beat = Heartbeat(counted, None if silent else _marker(system, job), stopped)
        report = import_locations(
            system,
            actor,
            job.account_id,
            counted,
            size=job.size,
            dry_run=not applying,
            skip_bad=job.skip_bad,
            progress=beat,
            finish=finish,
        )
    if applying and not report.saved:
        # The page goes on showing what the dry run found.
        again = {"state": JobState.CHECKED, "why": SOME_REFUSED, "seen_at": None, "attempts": 0}
        move(system, ImportJob.id == job.id, job.state, again)
    elif not applying:
        place.keep_report(report)
        checked = {"state": JobState.CHECKED, "report": report.counts(), **_end(system, job, report)}
        move(system, ImportJob.id == job.id, job.state, checked)


def _end(system: System, job: Job, report: ImportReport) -> dict[str, Any]:
    ended = {"rows_done": report.rows, "bytes_done": job.size, "finished_at": system.clock.now()}
    return {**ended, "why": "", "attempts": 0}


def _marker(system: System, job: Job) -> Callable[[int, int], None]:
    """Return what marks an upload as seen, with how far it is."""

    def mark(rows: int, size: int) -> None:
        done = {"rows_done": rows, "bytes_done": min(size, job.size), "seen_at": system.clock.now()}
        move(system, ImportJob.id == job.id, job.state, done)

    return mark


def _fail(system: System, job: Job, why: str) -> None:
    failed = {"state": JobState.FAILED, "why": why[:500], "finished_at": system.clock.now()}
    move(system, ImportJob.id == job.id, job.state, failed)


def move(system: System, which: ColumnElement[bool], was: JobState, columns: dict[str, Any]) -> bool:
    """Change an upload that is still in a state, in a transaction of its own; say whether it was."""
    with system.database.unit_of_work() as work:
        moved = touched(work, _moving(which, was, columns))
        work.commit()
    return moved


def _moving(which: ColumnElement[bool], state: JobState, columns: dict[str, Any]) -> Any:
    return update(ImportJob).where(which, ImportJob.state == state).values(columns)


def touched(work: UnitOfWork, statement: Any) -> bool:
    """Execute a change and say whether it found something to change."""
    result: Any = work.session.execute(statement.execution_options(synchronize_session=False))
    return bool(result.rowcount)


def at_work(system: System) -> ColumnElement[bool]:
    """Return the condition that somebody is working on an upload."""
    seen = ImportJob.seen_at >= system.clock.now() - FORSAKEN
    return ImportJob.state.in_(AT_WORK) & ImportJob.seen_at.is_not(None) & seen


def shelf_of(system: System) -> UploadShelf:
    """Return where the uploads lie."""
    return UploadShelf(system.settings.data_dir)
