"""Numbers on which 999 is barred, because whoever uses them is outside the UK (R03): they have no record.

The provider's network bars the calls; this is its list. The number stays in use for its account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor, Role
from app.domain.cases import Closing
from app.domain.commands import AcceptedState
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import WAITING, TransactionState
from app.errors import NotFound
from app.models.accounts import Account
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, Registration
from app.services.access import authorise, authorise_account, note_reading
from app.services.cases.opening import end_case, resend_cases, unclosed_case
from app.services.locations.in_use import numbers_in_use
from app.services.locations.tenure import may_be_held, say_no_record
from app.services.system import System
from validators.numbers import national

NOT_IN_USE = "This number is not in use here, so there is nothing to bar or to release."
NO_RECORD_WANTED = "999 is barred on the number: no record is wanted"


@dataclass(frozen=True)
class BarredNumber:
    """One number on which 999 is barred; `held` while the agent still holds a record of it."""

    id: int
    number: str
    account: str
    barred_at: datetime
    barred_by: str
    held: bool


@dataclass(frozen=True)
class BarredPage:
    """One page of barred numbers, the newest first."""

    lines: list[BarredNumber]
    total: int
    page: int
    pages: int


def bar_numbers(system: System, actor: Actor, numbers: Sequence[str]) -> int:
    """Bar 999 on some numbers, all or none; return on how many it was not barred before.

    What waits for them is cancelled, and the record that the agent holds, or is about to, is ended by the next file.
    An end of use that is still to come stays.
    """
    with system.database.unit_of_work() as work:
        fresh = [
            number
            for number in numbers_in_use(system, work, actor, Permission.BAR_NUMBER, numbers, NOT_IN_USE)
            if number.barred_at is None
        ]
        for number in fresh:
            number.barred_at, number.barred_by = system.clock.now(), actor.name
            _want_no_record(system, work, actor, number)
            system.record(work, actor, Action.NUMBER_BARRED, ("number", number.id), {})
        work.commit()
    return len(fresh)


def bar_number(system: System, actor: Actor, number: str) -> int:
    """As `bar_numbers`, for one."""
    return bar_numbers(system, actor, [number])


def unbar_numbers(system: System, actor: Actor, numbers: Sequence[str]) -> int:
    """Let some numbers dial 999 again, all or none; return how many were barred. They need an address then."""
    with system.database.unit_of_work() as work:
        barred = [
            number
            for number in numbers_in_use(system, work, actor, Permission.BAR_NUMBER, numbers, NOT_IN_USE)
            if number.barred_at is not None
        ]
        for number in barred:
            lift_bar(system, work, actor, number)
        work.commit()
    return len(barred)


def unbar_number(system: System, actor: Actor, number: str) -> int:
    """As `unbar_numbers`, for one."""
    return unbar_numbers(system, actor, [number])


def lift_bar(system: System, work: UnitOfWork, actor: Actor, number: Number) -> None:
    """Take the bar of 999 off a number that has one, in the caller's unit."""
    if number.barred_at is not None:
        number.barred_at, number.barred_by = None, ""
        system.record(work, actor, Action.NUMBER_UNBARRED, ("number", number.id), {})


def list_barred(
    system: System, actor: Actor, account_id: int | None = None, page: int = 1, per_page: int = 50
) -> BarredPage:
    """Return a page of the numbers in use on which 999 is barred: of one account, or for staff of all."""
    if account_id is not None:
        authorise_account(actor, Permission.SEE_RECORD, account_id)
    else:
        authorise(actor, Permission.SEE_RECORD)
        if actor.role is Role.CUSTOMER:
            raise NotFound("there is no such thing in your account")
    barred = Number.barred_at.is_not(None) & or_(Number.ceased_on.is_(None), Number.ceased_on > system.today)
    if account_id is not None:
        barred &= Number.account_id == account_id
    with system.database.reading() as look:
        total = look.session.scalar(select(func.count()).select_from(Number).where(barred)) or 0
        pages = max(1, -(-total // per_page))
        page = min(max(page, 1), pages)
        rows = look.session.execute(
            select(Number, Account.name, AcceptedRecord.state)
            .select_from(Number)
            .join(Account, Account.id == Number.account_id)
            .outerjoin(AcceptedRecord, AcceptedRecord.number_id == Number.id)
            .where(barred)
            .order_by(Number.barred_at.desc(), Number.number)
            .limit(per_page)
            .offset((page - 1) * per_page)
        )
        lines = [
            BarredNumber(
                number.id,
                national(number.number),
                account,
                number.barred_at,
                number.barred_by,
                state not in {None, AcceptedState.NONE},
            )
            for number, account, state in rows
            if number.barred_at is not None
        ]
    note_reading(system, actor, "barred", ("account", account_id or 0), len(lines))
    return BarredPage(lines, total, page, pages)


def _want_no_record(system: System, work: UnitOfWork, actor: Actor, number: Number) -> None:
    """From today no record is wanted; a transaction goes out for it where the agent has one or may get one."""
    _cancel_records(system, work, number.id)
    say_no_record(system, work, actor, number)
    if may_be_held(work, number.id):
        resend_cases(system, work, actor, [number.id])
        return
    case = unclosed_case(work, number.id)
    if case is not None:  # nothing will be sent, so no answer would ever close it
        end_case(system, work, actor, case, NO_RECORD_WANTED, how=Closing.BARRED)


def _cancel_records(system: System, work: UnitOfWork, number_id: int) -> None:
    """Cancel what waits to be sent for a record, what is in review, and what was said for a day to come."""
    of_number = (Registration.number_id == number_id) & (Registration.kind == RegistrationKind.RECORD)
    records = select(Registration.id).where(of_number)
    work.session.execute(
        update(Transaction)
        .where(Transaction.number_id == number_id, Transaction.state.in_(WAITING))
        .where(or_(Transaction.registration_id.is_(None), Transaction.registration_id.in_(records)))
        .values(state=TransactionState.CANCELLED)
        .execution_options(synchronize_session=False)
    )
    to_come = (Registration.state == RegistrationState.ACCEPTED) & (Registration.due_on > system.today)
    work.session.execute(
        update(Registration)
        .where(of_number, or_(Registration.state == RegistrationState.REVIEW, to_come))
        .values(state=RegistrationState.CANCELLED)
        .execution_options(synchronize_session=False)
    )
