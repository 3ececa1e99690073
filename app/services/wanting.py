"""What goes out again after something ended: where wanted and accepted differ, at once and under new references."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.db.bulk import one_of
from app.db.unit_of_work import UnitOfWork
from app.domain.commands import AcceptedState
from app.domain.registrations import RegistrationKind
from app.domain.transactions import WAITING, TransactionState
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, RecordValues, Registration
from app.services.system import System
from app.services.wanted import wanted_id

REFUSED_FILE, ABANDONED, HEAL = "refused file", "abandoned", "heal"


@lru_cache(maxsize=8)
def in_need(number_id: InstrumentedAttribute[int], day: date) -> ColumnElement[bool]:
    """Return, as SQL, whether a number needs a command on `day`: `needed_command` for many (Which command)."""
    said, held = aliased(Registration), aliased(AcceptedRecord)
    wanted, accepted = aliased(RecordValues), aliased(RecordValues)
    differs = or_(
        held.state.is_(None),
        held.state != AcceptedState.LIVE,
        wanted.digest.is_distinct_from(accepted.digest),
    )
    is_left = held.state.is_not(None) & (held.state != AcceptedState.NONE)
    record = said.kind == RegistrationKind.RECORD
    return exists(
        select(said.id)
        .outerjoin(held, held.number_id == said.number_id)
        .outerjoin(wanted, wanted.id == said.values_id)
        .outerjoin(accepted, accepted.id == held.values_id)
        .where(said.number_id == number_id, said.id == wanted_id(said.number_id, day))
        .where(or_(record & differs, ~record & is_left))
    )


def fresh_transaction(system: System, number_id: InstrumentedAttribute[int], day: date, cause: str) -> dict[str, Any]:
    """Return the columns of a transaction that the night works out on `day`, for an INSERT from a SELECT."""
    columns = Transaction.__table__.c
    return {
        "number_id": number_id,
        "cause": literal(cause),
        "state": literal(TransactionState.NEW),
        "due_on": literal(day, columns.due_on.type),
        "child_cupid": literal(""),
        "change_cupid": literal(""),
        "why": literal(""),
        "incident": literal(""),
        "created_at": literal(system.clock.now(), columns.created_at.type),
    }


def want_all_again(system: System, work: UnitOfWork, ended: ColumnElement[bool], *, cause: str) -> None:
    """Make a new transaction for the number of each one that `ended` chooses, where wanted and accepted differ.

    One that waits already does instead. What had gone out ahead of its day is wanted on that day too. It is as
    urgent as what ended; but what was urgent and went into a file that was refused goes at once only once more.
    """
    work.session.flush()
    today = system.today
    ahead = select(Transaction.due_on).where(ended, Transaction.due_on > today).distinct()
    for day in (today, *work.session.scalars(ahead).all()):
        of_day = ended if day == today else ended & (Transaction.due_on == day)
        _want_on(system, work, of_day, day, cause)


def _want_on(system: System, work: UnitOfWork, ended: ColumnElement[bool], day: date, cause: str) -> None:
    other = aliased(Transaction)
    comes = other.due_on <= day if day == system.today else other.due_on == day
    waiting = select(other.number_id).where(other.state.in_(WAITING), comes)
    afresh = fresh_transaction(system, Transaction.number_id, day, cause)
    needy = ended & Transaction.number_id.not_in(waiting) & in_need(Transaction.number_id, day)
    before = aliased(Transaction)
    refused_before = exists(
        select(before.id).where(
            before.number_id == Transaction.number_id,
            before.incident == Transaction.incident,
            before.state == TransactionState.FCO_REJECTED,
            before.id != Transaction.id,
        )
    )
    urgent = Transaction.incident != ""
    if cause == REFUSED_FILE:
        urgent &= ~refused_before
    for chosen, incident in ((~urgent, literal("")), (urgent, Transaction.incident)):
        rows = select(*(afresh | {"incident": incident}).values()).where(needy, chosen)
        work.session.execute(insert(Transaction).from_select(list(afresh), rows, include_defaults=False))


def settled_numbers(system: System, work: UnitOfWork, number_ids: Collection[int]) -> set[int]:
    """Return those of the numbers for which nothing is wanted that the agent does not hold already."""
    chosen = select(Number.id).where(one_of(work, Number.id, number_ids), ~in_need(Number.id, system.today))
    return set(work.session.scalars(chosen)) if number_ids else set()


def with_newer_word(system: System, work: UnitOfWork, number_ids: Collection[int]) -> set[int]:
    """Return those of the numbers of which something was said while the refused was in flight: it goes out next."""
    waits = select(Transaction.number_id).where(
        one_of(work, Transaction.number_id, number_ids),
        Transaction.state.in_(WAITING),
        Transaction.due_on <= system.today,
        Transaction.registration_id.is_not(None),
    )
    return set(work.session.scalars(waits)) if number_ids else set()


def with_other_word(work: UnitOfWork, number_ids: Collection[int]) -> set[int]:
    """Return those of the numbers of which something waits, for whatever day, that the agent does not hold yet."""
    wanted, accepted = aliased(RecordValues), aliased(RecordValues)
    waits = (
        select(Transaction.number_id)
        .join(Registration, Registration.id == Transaction.registration_id)
        .outerjoin(AcceptedRecord, AcceptedRecord.number_id == Transaction.number_id)
        .outerjoin(wanted, wanted.id == Registration.values_id)
        .outerjoin(accepted, accepted.id == AcceptedRecord.values_id)
        .where(one_of(work, Transaction.number_id, number_ids), Transaction.state.in_(WAITING))
        .where(wanted.digest.is_distinct_from(accepted.digest))
    )
    return set(work.session.scalars(waits)) if number_ids else set()
