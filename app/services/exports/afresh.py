"""What a restored copy makes of its rows: new numbers for what waits, an end for what the agent took, nothing known."""

from sqlalchemy import func, insert, select, text, update

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.commands import AcceptedState
from app.domain.files import FileState
from app.domain.transactions import IN_FLIGHT, WAITING, TransactionState
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord
from app.services.exports.ledger import mark_delivered
from app.services.system import System
from app.services.wanting import fresh_transaction, in_need


def move_waiting(work: UnitOfWork, floor: int) -> int:
    """Give what waits new numbers after `floor`, in its order: the agent may have seen those that it has.

    Nothing points at a transaction that was never in a file.
    """
    waiting = Transaction.state.in_(WAITING)
    first, last, count = work.session.execute(
        select(func.min(Transaction.id), func.max(Transaction.id), func.count()).where(waiting)
    ).one()
    if count:
        shift = floor + 1 - first
        work.session.execute(
            update(Transaction)
            .where(waiting)
            .values(id=Transaction.id + shift)
            .execution_options(synchronize_session=False)
        )
        floor = last + shift
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(
            text("SELECT setval(pg_get_serial_sequence('transactions', 'id'), :last)"), {"last": max(floor, 1)}
        )
    else:
        work.session.execute(text("DELETE FROM sqlite_sequence WHERE name = 'transactions'"))
        work.session.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES ('transactions', :last)"), {"last": floor}
        )
    return int(count)


def end_taken(system: System, work: UnitOfWork, actor: Actor, file_sequence: int) -> int:
    """End what is in flight in files that the agent took: its answers may be lost with the newer copy."""
    taken = select(ExportFile).where(ExportFile.file_sequence <= file_sequence)
    for file in work.session.scalars(taken.where(ExportFile.state == FileState.EXTRACTED)).all():
        mark_delivered(system, work, actor, file)
    work.session.flush()
    flying = Transaction.state.in_(IN_FLIGHT) & Transaction.file_id.in_(taken.with_only_columns(ExportFile.id))
    count = work.session.scalar(select(func.count()).select_from(Transaction).where(flying)) or 0
    ended = {"state": TransactionState.ABANDONED, "why": "an older copy was restored"}
    work.session.execute(update(Transaction).where(flying).values(ended).execution_options(synchronize_session=False))
    return count


def forget_records(system: System, work: UnitOfWork) -> int:
    """Set every record to unknown: live as far as we can tell, its content not known."""
    unknown = {
        "state": AcceptedState.UNKNOWN,
        "values_id": None,
        "account_id": None,
        "heals": 0,
        "changed_at": system.clock.now(),
    }
    held = AcceptedRecord.state != AcceptedState.NONE  # of what is not held there is no content to be unsure of
    count = work.session.scalar(select(func.count()).select_from(AcceptedRecord).where(held)) or 0
    work.session.execute(
        update(AcceptedRecord).where(held).values(unknown).execution_options(synchronize_session=False)
    )
    return count


def want_everything(system: System, work: UnitOfWork) -> None:
    """Make a transaction for every number that needs a command and for which none waits."""
    waits = select(Transaction.number_id).where(Transaction.state.in_(WAITING), Transaction.due_on <= system.today)
    afresh = fresh_transaction(system, Number.id, system.today, "resumed")
    needy = select(*afresh.values()).where(in_need(Number.id, system.today), Number.id.not_in(waits))
    work.session.execute(insert(Transaction).from_select(list(afresh), needy, include_defaults=False))
