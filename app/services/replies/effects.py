"""What a reply does to the rows: the transaction, the accepted record, the case, and what must follow at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, literal, select, tuple_

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseState
from app.domain.commands import AcceptedState
from app.domain.outcomes import Effect, Outcome
from app.domain.porting import WARNINGS, Direction, PairMove, PairState
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import WAITING, TransactionState, check_move
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.porting import PortPair
from app.models.records import AcceptedRecord, Registration
from app.models.replies import Case, Reply
from app.services.cases.opening import CaseFacts, close_case_of, open_case, resend_case
from app.services.system import System

S = TransactionState


@dataclass
class Standings:
    """What is known of one batch: the accepted records and open cases of its numbers, the pairs of its transactions."""

    held: dict[int, AcceptedRecord]
    with_case: set[int]
    pairs: dict[int, PortPair]


def read_standings(work: UnitOfWork, number_ids: Sequence[int], transaction_ids: Sequence[int]) -> Standings:
    """Read what is known of a batch in three questions, so that no reply needs one of its own."""
    records = work.session.scalars(select(AcceptedRecord).where(AcceptedRecord.number_id.in_(number_ids)))
    cases = select(Case.number_id).where(Case.number_id.in_(number_ids), Case.state != CaseState.CLOSED)
    with_case = {number_id for number_id in work.session.scalars(cases) if number_id is not None}
    pairs = work.session.scalars(select(PortPair).where(PortPair.transaction_id.in_(transaction_ids)))
    return Standings(
        {record.number_id: record for record in records}, with_case, {pair.transaction_id: pair for pair in pairs}
    )


def apply_outcome(
    system: System,
    work: UnitOfWork,
    actor: Actor,
    transaction: Transaction,
    outcome: Outcome,
    told: CaseFacts,
    standings: Standings,
    at: datetime,
) -> None:
    """Change what the outcome of one reply changes; `told` is what a person is told where one is needed.

    `at` is when the agent says that it happened.
    """
    number_id = transaction.number_id
    if outcome.state is not None:
        move(transaction, outcome.state)
    if outcome.restores:
        restore(system, work, transaction, standings)
        give_back(work, number_id)
    if outcome.accepted is not None:
        learn(system, work, transaction, outcome.accepted, standings, healed=outcome.healed)
    if outcome.pair is not None:
        move_pair(work, transaction, outcome.pair, standings, told.code, at)
    if outcome.case:
        case = open_case(system, work, actor, told)
        standings.with_case.add(number_id)
        if outcome.effect is Effect.APPLIED and _newer_word_waits(system, work, number_id):
            resend_case(system, work, actor, case)
    elif outcome.state is S.COMPLETED and number_id in standings.with_case:
        close_case_of(system, work, actor, number_id, "the agent accepted the record")
        standings.with_case.discard(number_id)
    if outcome.heal:
        want_again(system, work, number_id, cause="heal")


def move(transaction: Transaction, new: TransactionState) -> None:
    """Move a transaction; an answer proves that its file was delivered and taken, so it passes through both."""
    old = transaction.state
    if old is S.EXTRACTED:
        old = S.FCO_ACCEPTED
    if old is S.ERROR and new is S.ERROR:
        return
    check_move(old, new)
    transaction.state = new


def learn(
    system: System,
    work: UnitOfWork,
    transaction: Transaction,
    state: AcceptedState,
    standings: Standings,
    *,
    healed: bool,
) -> None:
    """Set what the agent holds for the transaction's number (file-interface.md, The accepted record)."""
    record = standings.held.get(transaction.number_id)
    if record is None:
        record = AcceptedRecord(number_id=transaction.number_id, heals=0, import_taken=False)
        standings.held[transaction.number_id] = record
        work.session.add(record)
    live = state is AcceptedState.LIVE
    record.state = state
    record.values_id = transaction.values_id if live else None
    record.account_id = transaction.account_id if live else None
    record.effective_date = transaction.effective_date if state is not AcceptedState.NONE else None
    record.transaction_id = transaction.id
    record.heals = record.heals + 1 if healed else 0
    record.import_taken = record.import_taken or (live and transaction.command == "I")
    record.changed_at = system.clock.now()


def move_pair(
    work: UnitOfWork, transaction: Transaction, move: PairMove, standings: Standings, code: str, at: datetime
) -> None:
    """Open, warn of or close the pair of an import or an export (file-interface.md, Porting)."""
    pair = standings.pairs.get(transaction.id)
    if pair is None:
        pair = standings.pairs[transaction.id] = _new_pair(work, transaction, at)
    if move is PairMove.WARNS:
        pair.warning, pair.warned_at = code, at
    elif move is not PairMove.OPENS:
        pair.state = PairState.COMPLETE if move is PairMove.COMPLETES else PairState.UNDONE
        pair.closed_code, pair.closed_at, pair.closed_why = code, at, ""


