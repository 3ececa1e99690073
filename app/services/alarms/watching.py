"""The watch: compares what is so with what stands as an alarm, raises, clears, and tells."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.events import Action
from app.db.locks import named_lock
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import SCHEDULER
from app.domain.alarms import AlarmKind
from app.models.alarms import Alarm
from app.services.alarms.channels import open_channels
from app.services.alarms.conditions import Condition
from app.services.alarms.files import files_refused, files_stuck
from app.services.alarms.jobs import jobs_failing
from app.services.alarms.nights import nights_held, nights_missed
from app.services.alarms.overdue import fco_overdue, final_overdue
from app.services.alarms.telling import tell
from app.services.alarms.urgent import urgent_waits
from app.services.system import System

Look = Callable[[System, Reading], Iterator[Condition]]

# A night that is let go is given its time to come: so what holds it is looked at before whether it came.
LOOKS: dict[AlarmKind, Look] = {
    AlarmKind.NIGHT_HELD: nights_held,
    AlarmKind.FILE_REFUSED: files_refused,
    AlarmKind.NIGHT_MISSED: nights_missed,
    AlarmKind.FILE_STUCK: files_stuck,
    AlarmKind.FCO_OVERDUE: fco_overdue,
    AlarmKind.FINAL_OVERDUE: final_overdue,
    AlarmKind.URGENT_WAITS: urgent_waits,
    AlarmKind.JOB_FAILS: jobs_failing,
}


def watch(system: System) -> None:
    """Raise what is new, clear what is over, and tell what is due; Busy where another process is at it.

    No kind of alarm and no channel stops another: the first error of them is raised when all are through.
    """
    with named_lock(system.database, "alarms"):
        steps: list[Callable[[], None]] = [partial(_settle, system, kind) for kind in LOOKS]
        steps += [partial(tell, system, sender) for sender in open_channels(system.settings)]
        faults = [fault for step in steps if (fault := _fault_of(step)) is not None]
    if faults:
        raise faults[0]


def _fault_of(step: Callable[[], None]) -> Exception | None:
    try:
        step()
    except Exception as fault:  # noqa: BLE001  raised by the caller, after the others had their turn
        return fault
    return None


def _settle(system: System, kind: AlarmKind) -> None:
    """Make the alarms of a kind equal to what is so."""
    with system.database.reading() as look:
        found = tuple(LOOKS[kind](system, look))
        if {alarm.subject: alarm.text for alarm in _standing(look, kind)} == {
            item.subject: item.text for item in found
        }:
            return
    try:
        with system.database.unit_of_work() as work:
            _change(system, work, kind, found)
            work.commit()
    except IntegrityError:
        return  # raised by another process in the same moment: the database keeps one


def _change(system: System, work: UnitOfWork, kind: AlarmKind, found: Sequence[Condition]) -> None:
    standing = {alarm.subject: alarm for alarm in _standing(work, kind, locked=True)}
    now = system.clock.now()
    for item in found:
        alarm = standing.pop(item.subject, None)
        if alarm is not None:
            alarm.text = item.text
            continue
        work.session.add(Alarm(kind=kind, subject=item.subject, text=item.text, raised_at=now))
        _record(system, work, Action.ALARM_RAISED, kind, item.subject)
    for alarm in standing.values():
        alarm.cleared_at = now
        _record(system, work, Action.ALARM_CLEARED, kind, alarm.subject)


def _standing(look: Reading, kind: AlarmKind, *, locked: bool = False) -> Sequence[Alarm]:
    query = select(Alarm).where(Alarm.kind == kind, Alarm.cleared_at.is_(None)).order_by(Alarm.id)
    return look.session.scalars(query.with_for_update() if locked else query).all()


def _record(system: System, work: UnitOfWork, action: Action, kind: AlarmKind, subject: str) -> None:
    detail = {"kind": str(kind), "subject": subject}
    system.record(work, SCHEDULER, action, ("alarm", f"{kind}/{subject}"), detail)
