"""The time for which a number is somebody's: how it begins with nothing, and what its end cancels."""

from datetime import date

from sqlalchemy import select, update

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import Closing
from app.domain.commands import AcceptedState
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import IN_FLIGHT, WAITING, TransactionState
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, Registration
from app.services.cases.opening import end_case, unclosed_case
from app.services.system import System

# What was said and may still come to count, or be shown to be mended.
COUNTING = (RegistrationState.ACCEPTED, RegistrationState.REVIEW, RegistrationState.RETURNED)
NEW_HOLDER = "the number has come to a new holder"


def begin_tenure(system: System, work: UnitOfWork, actor: Actor, number: Number, account_id: int) -> None:
    """Give a number that was ceased to an account: it starts with nothing (file-interface.md, Which command).

    Nothing that the former holder said comes back: not what waits, not what was wanted, no case. What the agent
    still holds, or is about to hold, of the former holder has to go: the end of the record is wanted from now on.
    """
    cancel_waiting(work, number.id)
    work.session.execute(
        update(Registration)
        .where(Registration.number_id == number.id)
        .where(Registration.state.in_(COUNTING))
        .values(state=RegistrationState.ENDED)
    )
    case = unclosed_case(work, number.id)
    if case is not None:
        end_case(system, work, actor, case, NEW_HOLDER, how=Closing.NEW_HOLDER)
    number.account_id, number.ceased_on, number.in_use_from = account_id, None, system.today
    number.claimed = False
    if may_be_held(work, number.id):
        say_no_record(system, work, actor, number)


def may_be_held(work: UnitOfWork, number_id: int) -> bool:
    """Say whether the agent holds a record of a number, or is about to."""
    held = work.session.get(AcceptedRecord, number_id)
    in_flight = select(Transaction.id).where(Transaction.number_id == number_id, Transaction.state.in_(IN_FLIGHT))
    return (held is not None and held.state is not AcceptedState.NONE) or (
        work.session.scalar(in_flight.limit(1)) is not None
    )


def say_no_record(system: System, work: UnitOfWork, actor: Actor, number: Number) -> None:
    """From today no record of a number is wanted, though it stays in use; what the agent may have of it is ended."""
    end = Registration(
        number_id=number.id,
        account_id=number.account_id,
        kind=RegistrationKind.NO_RECORD,
        state=RegistrationState.ACCEPTED,
        effective_date=system.today,
        due_on=system.today,
        submitted_by=actor.name,
        submitted_by_user_id=actor.hand,
        submitted_at=system.clock.now(),
    )
    work.session.add(end)
    work.session.flush()
    if not may_be_held(work, number.id):
        return
    work.session.add(
        Transaction(
            number_id=number.id,
            registration_id=end.id,
            cause="cease",
            state=TransactionState.NEW,
            due_on=system.today,
            created_at=system.clock.now(),
        )
    )


def cancel_waiting(work: UnitOfWork, number_id: int, since: date | None = None) -> None:
    """Cancel every transaction of the number that is not in a file, or those due from `since` on."""
    statement = update(Transaction).where(Transaction.number_id == number_id, Transaction.state.in_(WAITING))
    if since is not None:
        statement = statement.where(Transaction.due_on >= since)
    work.session.execute(statement.values(state=TransactionState.CANCELLED))


def postpone(work: UnitOfWork, number_id: int, until: date) -> None:
    """Let what was said of a number hold from `until` on: it is not here before."""
    counting = (RegistrationState.ACCEPTED, RegistrationState.REVIEW)
    work.session.execute(
        update(Registration)
        .where(Registration.number_id == number_id, Registration.state.in_(counting), Registration.due_on < until)
        .values(due_on=until)
    )
    work.session.execute(
        update(Transaction)
        .where(Transaction.number_id == number_id, Transaction.state.in_(WAITING), Transaction.due_on < until)
        .values(due_on=until, state=TransactionState.ON_HOLD)
    )


def cancel_what_follows(work: UnitOfWork, number_id: int, due_on: date, today: date) -> None:
    """An end of use cancels everything of the number that is not EXTRACTED, from its own day on.

    That is what waits, what was said for its day or a later one, what is in review, and an end said before.
    """
    of_number = (Registration.number_id == number_id) & (Registration.due_on > today)
    accepted = Registration.state == RegistrationState.ACCEPTED
    ends = of_number & accepted & (Registration.kind != RegistrationKind.RECORD)
    before = select(Registration.id).where(ends)
    work.session.execute(
        update(Transaction)
        .where(Transaction.registration_id.in_(before), Transaction.state.in_(WAITING))
        .values(state=TransactionState.CANCELLED)
        .execution_options(synchronize_session=False)
    )
    cancel_waiting(work, number_id, since=due_on if due_on > today else None)
    in_review = (Registration.number_id == number_id) & (Registration.state == RegistrationState.REVIEW)
    if due_on > today:
        in_review &= Registration.due_on >= due_on
    gone = ends | (of_number & accepted & (Registration.due_on >= due_on)) | in_review
    work.session.execute(
        update(Registration)
        .where(gone)
        .values(state=RegistrationState.CANCELLED)
        .execution_options(synchronize_session=False)
    )
