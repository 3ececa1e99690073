"""The end of a number's use: ceased, or moved to another provider."""

from collections.abc import Sequence
from datetime import date

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.commands import AcceptedState
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind, RegistrationState
from app.errors import Problem, Refused
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, Registration
from app.services.cases.opening import resend_cases
from app.services.locations.in_use import numbers_in_use
from app.services.locations.storing import Store
from app.services.locations.tenure import cancel_what_follows
from app.services.system import System
from validators.dates import read_date

NOT_IN_USE = "This number is not in use here, so there is nothing to end."


def cease_numbers(system: System, actor: Actor, numbers: Sequence[str], on: date | None = None) -> int:
    """End the use of some numbers on a day (default today), all or none; return how many.

    Whatever of a number is not in a file is cancelled; a cease of a later day leaves what is due before it.
    A cease that is still to come is replaced.
    """
    with system.database.unit_of_work() as work:
        found = numbers_in_use(system, work, actor, Permission.REGISTER_LOCATION, numbers, NOT_IN_USE)
        for number in found:
            _end(system, work, actor, number, RegistrationKind.CEASE, on or system.today)
        work.commit()
    return len(found)


def port_out(system: System, actor: Actor, number: str, gaining_cupid: str, on: date) -> None:
    """Record that a number moves to another provider on a day: an export goes out for it then."""
    if not (len(gaining_cupid) == 3 and gaining_cupid.isdecimal() and gaining_cupid.isascii()):  # noqa: PLR2004  a CUPID
        raise Refused([Problem("N10", "gaining_cupid", "error", "The gaining CUPID is three digits.")])
    if gaining_cupid == system.settings.cupid:
        raise Refused([Problem("N10", "gaining_cupid", "error", "The number is here: the gaining CUPID is another's.")])
    if on < system.today:
        raise Refused([Problem("R01", "port_date", "error", "That day is over: give today or a later day.")])
    with system.database.unit_of_work() as work:
        (found,) = numbers_in_use(system, work, actor, Permission.REGISTER_LOCATION, [number], NOT_IN_USE)
        _end(system, work, actor, found, RegistrationKind.PORT_OUT, on, gaining_cupid)
        work.commit()


def end_of_use_again(
    system: System, work: UnitOfWork, actor: Actor, number: Number, said: Registration, effective_date: str
) -> None:
    """Say the end of a number's use again, from another day: what a case about it asks for."""
    on = read_date(effective_date) if effective_date.strip() else system.today
    if on is None:
        raise Refused([Problem("R01", "effective_date", "error", "Write the date as 2027-03-31.")])
    _end(system, work, actor, number, said.kind, on, said.gaining_cupid)


def _end(
    system: System,
    work: UnitOfWork,
    actor: Actor,
    number: Number,
    kind: RegistrationKind,
    on: date,
    gaining_cupid: str = "",
) -> None:
    due_on = max(on, system.today)
    if kind is not RegistrationKind.NO_RECORD:  # said again, that one ends no use and cancels nothing
        cancel_what_follows(work, number.id, due_on, system.today)
        number.ceased_on = on
    registration = Registration(
        number_id=number.id,
        account_id=number.account_id,
        kind=kind,
        state=RegistrationState.ACCEPTED,
        effective_date=on,
        due_on=due_on,
        gaining_cupid=gaining_cupid,
        submitted_by=actor.name,
        submitted_by_user_id=actor.hand,
        submitted_at=system.clock.now(),
    )
    work.session.add(registration)
    work.session.flush()
    cause = "port out" if kind is RegistrationKind.PORT_OUT else "cease"
    store = Store(system, work, actor, number.account_id, cause)
    work.session.add(Transaction(**store.transaction(number.id, registration.id, due_on)))
    held = work.session.get(AcceptedRecord, number.id)
    if held is not None and held.state is not AcceptedState.NONE:
        # Where the agent holds nothing, no answer will ever close the case.
        resend_cases(system, work, actor, [number.id])
    if kind is RegistrationKind.CEASE:
        system.record(work, actor, Action.NUMBER_CEASED, ("number", number.id), {"effective_date": str(on)})
    elif kind is RegistrationKind.PORT_OUT:
        detail = {"gaining_cupid": gaining_cupid, "port_date": str(on)}
        system.record(work, actor, Action.NUMBER_PORTED_OUT, ("number", number.id), detail)
