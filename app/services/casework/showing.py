"""One case: what was sent, what was typed, who shares the address, and its whole history."""

from typing import Any

from sqlalchemy import ColumnElement, exists, select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import NotFound
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.records import RecordValues
from app.models.replies import Case, Reply, ReplyFile
from app.services.access import authorise, note_reading
from app.services.cases.history import history_of
from app.services.cases.json import case_json
from app.services.locations.registering import sharing_locations
from app.services.locations.typed import typed_locations
from app.services.record_json import record_json
from app.services.system import System

REPLY_FILES_MOST = 20


def show_case(system: System, actor: Actor, case_id: int) -> dict[str, Any]:
    """Return a case with what was sent, what was typed, who shares the address, its history and its reply files.

    `of_export_file` says that `file_name` is a file of ours; a case about a damaged reply names that reply.
    """
    authorise(actor, Permission.WORK_CASES)
    with system.database.reading() as look:
        case = look.session.get(Case, case_id)
        if case is None:
            raise NotFound(f"there is no case {case_id}")
        typed, sent, shared = None, None, []
        if case.number_id is not None:
            number = look.session.get_one(Number, case.number_id)
            typed = typed_locations(look, [number.id], system.today).get(number.id)
            shared = [item.number for item in sharing_locations(system, look, number)]
            sent = _sent(look, number, case)
        document = case_json(system, look, case)
        shown = {
            "case": document,
            "sent": sent,
            "field_at_fault": case.field,
            "typed": typed,
            "shared_with": [item for item in shared if typed is None or item != typed.number],
            "history": history_of(look, case),
            "reply_files": _reply_files(look, case),
            "of_export_file": _is_export_file(look, document["file_name"]),
        }
    note_reading(system, actor, "case", ("case", case_id))
    return shown


def _reply_files(look: Reading, case: Case) -> list[dict[str, Any]]:
    """Return the reply files that the case is about, the newest first."""
    about: ColumnElement[bool]
    if case.transaction_id is not None:
        about = ReplyFile.id.in_(select(Reply.reply_file_id).where(Reply.transaction_id == case.transaction_id))
    elif case.file_name:
        ours = select(ExportFile.id).where(ExportFile.file_name == case.file_name)
        about = (ReplyFile.file_name == case.file_name) | ReplyFile.export_file_id.in_(ours)
    else:
        return []
    found = look.session.scalars(select(ReplyFile).where(about).order_by(ReplyFile.id.desc()).limit(REPLY_FILES_MOST))
    return [{"id": file.id, "file_name": file.file_name, "kind": file.kind} for file in found]


def _is_export_file(look: Reading, file_name: str) -> bool:
    return bool(file_name) and look.session.scalar(select(exists().where(ExportFile.file_name == file_name))) is True


def _sent(look: Reading, number: Number, case: Case) -> dict[str, str] | None:
    transaction = None if case.transaction_id is None else look.session.get(Transaction, case.transaction_id)
    if transaction is None or transaction.values_id is None:
        return None
    values = look.session.get_one(RecordValues, transaction.values_id)
    return record_json(number.number, values, transaction.effective_date)
