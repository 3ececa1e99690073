"""A person ends what nobody answers: the accepted record is then unknown, and the next command heals it."""

import hashlib

from sqlalchemy import ColumnElement, and_, insert, literal, select, update

from app.audit.events import Action
from app.db.locks import named_lock
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.commands import AcceptedState
from app.domain.files import SEQDUP
from app.domain.permissions import Permission
from app.domain.references import transaction_number
from app.domain.transactions import IN_FLIGHT, TransactionState
from app.errors import Conflict, NotFound, Problem, Refused
from app.models.exports import ExportFile, Transaction
from app.models.records import AcceptedRecord
from app.services.access import authorise
from app.services.cases.about_files import close_about
from app.services.system import System
from app.services.wanting import ABANDONED, want_all_again

LOCK_WAIT_SECONDS = 60.0


def abandon(system: System, actor: Actor, *, why: str, txn_ref: str | None = None, file_name: str | None = None) -> int:
    """End one transaction in flight, or all of a file, with a reason; return how many.

    NotFound for what there is not, Conflict where nothing of it is in flight.
    """
    authorise(actor, Permission.ABANDON_TRANSACTION)
    if not why.strip():
        raise Refused([Problem("T01", "why", "error", "Say why: the reason is kept in the trail.")])
    with named_lock(system.database, "replies", wait=LOCK_WAIT_SECONDS), system.database.unit_of_work() as work:
        chosen = _of_file(work, file_name) if file_name else _by_reference(work, txn_ref or "")
        references = list(work.session.scalars(select(Transaction.id).where(chosen).order_by(Transaction.id)))
        if not references:
            raise Conflict("nothing of it is in flight: there is nothing to abandon")
        _forget_accepted(system, work, chosen)
        want_all_again(system, work, chosen, cause=ABANDONED)
        work.session.execute(
            update(Transaction)
            .where(chosen)
            .values(state=TransactionState.ABANDONED, why="ended by a person")
            .execution_options(synchronize_session=False)
        )
        if file_name:
            # It was asked what to do about SEQDUP. A gap stays one: the agent waits for the file, whatever is in it.
            close_about(system, work, actor, file_name, (SEQDUP,), "answered: a person ended what was in the file")
        system.record(
            work,
            actor,
            Action.TRANSACTIONS_ABANDONED,
            ("file" if file_name else "transaction", file_name or references[0]),
            {"transactions": len(references), "digest": hashlib.sha256(repr(references).encode()).hexdigest()},
            values={"why": why},
            account_id=actor.account_id,
        )
        work.commit()
    return len(references)


def _forget_accepted(system: System, work: UnitOfWork, chosen: ColumnElement[bool]) -> None:
    """Set the accepted record of each number to unknown: live as far as we can tell, content not known."""
    facts = {
        "state": AcceptedState.UNKNOWN,
        "values_id": None,
        "account_id": None,
        "effective_date": Transaction.effective_date,
        "transaction_id": Transaction.id,
        "changed_at": system.clock.now(),
    }
    work.session.execute(
        update(AcceptedRecord)
        .where(AcceptedRecord.number_id == Transaction.number_id, chosen)
        .values(facts)
        .execution_options(synchronize_session=False)
    )
    columns = AcceptedRecord.__table__.c
    fresh = select(
        Transaction.number_id,
        literal(AcceptedState.UNKNOWN),
        Transaction.effective_date,
        Transaction.id,
        literal(value=False),
        literal(0),
        literal(system.clock.now(), columns.changed_at.type),
    ).where(chosen, Transaction.number_id.not_in(select(AcceptedRecord.number_id)))
    names = ("number_id", "state", "effective_date", "transaction_id", "import_taken", "heals", "changed_at")
    work.session.execute(insert(AcceptedRecord).from_select(names, fresh, include_defaults=False))


def _by_reference(work: UnitOfWork, txn_ref: str) -> ColumnElement[bool]:
    number = transaction_number(txn_ref)
    if number is None or work.session.get(Transaction, number) is None:
        raise NotFound(f"there is no transaction {txn_ref}")
    return and_(Transaction.id == number, Transaction.state.in_(IN_FLIGHT))


def _of_file(work: UnitOfWork, file_name: str) -> ColumnElement[bool]:
    file_id = work.session.scalar(select(ExportFile.id).where(ExportFile.file_name == file_name))
    if file_id is None:
        raise NotFound(f"there is no file {file_name}")
    return and_(Transaction.file_id == file_id, Transaction.state.in_(IN_FLIGHT))
