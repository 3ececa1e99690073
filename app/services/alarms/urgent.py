"""Urgent corrections that wait because a command for their number is in flight."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import aliased

from app.db.unit_of_work import Reading
from app.domain.alarms import AlarmKind
from app.domain.references import transaction_reference
from app.domain.transactions import WAITING
from app.models.exports import ExportFile, Transaction
from app.services.alarms.conditions import Condition, in_words
from app.services.alarms.overdue import in_flight
from app.services.system import System

NONE: ColumnElement[str] = literal_column("''")


def urgent_waits(system: System, look: Reading) -> Iterator[Condition]:
    """Yield the urgent corrections behind one in flight, with the offer to abandon that one (file-interface.md)."""
    ahead = aliased(Transaction)
    rows = look.session.execute(
        select(Transaction, ahead, ExportFile)
        .select_from(Transaction)
        .join(ahead, (ahead.number_id == Transaction.number_id) & in_flight(ahead))
        .join(ExportFile, ExportFile.id == ahead.file_id)
        # The first is the condition of the index; without the second, or in the order of the ids, SQLite reads all.
        .where(Transaction.incident != NONE, Transaction.incident > NONE, Transaction.state.in_(WAITING))
        .order_by(Transaction.created_at, Transaction.id)
    )
    for waits, flies, file in rows:
        urgent, other = _reference(system, waits), _reference(system, flies)
        says = (
            f"The urgent correction {urgent} waits since {in_words(waits.created_at, system.settings.timezone)} behind "
            f"{other}, which is in flight: {file.file_name}, record {flies.rec_no}. It goes in the minute that ends."
        )
        todo = (
            ("Fetch what lies at the agent's, and ask them", "eld replies collect"),
            ("Or end it (what the agent holds is then unknown)", f"eld transactions abandon {other} --why TEXT"),
        )
        yield Condition(AlarmKind.URGENT_WAITS, urgent, says, todo)


def _reference(system: System, transaction: Transaction) -> str:
    cupid = system.settings.cupid
    return transaction_reference(cupid, transaction.child_cupid, transaction.id)
