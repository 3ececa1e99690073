"""What replies tell of a port: its pair opens, is warned of and closes; what was undone comes back (Porting)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, literal, select, tuple_
from sqlalchemy.orm import aliased

from app.db.bulk import one_of
from app.db.unit_of_work import UnitOfWork
from app.domain.commands import AcceptedState
from app.domain.porting import WARNINGS, Direction, PairMove, PairState
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import TransactionState
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.porting import PortPair
from app.models.records import Registration
from app.models.replies import Reply
from app.services.replies.standings import Sent, Standings


def move_pair(standings: Standings, sent: Sent, move: PairMove, code: str, at: datetime) -> None:
    """Open, warn of or close the pair of an import or an export; `at` is when the agent says that it happened."""
    pair = standings.pairs.get(sent.id)
    if pair is None:
        pair = standings.pairs[sent.id] = _new_pair(standings, sent, at)
    if move is PairMove.WARNS:
        pair.warning, pair.warned_at = code, at
    elif move is not PairMove.OPENS:
        pair.state = PairState.COMPLETE if move is PairMove.COMPLETES else PairState.UNDONE
        pair.closed_code, pair.closed_at, pair.closed_why = code, at, ""


def _new_pair(standings: Standings, sent: Sent, at: datetime) -> PortPair:
    pair = PortPair(
        number_id=sent.number_id,
        transaction_id=sent.id,
        direction=Direction.IMPORT if sent.command == "I" else Direction.EXPORT,
        other_cupid=sent.change_cupid,
        port_date=sent.effective_date,
        state=PairState.OPEN,
        opened_at=at,
    )
    # A warning that came before the import or export was taken belongs to the pair all the same.
    warned = standings.warned.get(sent.id) or _warned_before(standings.work, sent)
    if warned is not None:
        pair.warning, pair.warned_at = warned
    standings.work.session.add(pair)
    return pair


def _warned_before(work: UnitOfWork, sent: Sent) -> tuple[str, datetime] | None:
    early = select(Reply.code, Reply.at).where(Reply.transaction_id == sent.id, Reply.code.in_(WARNINGS))
    found = work.session.execute(early.order_by(Reply.id.desc()).limit(1)).one_or_none()
    return None if found is None else (found[0], found[1])


def restore(standings: Standings, export: Sent, now: datetime) -> None:
    """Set the record live again as it was before an export that was undone (0049); unknown where nobody can tell."""
    before = standings.work.session.scalars(
        select(Transaction)
        .where(Transaction.number_id == export.number_id)
        .where(_place() < tuple_(*map(literal, export.place)))
        .where(Transaction.state.in_((TransactionState.COMPLETED, TransactionState.ABANDONED)))
        .where(Transaction.command.is_not(None))
        .order_by(Transaction.file_id.desc(), Transaction.rec_no.desc())
        .limit(1)
    ).one_or_none()
    if before is not None and before.state is TransactionState.COMPLETED and before.values_id is not None:
        standings.learn(before, AcceptedState.LIVE, now)
    else:
        standings.learn(export, AcceptedState.UNKNOWN, now)


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


def _place() -> ColumnElement[Any]:
    return tuple_(Transaction.file_id, Transaction.rec_no)


def overtaken(work: UnitOfWork, transaction_ids: Collection[int]) -> set[int]:
    """Return those of the transactions after which a newer one of the same number has gone out."""
    newer = aliased(Transaction)
    later = exists(
        select(newer.id).where(newer.number_id == Transaction.number_id, tuple_(newer.file_id, newer.rec_no) > _place())
    )
    return set(work.session.scalars(select(Transaction.id).where(one_of(work, Transaction.id, transaction_ids), later)))
