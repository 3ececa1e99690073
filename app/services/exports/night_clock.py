"""The night's clock: each date's night is run once, by whichever scheduler comes first, and made up for when missed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from app.db.locks import named_lock
from app.db.unit_of_work import Reading
from app.domain.actors import SCHEDULER
from app.domain.files import FileState
from app.models.accounts import Installation
from app.models.exports import ExportFile, NightRun
from app.services.exports.brake import may_run
from app.services.exports.night import ExportReport, deliver_urgent, run_export
from app.services.exports.urgent import send_urgent
from app.services.system import System
from app.settings import Settings

LATE_AFTER = timedelta(minutes=15)
# Clocks of several nodes differ a little. A night that began further ahead was run by a clock that was wrong.
CLOCKS_DIFFER = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class DueNight:
    """The night to run now, and the dates before it that were missed, which it makes up for."""

    night: date
    missed: tuple[date, ...]


def night_moment(settings: Settings, night: date) -> datetime:
    """Return, in UTC, when the night of a date is due: one moment, whatever the clocks do on that date.

    A time that is skipped in March is counted on from the last real one, so that 01:30 is 02:30 by the new clock;
    of a time that comes twice in October the first is meant.
    """
    return datetime.combine(night, settings.export_at, settings.timezone).astimezone(UTC)


def due_night(system: System, look: Reading) -> DueNight | None:
    """Return the night that is due and was not finished, None where there is none.

    The dates before the installation were never due.
    """
    now = system.clock.now()
    night = system.today
    if night_moment(system.settings, night) > now:
        night -= DAY
    installed = look.session.get_one(Installation, 1).set_up_at
    first = installed.astimezone(system.settings.timezone).date()
    if night_moment(system.settings, first) < installed:
        first += DAY
    finished = set(
        look.session.scalars(
            select(NightRun.run_date).where(
                NightRun.finished_at.is_not(None), NightRun.started_at <= now + CLOCKS_DIFFER
            )
        )
    )
    if night < first or night in finished:
        return None
    before = (first + place * DAY for place in range((night - first).days))
    return DueNight(night, tuple(day for day in before if day not in finished))


def run_night_if_due(system: System, on_step: Callable[[str], None] = lambda _: None) -> ExportReport | None:
    """Run the night that is due, once; it makes up for every night before it that was missed.

    What is due comes from the database, not from a timer, and one run with today's date sends all that waits,
    however long nobody was there. A night that is held stays due, and is only looked at until it is let go.
    Busy where another scheduler is at it, NightHeld where the brake holds what was worked out; whatever is raised,
    the night stays due and the next look takes it up where it stands.
    """
    if _look(system) is None:
        return None
    # Held for the whole night: one that is unfinished is another's at work, unless nobody holds this.
    with named_lock(system.database, "night"):
        due = _look(system)
        if due is None:
            return None
        _begin(system, due.night)
        report = run_export(system, SCHEDULER, on_step=on_step)
        _finish(system, due, report)
    return report


def send_what_is_urgent(system: System, on_step: Callable[[str], None] = lambda _: None) -> ExportReport:
    """Send urgent corrections that may go, and between two nights whatever has its number and could not leave.

    An urgent file that met a broken line must not wait for the next night. Raises what `run_export` raises.
    """
    with system.database.reading() as look:
        left_over = due_night(system, look) is None and _has_left_over(look)
    return deliver_urgent(system, SCHEDULER, on_step) if left_over else send_urgent(system, SCHEDULER, on_step)


def _look(system: System) -> DueNight | None:
    """Return the night to run now. What is held is not worked out again each minute; what has a number must leave."""
    with system.database.reading() as look:
        due = due_night(system, look)
        if due is None or may_run(look, system.today) or _has_left_over(look):
            return due
    return None


def _has_left_over(look: Reading) -> bool:
    found = select(ExportFile.id).where(ExportFile.state == FileState.EXTRACTED).limit(1)
    return look.session.scalar(found) is not None


def _begin(system: System, night: date) -> None:
    """Note that the night has begun; one that was begun before is taken up again, and late where it now is."""
    now = system.clock.now()
    late = now - night_moment(system.settings, night) > LATE_AFTER
    with system.database.unit_of_work() as work:
        run = work.session.get(NightRun, night, with_for_update=True)
        if run is None:
            work.session.add(NightRun(run_date=night, started_at=now, late=late))
        else:
            run.started_at, run.finished_at, run.late = min(run.started_at, now), None, late
        work.commit()


def _finish(system: System, due: DueNight, report: ExportReport) -> None:
    """Note the night as run, and each missed date as made up for by it: a date has one row, whatever happened."""
    now = system.clock.now()
    with system.database.unit_of_work() as work:
        run = work.session.get_one(NightRun, due.night, with_for_update=True)
        if run.finished_at is not None:
            return  # our lock was lost on the way, and another has finished it
        run.finished_at, run.summary = now, report.as_dict()
        for night in due.missed:
            missed = work.session.get(NightRun, night, with_for_update=True)
            if missed is None:
                missed = NightRun(run_date=night, started_at=run.started_at)
                work.session.add(missed)
            missed.started_at = min(missed.started_at, now)
            missed.finished_at, missed.late = now, True
            missed.summary = {"made_up_for_by": due.night.isoformat()}
        work.commit()
