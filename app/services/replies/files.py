"""A FCO into the rows: the file and all its transactions move, or a person is called (Files refused or unanswered)."""

from sqlalchemy import update

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.files import RECURRING_REASONS, SEQUENCE_REASONS, FileState
from app.domain.transactions import TransactionState
from app.models.exports import ExportFile, Transaction
from app.services.cases.opening import CaseFacts, open_case
from app.services.exports.files import answered
from app.services.exports.ledger import mark_delivered
from app.services.replies.effects import want_all_again
from app.services.system import System
from emergency_export.replies import Fco

REPEATED, APPLIED = "repeated", "applied"


def apply_fco(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, fco: Fco) -> str:
    """Apply a file-level reply; return `applied` or `repeated`."""
    if file.state is FileState.EXTRACTED:
        mark_delivered(system, work, actor, file)
    if fco.accepted:
        return _accepted(system, work, actor, file, fco)
    return _rejected(system, work, actor, file, fco)


def _accepted(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, fco: Fco) -> str:
    if file.state is FileState.FCO_ACCEPTED:
        return REPEATED
    if file.state is FileState.FCO_REJECTED:
        _call(system, work, actor, file, "CONTRADICTS", "The agent accepts a file that it had refused.")
        return APPLIED
    file.state, file.answered_at, file.reason = FileState.FCO_ACCEPTED, system.clock.now(), ""
    if fco.received_count is not None and fco.received_count != file.record_count:
        text = f"The agent accepted the file and counts {fco.received_count} records; we sent {file.record_count}."
        _call(system, work, actor, file, "BADCOUNT", text)
    return APPLIED


def _rejected(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, fco: Fco) -> str:
    taken = file.state is FileState.FCO_ACCEPTED or answered(work, file)
    if file.state is FileState.FCO_REJECTED or (taken and fco.reason == "SEQDUP"):
        # SEQDUP for a file that was taken is the reply to our own resend.
        return REPEATED
    if taken:
        text = f"The agent refuses ({fco.reason}) a file whose records it has answered. Nothing was changed."
        _call(system, work, actor, file, "CONTRADICTS", text)
        return APPLIED
    file.reason = fco.reason
    if fco.reason in SEQUENCE_REASONS:
        _call(system, work, actor, file, fco.reason, _SEQUENCE_WORDS[fco.reason])
        return APPLIED
    file.state, file.answered_at = FileState.FCO_REJECTED, system.clock.now()
    file.holds = fco.reason in RECURRING_REASONS
    _refuse_transactions(system, work, file)
    text = f"The agent refused the whole file: {fco.reason or 'no reason given'}. What it held goes out again."
    _call(system, work, actor, file, fco.reason or "REJECTED", text)
    return APPLIED


_SEQUENCE_WORDS = {
    "SEQGAP": "The agent misses a file before this one. Send the missing file again, then this one, with "
    "`eld export resend`; where the missing one was itself refused, call the agent.",
    "SEQDUP": "The agent says that it has this file number already. Ask them what they hold, then choose "
    "`eld export release FILE --as-accepted` or `eld transactions abandon --file FILE`.",
}


def _refuse_transactions(system: System, work: UnitOfWork, file: ExportFile) -> None:
    """End the file's transactions and want each number afresh, under new references, at once."""
    ours = (Transaction.file_id == file.id) & (Transaction.state == TransactionState.EXTRACTED)
    want_all_again(system, work, ours, cause="refused file")
    work.session.execute(
        update(Transaction)
        .where(ours)
        .values(state=TransactionState.FCO_REJECTED)
        .execution_options(synchronize_session=False)
    )


def _call(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, code: str, text: str) -> None:
    open_case(system, work, actor, CaseFacts(code, text, file_name=file.file_name))
