"""What waits for the night: due transactions with what the agent holds and what is wanted, in one ordered read."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, select, text, update
from sqlalchemy.orm import aliased

from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.commands import AcceptedState
from app.domain.registrations import RegistrationKind
from app.domain.transactions import IN_FLIGHT, WAITING, TransactionState
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, RecordValues, Registration
from app.services.wanted import wanted_id

BATCH = 2_000
# As the condition of the index has it, so that SQLite knows it again.
NO_INCIDENT: ColumnElement[str] = literal_column("''")


class Candidate(NamedTuple):
    """One waiting transaction. `survivor_id` is the one of its number that stays; the others fold into it."""

    transaction_id: int
    survivor_id: int
    number_id: int
    cause: str
    number: str
    ported_in: bool
    losing_cupid: str
    number_child_cupid: str
    accepted_state: AcceptedState | None
    differs: bool
    accepted_date: date | None
    import_taken: bool | None
    kind: RegistrationKind | None
    wanted_date: date | None
    account_id: int | None
    gaining_cupid: str | None
    values_id: int | None
    content: tuple[str, ...]


# The values of a record in the order in which a data record has them.
CONTENT = (
    RecordValues.child_cupid,
    RecordValues.line_type,
    RecordValues.title,
    RecordValues.forename,
    RecordValues.name,
    RecordValues.honours,
    RecordValues.business_suffix,
    RecordValues.premises,
    RecordValues.thoroughfare,
    RecordValues.locality,
    RecordValues.postcode,
    RecordValues.retailer_id,
    RecordValues.address_id,
    RecordValues.address_id_source,
    RecordValues.reference,
)
FACTS = len(Candidate._fields) - 1


def lock_due(work: UnitOfWork, run_date: date) -> None:
    """Lock what waits and is due, so that a cease which comes meanwhile finds it decided, and never half so.

    What a held night left DO_SEND is NEW again: everything is worked out afresh.
    """
    due = Transaction.state.in_(WAITING) & (Transaction.due_on <= run_date)
    locked = select(Transaction.id).where(due).order_by(Transaction.id).with_for_update().subquery()
    work.session.execute(select(func.count()).select_from(locked))
    held = update(Transaction).where(due, Transaction.state == TransactionState.DO_SEND)
    work.session.execute(held.values(state=TransactionState.NEW).execution_options(synchronize_session=False))


def read_candidates(look: Reading, run_date: date, incident: str = "") -> Iterator[Candidate]:
    """Yield what is due on `run_date` and not in flight, in the order in which it was said; constant memory.

    With `incident` all that waits of the numbers that something urgent waits for because of it; without one, nothing
    of a number that something urgent waits for: that goes in a file of its own.
    """
    if look.session.get_bind().dialect.name == "postgresql":
        # Compiling the query takes a third of its time, and saves nothing: every row is looked at once.
        look.session.execute(text("SET LOCAL jit = off"))
    # The option belongs to this statement alone: set on the connection, a server cursor would get the UPDATE too.
    rows = look.session.connection().execute(_query(run_date, incident), execution_options={"yield_per": BATCH})
    for row in rows:
        yield Candidate._make((*row[:FACTS], row[FACTS:]))


def urgent_incidents(look: Reading, run_date: date) -> list[str]:
    """Return the incidents that something waits for which is due and may go: nothing of its number is in flight."""
    flying = aliased(Transaction)
    in_flight = exists().where(flying.number_id == Transaction.number_id, flying.state.in_(IN_FLIGHT))
    rows = look.session.scalars(
        select(Transaction.incident)
        # The second is for SQLite, which would not search the index by the first.
        .where(Transaction.incident != NO_INCIDENT, Transaction.incident > NO_INCIDENT)
        .where(Transaction.state.in_(WAITING), Transaction.due_on <= run_date, ~in_flight)
        .order_by(Transaction.created_at, Transaction.id)
    )
    return list(dict.fromkeys(rows))


def _query(run_date: date, incident: str) -> Select[tuple[object, ...]]:
    other = aliased(Transaction)
    in_flight = exists().where(other.number_id == Transaction.number_id, other.state.in_(IN_FLIGHT))
    due = Transaction.state.in_(WAITING) & (Transaction.due_on <= run_date) & ~in_flight
    urgent = select(other.number_id).where(other.state.in_(WAITING), other.incident != NO_INCIDENT)
    if incident:
        due &= Transaction.number_id.in_(urgent.where(other.incident == incident))
    else:
        due &= Transaction.number_id.not_in(urgent)
    waiting = (
        select(
            Transaction.id,
            Transaction.number_id,
            Transaction.cause,
            func.first_value(Transaction.id)
            .over(partition_by=Transaction.number_id, order_by=(Transaction.due_on.desc(), Transaction.id.desc()))
            .label("survivor_id"),
            # Worked out here and not where it is joined: a condition is worked out more than once for each row.
            wanted_id(Transaction.number_id, run_date).label("wanted_id"),
        )
        .where(due)
        .subquery("waiting")
    )
    held = aliased(RecordValues)
    return (
        select(
            waiting.c.id,
            waiting.c.survivor_id,
            waiting.c.number_id,
            waiting.c.cause,
            Number.number,
            Number.ported_in,
            Number.losing_cupid,
            Number.child_cupid,
            AcceptedRecord.state,
            RecordValues.digest.is_distinct_from(held.digest),
            AcceptedRecord.effective_date,
            AcceptedRecord.import_taken,
            Registration.kind,
            Registration.effective_date,
            Registration.account_id,
            Registration.gaining_cupid,
            Registration.values_id,
            *CONTENT,
        )
        .join(Number, Number.id == waiting.c.number_id)
        .outerjoin(AcceptedRecord, AcceptedRecord.number_id == waiting.c.number_id)
        .outerjoin(held, held.id == AcceptedRecord.values_id)
        .outerjoin(Registration, Registration.id == waiting.c.wanted_id)
        .outerjoin(RecordValues, RecordValues.id == Registration.values_id)
        .order_by(waiting.c.id)
    )
