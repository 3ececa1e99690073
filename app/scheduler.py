"""The clockwork: looks, again and again, at what the database says is due. It remembers nothing itself."""

from collections.abc import Callable
from datetime import timedelta
from threading import Lock

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from app.domain.actors import SCHEDULER
from app.errors import AppError, Busy
from app.services.exports.night_clock import run_night_if_due
from app.services.import_worker import run_waiting_imports
from app.services.replies.collecting import collect_replies
from app.services.system import System
from emergency_export.faults import ExportError

NIGHT_EVERY = timedelta(minutes=1)
AGENT_EVERY = timedelta(seconds=5)
IMPORTS_EVERY = timedelta(seconds=3)

log = structlog.get_logger()
Job = Callable[[], object]


def start_scheduler(system: System, agent_step: Callable[[System], object] | None = None) -> BackgroundScheduler:
    """Start the jobs in the background and return the scheduler; `shutdown(wait=True)` lets a step come to its end.

    It may be started many times, on many nodes: named locks and the row of a night make one work and the others
    yield. With `agent_step` the simulated agent answers too.
    """
    at_imports = Lock()
    jobs: list[tuple[str, timedelta, Job]] = [
        ("night", NIGHT_EVERY, lambda: run_night_if_due(system)),
        ("replies", system.settings.replies_every, lambda: collect_replies(system, SCHEDULER)),
        ("imports", IMPORTS_EVERY, lambda: _import_alone(system, at_imports, lambda: not scheduler.running)),
    ]
    if agent_step is not None:
        jobs.append(("agent", AGENT_EVERY, lambda: agent_step(system)))
    scheduler = BackgroundScheduler(
        timezone=system.settings.timezone,
        # A late look is a look: nothing is dropped, and several that were missed are one.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for name, every, job in jobs:
        trigger = IntervalTrigger(seconds=int(every.total_seconds()))
        scheduler.add_job(
            _guarded,
            trigger,
            args=(name, job),
            id=name,
            next_run_time=system.clock.now(),
            # A long import is no reason for a warning every three seconds: the second look sees it, and goes.
            max_instances=2 if name == "imports" else 1,
        )
    scheduler.start()
    return scheduler


def _import_alone(system: System, at_imports: Lock, stopped: Callable[[], bool]) -> None:
    """Work on the uploads that wait unless this process is at it already; what is unfinished at the end waits on."""
    if not at_imports.acquire(blocking=False):
        return
    try:
        run_waiting_imports(system, stopped)
    finally:
        at_imports.release()


def _guarded(name: str, job: Job) -> None:
    """Run a job; what fails is told and tried again at the next look."""
    try:
        job()
    except Busy:
        log.info("job_yielded", job=name)
    except (AppError, ExportError) as fault:
        log.warning("job_failed", job=name, error=type(fault).__name__, retryable=fault.retryable, message=str(fault))
    except Exception as fault:  # noqa: BLE001  the clockwork must go on, whatever one job meets
        # No traceback: a failed statement may carry names and addresses.
        log.error("job_failed", job=name, error=type(fault).__name__)  # noqa: TRY400
