"""Nights that are held, and nights that have not come."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select

from app.db.unit_of_work import Reading
from app.domain.alarms import AlarmKind
from app.domain.brake import RELEASES_NEEDED
from app.domain.files import FileState, HoldKind
from app.models.alarms import Alarm
from app.models.exports import ExportFile, HoldRelease, NightHold, NightRun
from app.services.alarms.conditions import Condition, in_words
from app.services.exports.brake import may_run, standing_holds
from app.services.exports.night_clock import LATE_AFTER, due_night, night_moment
from app.services.system import System

EVERY_NIGHT = "every-night"


def nights_held(system: System, look: Reading) -> Iterator[Condition]:
    """Yield what holds the nights: the brake, until two people release it, or a person."""
    for hold in standing_holds(look):
        since = in_words(hold.made_at, system.settings.timezone)
        if hold.kind is HoldKind.PERSON:
            # Neither who nor why: both may name people, and the console shows them.
            says = f"A person holds the nights since {since}: nothing but urgent corrections goes."
            todo = (("Let the nights go again", "eld export unhold"),)
            yield Condition(AlarmKind.NIGHT_HELD, EVERY_NIGHT, says, todo)
        else:
            yield _brake(look, hold, since)


def _brake(look: Reading, hold: NightHold, since: str) -> Condition:
    given = look.session.scalar(select(func.count()).select_from(HoldRelease).where(HoldRelease.hold_id == hold.id))
    says = (
        f"The brake holds the night of {hold.night:%-d %B %Y} since {since}: {hold.changes} changes, {hold.ceases} of "
        f"them ceases, of {hold.live} live records. Nothing was numbered. {given} of {RELEASES_NEEDED} people have "
        "released it."
    )
    todo = (("Who has looked at it", f"eld export release --night {hold.night} --as EMAIL"),)
    return Condition(AlarmKind.NIGHT_HELD, hold.night.isoformat(), says, todo)


def nights_missed(system: System, look: Reading) -> Iterator[Condition]:
    """Yield the newest night that was due more than 15 minutes ago, is not finished, and not held for a reason told."""
    now = system.clock.now()
    due = due_night(system, look)
    if due is None:
        return
    night = due.night
    if now <= night_moment(system.settings, night) + LATE_AFTER:
        night -= timedelta(days=1)  # it is its turn now, and the one before is late until it has come
        if night not in due.missed:
            return
    if not may_run(look, system.today) or _refused(look) or _let_go_lately(look, now):
        return
    due_at, run = night_moment(system.settings, night), look.session.get(NightRun, night)
    zone = system.settings.timezone
    began = "was not begun" if run is None else f"began at {in_words(run.started_at, zone)} and has not come to its end"
    says = f"The night of {night:%-d %B %Y} was due at {in_words(due_at, zone)} and {began}."
    todo = (
        ("It is made up for while a scheduler runs, whose log says what stands in the way", "eld scheduler"),
        ("Try it by hand", "eld export run"),
    )
    yield Condition(AlarmKind.NIGHT_MISSED, night.isoformat(), says, todo)


def _refused(look: Reading) -> bool:
    """Whether a refused file keeps every night back, which is an alarm of its own."""
    holding = ExportFile.holds & (ExportFile.state == FileState.FCO_REJECTED)
    return bool(look.session.scalar(select(exists().where(holding))))


def _let_go_lately(look: Reading, now: datetime) -> bool:
    """Whether what held the night ended just now: it gets as long to come as at its own hour."""
    ended = Alarm.kind.in_((AlarmKind.NIGHT_HELD, AlarmKind.FILE_REFUSED)) & (Alarm.cleared_at >= now - LATE_AFTER)
    return bool(look.session.scalar(select(exists().where(ended))))
