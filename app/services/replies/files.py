"""A FCO into the rows: the file and all its transactions move, or a person is called (Files refused or unanswered)."""

from sqlalchemy import update

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.files import RECURRING_REASONS, SEQDUP, SEQGAP, FileState, ReplyFileOutcome
from app.domain.sequence import TRIES
from app.domain.transactions import TransactionState
from app.models.exports import ExportFile, Transaction
from app.services.cases.about_files import call_about, settle_sequence
from app.services.cases.opening import CaseFacts
from app.services.exports.files import answered
from app.services.exports.ledger import mark_delivered
from app.services.system import System
from app.services.wanting import REFUSED_FILE, want_all_again
from emergency_export.replies import Fco
from emergency_export.rows import FULL

CONTRADICTS = "CONTRADICTS"


def apply_fco(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, fco: Fco) -> ReplyFileOutcome:
    """Apply a file-level reply and say what became of it."""
    if file.state is FileState.EXTRACTED:
        mark_delivered(system, work, actor, file)
    if fco.accepted:
        return _accepted(system, work, actor, file, fco)
    return _rejected(system, work, actor, file, fco)


def _accepted(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, fco: Fco) -> ReplyFileOutcome:
    if file.state is FileState.FCO_ACCEPTED:
        return ReplyFileOutcome.REPEATED
    if file.state is FileState.FCO_REJECTED:
        _call(system, work, actor, file, CONTRADICTS, "The agent accepts a file that it had refused.")
        return ReplyFileOutcome.CONTRADICTS
    settle_sequence(system, work, actor, file, "the agent accepted the file")
    file.state, file.answered_at, file.reason = FileState.FCO_ACCEPTED, system.clock.now(), ""
    if fco.received_count not in {None, file.record_count}:
        text = f"The agent accepted the file and counts {fco.received_count} records; we sent {file.record_count}."
        _call(system, work, actor, file, "BADCOUNT", text)
        return ReplyFileOutcome.MISCOUNTED
    return ReplyFileOutcome.ACCEPTED


def _rejected(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, fco: Fco) -> ReplyFileOutcome:
    if file.state is FileState.FCO_REJECTED:
        return ReplyFileOutcome.REPEATED
    if file.state is FileState.FCO_ACCEPTED or answered(work, file):
        return _rejected_after_all(system, work, actor, file, fco)
    if fco.reason == SEQGAP:
        file.reason = SEQGAP
        _call(system, work, actor, file, SEQGAP, _MISSES)
        return ReplyFileOutcome.GAP
    if fco.reason == SEQDUP:
        settle_sequence(system, work, actor, file, "the agent says that it has the file already")
        file.reason = SEQDUP
        _call(system, work, actor, file, SEQDUP, _HAS_ALREADY)
        return ReplyFileOutcome.DUPLICATE
    settle_sequence(system, work, actor, file, "the agent refused the file")
    return _refuse(system, work, actor, file, fco.reason)


def _rejected_after_all(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, fco: Fco) -> ReplyFileOutcome:
    """A file that was taken is refused: what answers our own resend is known, all else a person must see."""
    if fco.reason == SEQDUP:
        return ReplyFileOutcome.OWN_RESEND
    if fco.reason == SEQGAP and file.resends:
        return ReplyFileOutcome.LATE
    text = f"The agent refuses ({fco.reason}) a file whose records it has answered. Nothing was changed."
    _call(system, work, actor, file, CONTRADICTS, text)
    return ReplyFileOutcome.CONTRADICTS


_MISSES = (
    "The agent misses a file before this one. The missing file and then this one are sent again by themselves, "
    f"{TRIES} times at most; this case closes when it has taken it."
)
_HAS_ALREADY = (
    "The agent says that it has this file number already. Ask them what they hold, then choose "
    "`eld export release FILE --as-accepted` or `eld transactions abandon --file FILE`."
)


def _refuse(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, reason: str) -> ReplyFileOutcome:
    """End the file and its transactions; each number is wanted afresh, under new references, at once."""
    file.state, file.answered_at, file.reason = FileState.FCO_REJECTED, system.clock.now(), reason
    file.holds = reason in RECURRING_REASONS
    ours = (Transaction.file_id == file.id) & (Transaction.state == TransactionState.EXTRACTED)
    want_all_again(system, work, ours, cause=REFUSED_FILE)
    work.session.execute(
        update(Transaction)
        .where(ours)
        .values(state=TransactionState.FCO_REJECTED)
        .execution_options(synchronize_session=False)
    )
    again = "It was for comparison only." if file.kind == FULL else "What it held goes out again."
    text = f"The agent refused the whole file: {reason or 'no reason given'}. {again}"
    _call(system, work, actor, file, reason or "REJECTED", text)
    return ReplyFileOutcome.HOLDS if file.holds else ReplyFileOutcome.REFUSED


def _call(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, code: str, text: str) -> None:
    call_about(system, work, actor, CaseFacts(code, text, file_name=file.file_name))
