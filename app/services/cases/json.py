"""A case as people and programs see it (CASE of interfaces.md)."""

from typing import Any

from sqlalchemy import Row, Select, select

from app.db.unit_of_work import Reading
from app.domain.cases import CaseState
from app.domain.references import transaction_reference
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.replies import Case
from app.services.system import System
from validators.numbers import national

CaseRow = Row[Case, str | None, int | None, str | None, str | None]


def case_rows() -> Select[Case, str | None, int | None, str | None, str | None]:
    """Return the query of cases with what their documents tell beside them, to be narrowed and put in order."""
    return (
        select(Case, Number.number, Transaction.id, Transaction.child_cupid, ExportFile.file_name)
        .select_from(Case)
        .outerjoin(Number, Number.id == Case.number_id)
        .outerjoin(Transaction, Transaction.id == Case.transaction_id)
        .outerjoin(ExportFile, ExportFile.id == Transaction.file_id)
    )


def case_document(system: System, row: CaseRow) -> dict[str, Any]:
    """Return a CASE document; `number` and `txn_ref` are empty where the case is about a file.

    `overdue` is a case that waits for a person beyond its deadline; one that was sent again waits for the agent.
    """
    case, number, transaction_id, child_cupid, carried = row
    cupid = system.settings.cupid
    reference = transaction_id and transaction_reference(cupid, child_cupid or cupid, transaction_id)
    return {
        "id": case.id,
        "number": None if number is None else national(number),
        "txn_ref": reference,
        "code": case.code,
        "text": case.text,
        "field": case.field,
        "state": str(case.state),
        "urgent": case.urgent,
        "owner": case.owner,
        "opened_at": case.opened_at.isoformat(),
        "due_at": case.due_at.isoformat(),
        "overdue": case.state is CaseState.OPEN and case.due_at < system.clock.now(),
        "file_name": carried or case.file_name,
        "number_id": case.number_id,
        "closed_at": case.closed_at and case.closed_at.isoformat(),
        "closed_why": case.closed_why,
    }


def case_json(system: System, look: Reading, case: Case) -> dict[str, Any]:
    """Return the CASE document of one case."""
    return case_document(system, look.session.execute(case_rows().where(Case.id == case.id)).one())
