"""The night's clock: each date's night is run once, by whichever scheduler comes first, and made up for when missed."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app.db.locks import named_lock
from app.domain.actors import SCHEDULER
from app.models.accounts import Installation
from app.models.exports import NightRun
from app.services.exports.night import ExportReport, run_export
from app.services.system import System

LATE_AFTER_SECONDS = 15 * 60


def run_night_if_due(system: System) -> ExportReport | None:
    """Run the night of today once, after ELD_EXPORT_AT; the row of the date makes every other scheduler yield.

    What is due comes from the database, not from a timer: a night that was missed is made up for at the next look.
    Busy where another scheduler is at it.
    """
    now = system.clock.now().astimezone(system.settings.timezone)
    if now.time() < system.settings.export_at:
        return None
    # Held for the whole night: one that is unfinished is another's at work, unless nobody holds this.
    with named_lock(system.database, "night"):
        if not _begin(system, now):
            return None
        report = run_export(system, SCHEDULER)
        with system.database.unit_of_work() as work:
            run = work.session.get_one(NightRun, now.date())
            run.finished_at, run.summary = system.clock.now(), report.as_dict()
            work.commit()
    return report


def _begin(system: System, now: datetime) -> bool:
    """Take the night of `now`; false where it is done or another has it. An unfinished one is taken again."""
    due_at = datetime.combine(now.date(), system.settings.export_at, system.settings.timezone)
    try:
        with system.database.unit_of_work() as work:
            if work.session.get_one(Installation, 1).set_up_at > due_at:
                return False  # this night came before the installation: nothing was missed
            run = work.session.get(NightRun, now.date())
            if run is not None:
                return run.finished_at is None
            late = (now - due_at).total_seconds() > LATE_AFTER_SECONDS
            work.session.add(NightRun(run_date=now.date(), started_at=now, late=late))
            work.commit()
    except IntegrityError:
        return False
    return True
