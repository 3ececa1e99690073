"""The watch: compares what is so with what stands as an alarm, raises, clears, and tells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from app.services.alarms.files import files_refused, files_stuck, replies_left
from app.services.alarms.jobs import jobs_failing
from app.services.alarms.nights import nights_held, nights_missed
from app.services.alarms.overdue import fco_overdue, final_overdue
from app.services.alarms.telling import tell
from app.services.alarms.urgent import urgent_waits
from app.services.system import System

Look = Callable[[System, Reading], Iterator[Condition]]
Found = tuple[Condition, ...]

# What holds a night is settled before whether it came: one that is let go is given its time to come.
LOOKS: tuple[dict[AlarmKind, Look], ...] = (
    {AlarmKind.NIGHT_HELD: nights_held, AlarmKind.FILE_REFUSED: files_refused},
    {
        AlarmKind.NIGHT_MISSED: nights_missed,
        AlarmKind.FILE_STUCK: files_stuck,
        AlarmKind.FCO_OVERDUE: fco_overdue,
        AlarmKind.FINAL_OVERDUE: final_overdue,
        AlarmKind.URGENT_WAITS: urgent_waits,
        AlarmKind.REPLIES_LEFT: replies_left,
        AlarmKind.JOB_FAILS: jobs_failing,
    },
)


def watch(system: System) -> None:
    """Raise what is new, clear what is over, and tell what is due; Busy where another process is at it.

    No kind of alarm and no channel stops another: the first error of them is raised when all are through.
    """
    faults: list[Exception] = []
    with named_lock(system.database, "alarms"):
        for looks in LOOKS:
            for kind, found in _look(system, looks, faults).items():
                _guarded(partial(_settle, system, kind, found), faults)
        for sender in open_channels(system.settings):
            _guarded(partial(tell, system, sender), faults)
    if faults:
        raise faults[0]


def _guarded(step: Callable[[], None], faults: list[Exception]) -> None:
    try:
        step()
    except Exception as fault:  # noqa: BLE001  raised by the caller, after the others had their turn
        faults.append(fault)


def _look(system: System, looks: Mapping[AlarmKind, Look], faults: list[Exception]) -> dict[AlarmKind, Found]:
    """Return what is so where it is not what stands; a kind that cannot be looked at stays as it is."""
    changed: dict[AlarmKind, Found] = {}
    with system.database.reading() as look:
        standing = _standing(look, *looks)
        for kind, look_for in looks.items():
            try:
                with look.session.begin_nested():
                    found = tuple(look_for(system, look))
            except Exception as fault:  # noqa: BLE001  raised by the caller, after the others had their turn
                faults.append(fault)
                continue
            known = {alarm.subject: alarm.text for alarm in standing if alarm.kind is kind}
            if known != {item.subject: item.text for item in found}:
                changed[kind] = found
    return changed


def _settle(system: System, kind: AlarmKind, found: Found) -> None:
    """Make the alarms of a kind equal to what is so."""
    try:
        with system.database.unit_of_work() as work:
            _change(system, work, kind, found)
            work.commit()
    except IntegrityError:
        return  # raised by another process in the same moment: the database keeps one


def _change(system: System, work: UnitOfWork, kind: AlarmKind, found: Found) -> None:
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


def _standing(look: Reading, *kinds: AlarmKind, locked: bool = False) -> Sequence[Alarm]:
    query = select(Alarm).where(Alarm.kind.in_(kinds), Alarm.cleared_at.is_(None)).order_by(Alarm.id)
    return look.session.scalars(query.with_for_update() if locked else query).all()


def _record(system: System, work: UnitOfWork, action: Action, kind: AlarmKind, subject: str) -> None:
    detail = {"kind": str(kind), "subject": subject}
    system.record(work, SCHEDULER, action, ("alarm", f"{kind}/{subject}"), detail)
