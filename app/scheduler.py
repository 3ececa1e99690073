"""The clockwork: looks, again and again, at what the database says is due. It remembers nothing itself."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Lock

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from app.clock import SystemClock
from app.domain.actors import SCHEDULER
from app.errors import AppError, Busy, NightHeld
from app.services.alarms.jobs import note_job
from app.services.alarms.watching import watch
from app.services.enquiries.keeping import expire_enquiries
from app.services.exports.gaps import mend_gaps
from app.services.exports.night_clock import run_night_if_due, send_what_is_urgent
from app.services.idempotency import expire_idempotency
from app.services.import_worker import run_waiting_imports
from app.services.lookup.keeping import keep_look_ups
from app.services.people.keeping import expire_people
from app.services.people.mail import send_waiting
from app.services.replies.collecting import collect_replies
from app.services.reports.coverage import note_coverage
from app.services.system import System
from app.services.trail_state import verify_daily
from app.services.webhooks.comparing import note_changes
from app.services.webhooks.delivering import deliver_due
from app.services.webhooks.log import expire_webhooks
from emergency_export.faults import ExportError
from emergency_export.ports import STEPS, Step

NIGHT_EVERY = timedelta(minutes=1)
URGENT_EVERY = timedelta(minutes=1)
ALARMS_EVERY = timedelta(minutes=1)
AGENT_EVERY = timedelta(seconds=5)
IMPORTS_EVERY = timedelta(seconds=3)
MAIL_EVERY = timedelta(seconds=15)
STATUSES_EVERY = timedelta(seconds=15)
WEBHOOKS_EVERY = timedelta(seconds=5)
EXPIRY_EVERY = timedelta(hours=1)
TRAIL_EVERY = timedelta(hours=1)  # walked once a day, and again at each look while it is not whole
FIGURES_EVERY = timedelta(hours=1)  # kept once a day, at the first look of the day
LOOK_UPS_EVERY = timedelta(hours=1)
# A file that the agent has, whole, is also marked as delivered before the night is broken off.
STOPPING_STEPS = frozenset(STEPS) - {Step.RENAMED, Step.DELIVERED}

log = structlog.get_logger()
Job = Callable[[], object]


class Stopping(AppError):
    """The process was asked to stop: what it was at is left whole, and the next look goes on with it."""

    code = "E10"
    retryable = True


class Clockwork:
    """The jobs of one process. It may be started many times, on many nodes: one works, the others yield.

    With `agent_step` the simulated agent answers too.
    """

    def __init__(self, system: System, agent_step: Callable[[System], object] | None = None) -> None:
        self._system, self._agent_step = system, agent_step
        self._stopping = False
        self._at_imports = Lock()
        self._scheduler = BackgroundScheduler(
            timezone=system.settings.timezone,
            # A late look is a look: nothing is dropped, and several that were missed are one.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def jobs(self) -> Iterator[tuple[str, timedelta, Job]]:
        """Yield each job's name, how often it looks, and what it does."""
        system = self._system
        yield "night", NIGHT_EVERY, lambda: run_night_if_due(system, self._stop_at_step)
        yield "urgent", URGENT_EVERY, lambda: send_what_is_urgent(system, self._stop_at_step)
        yield "replies", system.settings.replies_every, self._collect
        yield "alarms", ALARMS_EVERY, lambda: watch(system)
        yield "imports", IMPORTS_EVERY, self._import_alone
        yield "mail", MAIL_EVERY, lambda: send_waiting(system)
        yield "people", EXPIRY_EVERY, lambda: expire_people(system)
        yield "enquiries", EXPIRY_EVERY, lambda: expire_enquiries(system)
        yield "figures", FIGURES_EVERY, lambda: note_coverage(system)
        yield "trail", TRAIL_EVERY, lambda: verify_daily(system)
        yield "statuses", STATUSES_EVERY, lambda: note_changes(system)
        yield "webhooks", WEBHOOKS_EVERY, lambda: deliver_due(system, lambda: self._stopping)
        yield "webhook-log", EXPIRY_EVERY, lambda: expire_webhooks(system)
        yield "repeats", EXPIRY_EVERY, lambda: expire_idempotency(system)
        yield "look-ups", LOOK_UPS_EVERY, lambda: keep_look_ups(system)
        if (agent_step := self._agent_step) is not None:
            yield "agent", AGENT_EVERY, lambda: agent_step(system)

    def start(self) -> None:
        """Begin to look, in the background; each job at once, then at its interval."""
        for name, every, job in self.jobs():
            self._scheduler.add_job(
                self.look,
                IntervalTrigger(seconds=every.total_seconds()),
                args=(name, job),
                id=name,
                next_run_time=SystemClock().now(),  # this library goes by the machine's clock, whatever ours is
                # A long import is no reason for a warning every three seconds: the second look sees it, and goes.
                max_instances=2 if name == "imports" else 1,
            )
        self._scheduler.start()
        log.info("scheduler_started", jobs=[job.id for job in self._scheduler.get_jobs()])

    @property
    def stopping(self) -> bool:
        """Say whether it was asked to stop."""
        return self._stopping

    def ask_to_stop(self) -> None:
        """Let no further step begin. It sets a word and no more, so that a signal may call it, and call it again."""
        self._stopping = True

    def shut_down(self) -> None:
        """Return when every job has come to the end of its step and is left whole."""
        self.ask_to_stop()
        self._scheduler.shutdown(wait=True)
        log.info("scheduler_stopped")

    def look(self, name: str, job: Job) -> None:
        """Run a job; what fails is told and tried again at the next look."""
        if self._stopping:
            return
        fault: Exception | None = None
        try:
            job()
        except Stopping:
            log.info("job_broken_off", job=name)
            return
        except Exception as met:  # noqa: BLE001  the clockwork must go on, whatever one job meets
            fault = met
            _tell(name, met)
        note_job(self._system, name, fault)

    def _stop_at_step(self, step: str) -> None:
        if self._stopping and step in STOPPING_STEPS:
            raise Stopping(f"stopped after the step: {step}")

    def _collect(self) -> None:
        """Apply what the agent answered, and send again what it missed of our sequence."""
        try:
            collect_replies(self._system, SCHEDULER)
        finally:  # a reply that cannot be read keeps no gap open
            if not self._stopping:
                mend_gaps(self._system, SCHEDULER)

    def _import_alone(self) -> None:
        """Work on the uploads that wait unless this process is at it already; what is unfinished waits on."""
        if not self._at_imports.acquire(blocking=False):
            return
        try:
            run_waiting_imports(self._system, lambda: self._stopping)
        finally:
            self._at_imports.release()


def _tell(name: str, fault: Exception) -> None:
    """Write what a job met into the log, without personal data."""
    error = type(fault).__name__
    if isinstance(fault, Busy):
        log.info("job_yielded", job=name)
    elif isinstance(fault, NightHeld):
        log.info("night_held", job=name)  # the message names who holds it, and why
    elif isinstance(fault, (AppError, ExportError)):
        log.warning("job_failed", job=name, error=error, retryable=fault.retryable, message=str(fault))
    else:
        # No message and no traceback: a failed statement may carry names and addresses.
        log.error("job_failed", job=name, error=error)
