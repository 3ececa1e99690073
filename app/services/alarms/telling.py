"""Telling what stands over each channel: once, again each day, and that it is over; at least once, never a storm.

A try is written before anything is sent. Whoever dies between sending and noting leaves a try without an outcome: it
is made again after a pause, under the same key, and the pauses grow. So a message can come twice, but not each minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from app.db.unit_of_work import Reading
from app.domain.alarms import AlarmKind
from app.models.alarms import Alarm, AlarmTelling
from app.services.alarms.messages import NotSent, Sender, Word, alarm_message
from app.services.system import System

LONGEST_PAUSE = timedelta(hours=1)
MOST_AT_ONCE = 20
# That something is over is worth no more tries when nobody could be told for so long.
OVER_FOR = timedelta(days=7)
# A job that fails and succeeds by turns is told of once an hour.
QUIET = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Due:
    alarm: Alarm
    telling: AlarmTelling | None
    word: Word

    @property
    def told(self) -> int:
        return 0 if self.telling is None else self.telling.told


def tell(system: System, sender: Sender) -> None:
    """Send what is due over one channel, the oldest first; what does not get through is tried again later."""
    with system.database.reading() as look:
        due = list(_due(system, look, sender))
    for item in due[:MOST_AT_ONCE]:
        if not _begin(system, sender, item):
            continue
        try:
            remark = sender.send(alarm_message(system, item.alarm, item.word, item.told))
        except NotSent as fault:
            given_up = item.alarm.cleared_at is not None and system.clock.now() > item.alarm.cleared_at + OVER_FOR
            _note(system, sender, item, fault=fault.why, done=given_up)
            if fault.channel_down:
                return
        else:
            now = system.clock.now()
            over = item.word is Word.OVER
            _note(system, sender, item, told=item.told + 1, told_at=now, tries=0, fault=remark, done=over)


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries that came to nothing: 1, 2, 4 ... minutes, an hour at most."""
    return min(timedelta(minutes=1 << min(tries - 1, 10)), LONGEST_PAUSE)


def _due(system: System, look: Reading, sender: Sender) -> Iterator[_Due]:
    ours = and_(AlarmTelling.alarm_id == Alarm.id, AlarmTelling.channel == sender.channel)
    standing = select(Alarm, AlarmTelling).outerjoin(AlarmTelling, ours).where(Alarm.cleared_at.is_(None))
    ended = (
        select(Alarm, AlarmTelling).join(AlarmTelling, ours).where(~AlarmTelling.done, Alarm.cleared_at.is_not(None))
    )
    for query in (ended, standing):
        for alarm, telling in look.session.execute(query.order_by(Alarm.id)):
            word = _word(system, alarm, telling)
            if word is not None and not (word is Word.RAISED and _flaps(system, look, alarm)):
                yield _Due(alarm, telling, word)


def _word(system: System, alarm: Alarm, telling: AlarmTelling | None) -> Word | None:
    """Return what is to be said now, if anything."""
    if telling is None:
        return Word.RAISED
    now = system.clock.now()
    if telling.tries and telling.tried_at is not None and now < telling.tried_at + pause_after(telling.tries):
        return None
    if alarm.cleared_at is not None:
        return Word.OVER
    if telling.told_at is None:
        return Word.RAISED
    return Word.LASTS if now >= _next_day(system, telling.told_at) else None


def _next_day(system: System, told_at: datetime) -> datetime:
    """The same time of the next day where the provider is, which is 23 or 25 hours off twice a year."""
    local = told_at.astimezone(system.settings.timezone)
    return (local + timedelta(days=1)).astimezone(UTC)


def _flaps(system: System, look: Reading, alarm: Alarm) -> bool:
    before = aliased(Alarm)
    same = (before.kind == alarm.kind) & (before.subject == alarm.subject) & (before.id != alarm.id)
    lately = before.cleared_at > system.clock.now() - QUIET
    return alarm.kind is AlarmKind.JOB_FAILS and bool(look.session.scalar(select(exists().where(same, lately))))


def _begin(system: System, sender: Sender, item: _Due) -> bool:
    """Write down the try; false where another process was quicker."""
    now = system.clock.now()
    try:
        with system.database.unit_of_work() as work:
            if item.telling is None:
                first = AlarmTelling(alarm_id=item.alarm.id, channel=sender.channel, tries=1, tried_at=now)
                work.session.add(first)
            else:
                unchanged = (AlarmTelling.tries == item.telling.tries) & (AlarmTelling.told == item.telling.told)
                begun = update(AlarmTelling).where(_row(sender, item), unchanged)
                begun = begun.values(tries=AlarmTelling.tries + 1, tried_at=now).returning(AlarmTelling.tries)
                if work.session.scalar(begun) is None:
                    return False
            work.commit()
    except IntegrityError:
        return False
    return True


def _note(system: System, sender: Sender, item: _Due, **values: object) -> None:
    with system.database.unit_of_work() as work:
        work.session.execute(update(AlarmTelling).where(_row(sender, item)).values(**values))
        work.commit()


def _row(sender: Sender, item: _Due) -> ColumnElement[bool]:
    return (AlarmTelling.alarm_id == item.alarm.id) & (AlarmTelling.channel == sender.channel)
