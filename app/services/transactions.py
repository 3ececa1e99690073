"""A person ends what nobody answers: the accepted record is then unknown, and the next command heals it."""

import hashlib
import re

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.commands import AcceptedState
from app.domain.permissions import Permission
from app.domain.transactions import IN_FLIGHT, TransactionState
from app.errors import Conflict, NotFound, Problem, Refused
from app.models.exports import ExportFile, Transaction
from app.services.access import authorise
from app.services.replies.effects import learn, want_again
from app.services.system import System

REFERENCE = re.compile(r"(?P<parent>[0-9]{3})/(?P<child>[0-9]{3})/(?P<number>[0-9]{12})")


def transaction_number(reference: str) -> int | None:
    """Return the id inside a reference, None where the text is none."""
    parts = REFERENCE.fullmatch(reference)
    return int(parts["number"]) if parts else None


def abandon(system: System, actor: Actor, *, why: str, txn_ref: str | None = None, file_name: str | None = None) -> int:
    """End one transaction in flight, or all of a file, with a reason; return how many.

    NotFound for what there is not, Conflict where nothing of it is in flight.
    """
    authorise(actor, Permission.ABANDON_TRANSACTION)
    if not why.strip():
        raise Refused([Problem("T01", "why", "error", "Say why: the reason is kept in the trail.")])
    with system.database.unit_of_work() as work:
        chosen = _of_file(work, file_name) if file_name else _by_reference(work, txn_ref or "")
        in_flight = [transaction for transaction in chosen if transaction.state in IN_FLIGHT]
        if not in_flight:
            raise Conflict("nothing of it is in flight: there is nothing to abandon")
        for transaction in in_flight:
            transaction.state, transaction.why = TransactionState.ABANDONED, "ended by a person"
            learn(system, work, transaction, AcceptedState.UNKNOWN, healed=False)
            want_again(system, work, transaction.number_id, cause="abandoned")
        references = sorted(transaction.id for transaction in in_flight)
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
    return len(in_flight)


def _by_reference(work: UnitOfWork, txn_ref: str) -> list[Transaction]:
    number = transaction_number(txn_ref)
    found = None if number is None else work.session.get(Transaction, number)
    if found is None:
        raise NotFound(f"there is no transaction {txn_ref}")
    return [found]


def _of_file(work: UnitOfWork, file_name: str) -> list[Transaction]:
    file = work.session.scalars(select(ExportFile).where(ExportFile.file_name == file_name)).one_or_none()
    if file is None:
        raise NotFound(f"there is no file {file_name}")
    return list(work.session.scalars(select(Transaction).where(Transaction.file_id == file.id)))
