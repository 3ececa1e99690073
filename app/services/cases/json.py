"""A case as people and programs see it (CASE of interfaces.md)."""

from typing import Any

from app.db.unit_of_work import Reading
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.replies import Case
from app.services.exports.decisions import transaction_reference
from app.services.system import System
from validators.numbers import national


def case_json(system: System, look: Reading, case: Case) -> dict[str, Any]:
    """Return a CASE document; `number` and `txn_ref` are empty where the case is about a file."""
    number = None if case.number_id is None else look.session.get_one(Number, case.number_id)
    sent = None if case.transaction_id is None else look.session.get(Transaction, case.transaction_id)
    carried = None if sent is None or sent.file_id is None else look.session.get(ExportFile, sent.file_id)
    cupid = system.settings.cupid
    return {
        "id": case.id,
        "number": None if number is None else national(number.number),
        "txn_ref": None if sent is None else transaction_reference(cupid, sent.child_cupid or cupid, sent.id),
        "code": case.code,
        "text": case.text,
        "field": case.field,
        "state": str(case.state),
        "urgent": case.urgent,
        "owner": case.owner,
        "opened_at": case.opened_at.isoformat(),
        "due_at": case.due_at.isoformat(),
        "file_name": case.file_name if carried is None else carried.file_name,
        "number_id": case.number_id,
        "closed_at": case.closed_at and case.closed_at.isoformat(),
        "closed_why": case.closed_why,
    }
