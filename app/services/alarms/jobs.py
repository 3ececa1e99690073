"""Jobs of the schedulers that fail: noted by whoever runs them, told of while it lasts."""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from app.db.unit_of_work import Reading
from app.domain.alarms import AlarmKind
from app.errors import AppError, Busy, NightHeld, RefusalHolds
from app.models.alarms import JobFault
from app.services.alarms.conditions import Condition, in_words
from app.services.system import System

RETRYABLE_AT_MOST = 2
# A process that has told nothing for so many of its looks, and at least so long, is gone.
LOOKS_MISSED = 3
GONE_AFTER = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
BY_HAND = {"night": "eld export run", "urgent": "eld export run", "replies": "eld replies collect"}


def note_job(system: System, name: str, fault: Exception | None) -> None:
    """Note how a job of this process ended; never raises: where even this fails, the log has what failed.

    Raised of after a permanent fault, or the third in a row that another try may mend. One that yielded to another
    process has neither failed nor succeeded; one that waits for a person's word on a night or file is told of as that.
    """
    if isinstance(fault, (Busy, NightHeld, RefusalHolds)):
        return
    with suppress(AppError, SQLAlchemyError):
        if fault is None:
            _forget(system, name)
        else:
            _keep(system, name, fault)


def jobs_failing(system: System, look: Reading) -> Iterator[Condition]:
    """Yield the jobs that fail, in whichever processes: one alarm for each job."""
    silent = system.clock.now() - max(GONE_AFTER, LOOKS_MISSED * system.settings.replies_every)
    failing = (JobFault.permanent | (JobFault.faults > RETRYABLE_AT_MOST)) & (JobFault.last_at > silent)
    rows = look.session.scalars(select(JobFault).where(failing).order_by(JobFault.job, JobFault.first_at))
    for job, faults in groupby(rows, key=lambda row: row.job):
        yield _condition(system, job, list(faults))


def _condition(system: System, job: str, faults: Sequence[JobFault]) -> Condition:
    since = in_words(faults[0].first_at, system.settings.timezone)
    errors = ", ".join(sorted({fault.error for fault in faults}))
    nodes = len({fault.node for fault in faults})
    where = "a scheduler" if nodes == 1 else f"{nodes} schedulers"
    says = f"The job {job} of {where} fails since {since}: {errors}. It is tried again at each look; the log says more."
    by_hand = BY_HAND.get(job)
    todo = (("Try it by hand, and read what stands in the way", by_hand),) if by_hand else ()
    return Condition(AlarmKind.JOB_FAILS, job, says, todo)


def _forget(system: System, name: str) -> None:
    here = (JobFault.job == name) & (JobFault.node == _node())
    with system.database.reading() as look:
        if look.session.scalar(select(JobFault.job).where(here)) is None:
            return
    with system.database.unit_of_work() as work:
        work.session.execute(delete(JobFault).where(here))
        work.commit()


def _keep(system: System, name: str, fault: Exception) -> None:
    now = system.clock.now()
    # An error that the program does not know is a mistake in it, and another try will not mend that.
    permanent = not getattr(fault, "retryable", False)
    with system.database.unit_of_work() as work:
        row = work.session.get(JobFault, (name, _node()), with_for_update=True)
        if row is None:
            _forget_gone(work, now)
            row = JobFault(job=name, node=_node(), faults=0, permanent=False, first_at=now)
            work.session.add(row)
        row.faults, row.permanent, row.error, row.last_at = row.faults + 1, permanent, type(fault).__name__, now
        work.commit()


def _forget_gone(look: Reading, now: datetime) -> None:
    look.session.execute(delete(JobFault).where(JobFault.last_at < now - FORGOTTEN_AFTER))


def _node() -> str:
    return f"{os.getpid()}@{socket.gethostname()}"
