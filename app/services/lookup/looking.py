"""Looking a number up: recorded first, then answered; from a replica or a copy where the database is down."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.audit.events import Action
from app.clock import Clock, local_date
from app.db.engine import Database
from app.db.faults import DatabaseAway
from app.domain.actors import Actor
from app.domain.look_ups import LookUpSource
from app.domain.permissions import Permission
from app.errors import AppError, Busy, CallAPerson, Misconfigured
from app.models.audit import AuditEvent
from app.models.numbers import Number
from app.services.access import authorise
from app.services.bounded import Late, within
from app.services.lookup.answers import Answer, find_answer
from app.services.lookup.asking import Asked, Asking, NotRecorded, check_asking
from app.services.lookup.copying import answer_from_copy
from app.services.lookup.journal import journal_of_copy, journal_of_replica, note_look_up
from app.services.system import System
from app.settings import Settings

# How long the database is waited for where something else can answer, and that something itself.
PATIENCE_SECONDS = 5.0
NOWHERE = "The database does not answer and no other source is set, so the look-up cannot be recorded or answered."
NO_WAY = "The look-up cannot be written into the trail, so it is not answered."
BY_HAND = "In an emergency: `eld lookup NUMBER --from-copy PATH`."


def look_up(system: System, actor: Actor, asking: Asking) -> Answer:
    """Record the look-up in the trail, then answer it.

    Where the database does not answer, a replica or the local copy does (ELD_LOOKUP_DATABASE_URL, ELD_LOOKUP_COPY)
    and the look-up lies in a local journal. Refused for what is wrong with it; NotRecorded where it can be written
    down nowhere: then nothing is shown.
    """
    authorise(actor, Permission.LOOK_UP)
    asked = check_asking(asking)
    settings = system.settings
    elsewhere = bool(settings.lookup_database_url or settings.lookup_copy)
    try:
        if not elsewhere:
            return _in_the_trail(system, actor, asked)
        return within(PATIENCE_SECONDS, lambda: _in_the_trail(system, actor, asked))
    except (DatabaseAway, Busy, Late) as away:
        if not elsewhere:
            raise NotRecorded(f"{NOWHERE} {BY_HAND}") from away
    return _elsewhere(settings, system.clock, actor, asked, None)


def look_up_without(
    settings: Settings, clock: Clock, actor: Actor, asking: Asking, copy: Path | None = None, *, replica: bool = False
) -> Answer:
    """Look a number up without the database: in a copy, in the replica, or in what the settings name.

    Who acts cannot be asked for then: `actor` is who the machine says it is.
    """
    authorise(actor, Permission.LOOK_UP)
    asked = check_asking(asking)
    if replica:
        return _in_replica(settings, clock, actor, asked)
    return _elsewhere(settings, clock, actor, asked, copy)


def _in_the_trail(system: System, actor: Actor, asked: Asked) -> Answer:
    _record(system, actor, asked)
    with system.database.reading() as look:
        return find_answer(look, system.settings, system.today, asked.number)


def _record(system: System, actor: Actor, asked: Asked) -> None:
    """Write the look-up into the trail; NotRecorded where the trail, its keys or its disk do not take it."""
    detail = {"reason": str(asked.reason), "call_back": str(asked.call_back)}
    values = {"number": asked.number, "asked_by": asked.asked_by, "words": asked.words}
    try:
        with system.database.unit_of_work() as work:
            of_number = select(Number.id, Number.account_id).where(Number.number == asked.number)
            found = work.session.execute(of_number).one_or_none()
            subject: tuple[str, int] = ("installation", 1) if found is None else ("number", found[0])
            account_id = None if found is None else found[1]
            system.record(work, actor, Action.NUMBER_LOOKED_UP, subject, detail, values=values, account_id=account_id)
            work.commit()
    except (OSError, SQLAlchemyError) as fault:  # what another try may mend is Busy or DatabaseAway by now
        raise NotRecorded(f"{NO_WAY} {BY_HAND}") from fault
    except CallAPerson as stopped:
        raise NotRecorded(f"{NO_WAY} {stopped} {BY_HAND}") from stopped


def _elsewhere(settings: Settings, clock: Clock, actor: Actor, asked: Asked, copy: Path | None) -> Answer:
    """Answer from the copy that is named, else from the replica, else from the copy of the settings."""
    if copy is not None:
        return _in_copy(settings, clock, actor, asked, copy)
    faults: list[AppError] = []
    if settings.lookup_database_url:
        try:
            return _in_replica(settings, clock, actor, asked)
        except (DatabaseAway, Busy, Misconfigured) as away:
            faults.append(away)
    if settings.lookup_copy:
        return _in_copy(settings, clock, actor, asked, Path(settings.lookup_copy))
    raise faults[0] if faults else NotRecorded(f"{NOWHERE} {BY_HAND}")


def _in_copy(settings: Settings, clock: Clock, actor: Actor, asked: Asked, copy: Path) -> Answer:
    found = answer_from_copy(settings, copy, asked.number)
    note_look_up(journal_of_copy(copy), actor, asked, LookUpSource.COPY, clock.now())
    return found


def _in_replica(settings: Settings, clock: Clock, actor: Actor, asked: Asked) -> Answer:
    """Answer from the replica, which is read and never written."""
    if not settings.lookup_database_url:
        raise Misconfigured("There is no replica: ELD_LOOKUP_DATABASE_URL is not set.")
    try:
        found, latest = within(
            PATIENCE_SECONDS, lambda: _read_replica(settings, local_date(clock, settings.timezone), asked.number)
        )
    except Late as late:
        raise DatabaseAway("The replica does not answer.") from late
    except SQLAlchemyError as fault:
        raise Misconfigured("What ELD_LOOKUP_DATABASE_URL names is no replica of this version.") from fault
    note_look_up(journal_of_replica(settings), actor, asked, LookUpSource.REPLICA, clock.now())
    as_of = "" if latest is None else latest.isoformat()
    return replace(found, source=LookUpSource.REPLICA.value, as_of=as_of)


def _read_replica(settings: Settings, today: date, number: str) -> tuple[Answer, datetime | None]:
    replica = Database(settings.lookup_database_url)
    try:
        with replica.reading() as look:
            found = find_answer(look, settings, today, number)
            return found, look.session.scalar(select(func.max(AuditEvent.at)))
    finally:
        replica.dispose()