def _new_pair(work: UnitOfWork, transaction: Transaction, at: datetime) -> PortPair:
    pair = PortPair(
        number_id=transaction.number_id,
        transaction_id=transaction.id,
        direction=Direction.IMPORT if transaction.command == "I" else Direction.EXPORT,
        other_cupid=transaction.change_cupid,
        port_date=transaction.effective_date,
        state=PairState.OPEN,
        opened_at=at,
    )
    # A warning that came before the import or export was taken belongs to the pair all the same.
    early = select(Reply).where(Reply.transaction_id == transaction.id, Reply.code.in_(WARNINGS))
    warned = work.session.scalars(early.order_by(Reply.id.desc()).limit(1)).one_or_none()
    if warned is not None:
        pair.warning, pair.warned_at = warned.code, warned.at
    work.session.add(pair)
    return pair


def restore(system: System, work: UnitOfWork, export: Transaction, standings: Standings) -> None:
    """Set the record live again as it was before an export that was undone (0049); unknown where nobody can tell."""
    before = work.session.scalars(
        select(Transaction)
        .where(Transaction.number_id == export.number_id)
        .where(_place() < tuple_(literal(export.file_id), literal(export.rec_no)))
        .where(Transaction.state.in_((S.COMPLETED, S.ABANDONED)), Transaction.command.is_not(None))
        .order_by(Transaction.file_id.desc(), Transaction.rec_no.desc())
        .limit(1)
    ).one_or_none()
    known = before is not None and before.state is S.COMPLETED and before.values_id is not None
    if before is not None and known:
        learn(system, work, before, AcceptedState.LIVE, standings, healed=False)
    else:
        learn(system, work, export, AcceptedState.UNKNOWN, standings, healed=False)


def give_back(work: UnitOfWork, number_id: int) -> None:
    """Put a number in use again whose export was undone: it is wanted here as before, until a person says otherwise.

    One that has come to a new holder meanwhile stays theirs: what the former said has ended.
    """
    leaves = select(Registration).where(
        Registration.number_id == number_id,
        Registration.kind == RegistrationKind.PORT_OUT,
        Registration.state == RegistrationState.ACCEPTED,
    )
    undone = work.session.scalars(leaves).all()
    for said in undone:
        said.state = RegistrationState.CANCELLED
    if undone:
        work.session.get_one(Number, number_id).ceased_on = None


def _place() -> Any:
    """Return when a transaction went out: ids tell when it was said, which may be long before."""
    return tuple_(Transaction.file_id, Transaction.rec_no)


def newer_sent(work: UnitOfWork, transaction: Transaction) -> bool:
    """Say whether a newer transaction of the same number has gone out."""
    newer = exists().where(
        Transaction.number_id == transaction.number_id,
        _place() > tuple_(literal(transaction.file_id), literal(transaction.rec_no)),
    )
    return bool(work.session.scalar(select(newer)))


def want_all_again(system: System, work: UnitOfWork, ended: ColumnElement[bool], *, cause: str) -> None:
    """As `want_again`, for the numbers of all transactions that `ended` chooses, under new references; set-based."""
    work.session.flush()
    waiting = select(Transaction.number_id).where(Transaction.state.in_(WAITING), Transaction.due_on <= system.today)
    names = ("number_id", "cause", "state", "due_on", "child_cupid", "change_cupid", "why", "created_at")
    columns = Transaction.__table__.c
    afresh = select(
        Transaction.number_id,
        literal(cause),
        literal(S.NEW),
        literal(system.today, columns.due_on.type),
        literal(""),
        literal(""),
        literal(""),
        literal(system.clock.now(), columns.created_at.type),
    ).where(ended, Transaction.number_id.not_in(waiting))
    work.session.execute(insert(Transaction).from_select(names, afresh, include_defaults=False))


def _newer_word_waits(system: System, work: UnitOfWork, number_id: int) -> bool:
    """Say whether a location that was submitted while the refused one was in flight goes out next."""
    waits = exists().where(
        Transaction.number_id == number_id,
        Transaction.state.in_(WAITING),
        Transaction.due_on <= system.today,
        Registration.id == Transaction.registration_id,
        Registration.kind == RegistrationKind.RECORD,
    )
    return bool(work.session.scalar(select(waits)))


def want_again(system: System, work: UnitOfWork, number_id: int, *, cause: str) -> None:
    """Make a new transaction at once, unless one that is due waits already; the night works out its command."""
    today = system.today
    waiting = select(Transaction.id).where(
        Transaction.number_id == number_id, Transaction.state.in_(WAITING), Transaction.due_on <= today
    )
    if work.session.scalar(waiting.limit(1)) is None:
        work.session.add(
            Transaction(number_id=number_id, cause=cause, state=S.NEW, due_on=today, created_at=system.clock.now())
        )
