"""Uploads from the pages: looked through first, applied when a person says so; long ones beside the page (L5).

An upload is a row of `import_jobs` and files on the shelf. A short one is worked on while its page is fetched, a long
one by the scheduler. What is worked on is marked as seen again and again: where its worker died, another takes it up.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, delete, func, select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.jobs import JobState
from app.domain.permissions import Permission
from app.errors import Conflict, NotFound, Problem, Refused
from app.models.accounts import Account
from app.models.imports import ImportJob
from app.services.access import authorise_account
from app.services.import_worker import AT_WORK, SOME_REFUSED, at_work, move, shelf_of, take_job, touched, work_on
from app.services.system import System
from app.services.upload_shelf import KEPT_FOR

SHORT = 200_000  # bytes, about 2,000 rows: a second or less
MOST_OPEN, MOST_LIMITS = 10, 2
TOO_MANY = f"{MOST_OPEN} uploads of this account are not applied yet: apply or discard one of them, then send this one."
TOO_MUCH = "What this account sent within the day fills the room that it has here: discard an upload, or wait a day."


@dataclass(frozen=True)
class UploadView:
    """One upload as its owner sees it; `report` has the counts of the dry run or, once applied, of the application."""

    token: str
    account_id: int
    state: JobState
    report: dict[str, Any] | None
    why: str
    rows_done: int
    bytes_done: int
    bytes_total: int
    created_at: datetime

    @property
    def expires(self) -> datetime:
        """Return when it goes."""
        return self.created_at + KEPT_FOR

    @property
    def under_way(self) -> bool:
        """Say whether somebody works on it, or is about to."""
        return self.state in {JobState.WAITING, *AT_WORK}


def receive_upload(system: System, actor: Actor, account_id: int, stream: BinaryIO) -> UploadView:
    """Keep an upload and look through it: at once where it is short, else as soon as a worker is free.

    Refused (U13) where the account has too much lying here already: one must not fill the disk for all.
    """
    authorise_account(actor, Permission.IMPORT_LOCATIONS, account_id)
    if actor.user_id is None and actor.key_id is None:
        raise NotFound("an upload belongs to a person, or to the key of a program")
    expire_uploads(system)
    with system.database.reading() as look:
        _check_room(system, look, account_id, 0)
    token, size = shelf_of(system).keep(stream)
    try:
        _enter(system, actor, account_id, token, size)
    except Refused:
        shelf_of(system).drop(token)
        raise
    return _now_if_short(system, actor, token, size)


def _enter(system: System, actor: Actor, account_id: int, token: str, size: int) -> None:
    with system.database.unit_of_work() as work:
        work.session.get(Account, account_id, with_for_update=True)  # of two at once the second counts the first
        _check_room(system, work, account_id, size)
        job = ImportJob(
            token=token,
            account_id=account_id,
            user_id=None if actor.key_id is not None else actor.user_id,
            key_id=actor.key_id,
            state=JobState.WAITING,
            bytes_total=size,
            created_at=system.clock.now(),
        )
        work.session.add(job)
        work.commit()


def _check_room(system: System, look: Reading, account_id: int, size: int) -> None:
    kept = select(func.count(), func.coalesce(func.sum(ImportJob.bytes_total), 0))
    kept = kept.where(ImportJob.account_id == account_id, ImportJob.created_at > system.clock.now() - KEPT_FOR)
    open_ones, _ = look.session.execute(kept.where(ImportJob.state != JobState.APPLIED)).one()
    _, lying = look.session.execute(kept).one()
    if open_ones >= MOST_OPEN:
        raise Refused([Problem("U13", "file", "error", TOO_MANY)])
    if lying + size > MOST_LIMITS * system.settings.upload_limit:
        raise Refused([Problem("U13", "file", "error", TOO_MUCH)])


def find_upload(system: System, actor: Actor, token: str) -> UploadView:
    """Return an upload to the person, or to the key, that made it; NotFound for anybody else, and after a day."""
    with system.database.reading() as look:
        job = look.session.scalars(select(ImportJob).where(*_mine(system, actor), ImportJob.token == token)).first()
        if job is None:
            raise NotFound("there is no such upload")
        authorise_account(actor, Permission.IMPORT_LOCATIONS, job.account_id)
        return _view(job)


def list_uploads(system: System, actor: Actor) -> list[UploadView]:
    """Return what a person has sent within the day, the newest first."""
    with system.database.reading() as look:
        jobs = look.session.scalars(select(ImportJob).where(*_mine(system, actor)).order_by(ImportJob.id.desc()))
        return [_view(job) for job in jobs]


def apply_upload(system: System, actor: Actor, token: str, *, skip_bad: bool) -> UploadView:
    """Have an upload applied that was looked through; Conflict where it is applied already, or just now."""
    upload = find_upload(system, actor, token)
    if upload.state is JobState.CHECKED and (upload.report or {}).get("refused") and not skip_bad:
        raise Refused([Problem("U12", "rows", "error", SOME_REFUSED)])
    begun = {"rows_done": 0, "bytes_done": 0, "seen_at": None, "why": ""}
    moved = {"state": JobState.APPLYING, "skip_bad": skip_bad, **begun}
    if not move(system, ImportJob.token == token, JobState.CHECKED, moved):
        raise Conflict("This upload is applied already, or is being applied just now.")
    return _now_if_short(system, actor, token, upload.bytes_total)


def check_again(system: System, actor: Actor, token: str) -> UploadView:
    """Have an upload looked through once more that could not be finished."""
    upload = find_upload(system, actor, token)
    again = {"state": JobState.WAITING, "why": "", "seen_at": None, "attempts": 0}
    if not move(system, ImportJob.token == token, JobState.FAILED, again):
        raise Conflict("This upload is being worked on.")
    return _now_if_short(system, actor, token, upload.bytes_total)


def discard_upload(system: System, actor: Actor, token: str) -> None:
    """Throw an upload away; Conflict while it is being applied."""
    upload = find_upload(system, actor, token)
    with system.database.unit_of_work() as work:
        gone = delete(ImportJob).where(ImportJob.token == token, ImportJob.state != JobState.APPLYING)
        if not touched(work, gone):
            raise Conflict("This upload is being applied just now.")
        work.commit()
    shelf_of(system).drop(upload.token)


def findings_of(system: System, upload: UploadView, page: int) -> tuple[list[Problem], int]:
    """Return a page of what was found in an upload, the worst first, and how many pages there are."""
    return shelf_of(system).place(upload.token).findings_page(page)


def refused_rows(system: System, upload: UploadView) -> Path | None:
    """Return the CSV of the refused rows with the reasons, None where no row was refused."""
    path = shelf_of(system).place(upload.token).refused
    return path if path.exists() else None


def expire_uploads(system: System) -> None:
    """Throw away what is a day old; what is being worked on is let finish."""
    shelf = shelf_of(system)
    old = ImportJob.created_at <= system.clock.now() - KEPT_FOR
    with system.database.reading() as look:
        gone = list(look.session.scalars(select(ImportJob.token).where(old, ~at_work(system))))
        known = set(look.session.scalars(select(ImportJob.token)))
    for token in gone:
        shelf.drop(token)  # before its row, which is what it is found by
    shelf.forget(known)
    if gone:
        with system.database.unit_of_work() as work:
            work.session.execute(delete(ImportJob).where(ImportJob.token.in_(gone)))
            work.commit()


def _now_if_short(system: System, actor: Actor, token: str, size: int) -> UploadView:
    if size <= SHORT:
        job = take_job(system, ImportJob.token == token)
        if job is not None:
            work_on(system, job, actor)
    return find_upload(system, actor, token)


def _mine(system: System, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """What a person has sent, or a program with its key."""
    own = ImportJob.user_id == actor.user_id if actor.key_id is None else ImportJob.key_id == actor.key_id
    return own, ImportJob.created_at > system.clock.now() - KEPT_FOR


def _view(job: ImportJob) -> UploadView:
    return UploadView(
        job.token,
        job.account_id,
        job.state,
        job.report,
        job.why,
        job.rows_done,
        job.bytes_done,
        job.bytes_total,
        job.created_at,
    )
