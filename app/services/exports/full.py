"""The full file (F1): every record that the agent is known to hold, without commands, for comparison only."""

from collections.abc import Iterator

from sqlalchemy import select

from app.audit.events import Action
from app.db.bulk import copy_rows
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.commands import AcceptedState
from app.models.exports import ExportFile, FullFileRow
from app.models.numbers import Number
from app.models.records import AcceptedRecord
from app.services.exports.fixing import Fixed
from app.services.exports.ledger import fixed_rows
from app.services.exports.numbering import (
    complete_file,
    draft_file,
    extracted_detail,
    facts_of,
    keep_profile,
    next_facts,
)
from app.services.system import System
from emergency_export.faults import RecordFault
from emergency_export.file import FileWriter
from emergency_export.rows import FULL

Row = tuple[int, int, int, int, object]


def fix_full(system: System, work: UnitOfWork, actor: Actor) -> Fixed:
    """Fix the parts of a full file; records whose content is not known have no line. The caller commits."""
    fixed = Fixed()
    at = system.clock.now().replace(microsecond=0)
    keep_profile(work, system.profile)
    held = work.session.execute(
        select(AcceptedRecord.transaction_id, AcceptedRecord.values_id, AcceptedRecord.effective_date)
        .join(Number, Number.id == AcceptedRecord.number_id)
        .where(AcceptedRecord.state == AcceptedState.LIVE)
        .order_by(Number.number)
    ).all()
    most = system.profile.max_records
    for start in range(0, max(len(held), 1), most):
        file = draft_file(system, work, next_facts(system, work, FULL, at))
        columns = ("file_id", "rec_no", "transaction_id", "values_id", "effective_date")
        copy_rows(work, FullFileRow.__table__, columns, _numbered(file.id, held[start : start + most]))  # type: ignore[arg-type]
        _complete(system, work, file)
        detail = dict(extracted_detail(file))
        system.record(work, actor, Action.FILE_EXTRACTED, ("file", file.id), detail)
        fixed.files.append(file.file_name)
    return fixed


def _numbered(file_id: int, held: object) -> Iterator[Row]:
    for rec_no, (transaction_id, values_id, effective_date) in enumerate(held, 1):  # type: ignore[arg-type, var-annotated]
        yield file_id, rec_no, transaction_id, values_id, effective_date


def _complete(system: System, work: UnitOfWork, file: ExportFile) -> None:

    writer = FileWriter(system.profile, facts_of(file))
    for row in fixed_rows(work, file.file_name):
        faults = writer.add(row)
        if faults:
            raise RecordFault(faults)
    complete_file(file, writer.finish())
    work.session.flush()
