"""SEQGAP mended by itself: the missing file, then this one, again, byte-identical; or a person is called."""

from sqlalchemy import Select, exists, func, select

from app.db.locks import named_lock
from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.files import SEQGAP, FileState, ReplyFileOutcome
from app.domain.permissions import Permission
from app.domain.sequence import Mending, SentFile, mend_sequence
from app.models.exports import ExportFile, Transaction
from app.models.replies import Case, Reply, ReplyFile
from app.services.access import authorise
from app.services.cases.about_files import call_about
from app.services.cases.opening import CaseFacts
from app.services.exports.files import answered, put_again
from app.services.exports.restored import refuse_older_copy
from app.services.system import System

LOCK_WAIT_SECONDS = 60.0
SEEN = (FileState.FCO_ACCEPTED, FileState.FCO_REJECTED)
PROVED = (ReplyFileOutcome.ACCEPTED, ReplyFileOutcome.MISCOUNTED)


def mend_gaps(system: System, actor: Actor) -> tuple[str, ...]:
    """Send again what mends the first gap that the agent tells of, and return the names in order.

    Each SEQGAP is answered once, three times at most for a file; then, and where sending again cannot help, a case
    says why, and nothing is sent by itself. Cheap where there is no gap. Raises Busy, CallAPerson for an older copy
    of the database, and ExportError where the transport fails: the next call begins again.
    """
    authorise(actor, Permission.RUN_EXPORT)
    with system.database.reading() as look:
        if look.session.scalar(_gaps().limit(1)) is None:
            return ()
    with named_lock(system.database, "export", wait=LOCK_WAIT_SECONDS):
        return mend_gaps_within(system, actor)


def mend_gaps_within(system: System, actor: Actor) -> tuple[str, ...]:
    """As `mend_gaps`, for a caller that holds the lock `export`."""
    with system.database.reading() as look:
        mending = mend_sequence(_files(look))
    if not mending.again and not mending.stops:
        return ()
    refuse_older_copy(system)
    if mending.stops:
        _stop(system, actor, mending)
    for name in mending.again:
        put_again(system, actor, name)
    return mending.again


def _gaps() -> Select[int]:
    return select(ExportFile.file_sequence).where(ExportFile.state == FileState.DELIVERED, ExportFile.reason == SEQGAP)


def _files(look: Reading) -> list[SentFile]:
    """Return the files from the last that the agent has seen before the first gap; none where a refusal holds all."""
    first = look.session.scalar(_gaps().order_by(ExportFile.file_sequence).limit(1))
    held = look.session.scalar(select(ExportFile.id).where(ExportFile.holds).limit(1))
    if first is None or held is not None:
        return []  # what is sent while a refusal holds meets the same refusal, and its number is spent
    answers = exists().where(Reply.transaction_id == Transaction.id, Transaction.file_id == ExportFile.id)
    seen = look.session.scalars(
        select(ExportFile)
        .where(ExportFile.file_sequence < first, ExportFile.state.in_(SEEN) | answers)
        .order_by(ExportFile.file_sequence.desc())
        .limit(1)
    ).one_or_none()
    since = 0 if seen is None else _proof(look, seen)
    after = 0 if seen is None else seen.file_sequence
    later = select(ExportFile).where(ExportFile.file_sequence >= after).order_by(ExportFile.file_sequence)
    return [_sent(look, file, since) for file in look.session.scalars(later)]


def _sent(look: Reading, file: ExportFile, since: int) -> SentFile:
    told = select(func.count(ReplyFile.id)).where(
        ReplyFile.export_file_id == file.id, ReplyFile.outcome == ReplyFileOutcome.GAP, ReplyFile.id > since
    )
    taken = file.state is FileState.FCO_ACCEPTED or answered(look, file)
    gaps = (look.session.scalar(told) or 0) if file.reason == SEQGAP else 0
    return SentFile(file.file_name, file.state, file.reason, taken, gaps)


def _proof(look: Reading, file: ExportFile) -> int:
    """Return which file of the agent proved that it has taken `file`, 0 where none did."""
    fco = select(func.min(ReplyFile.id)).where(ReplyFile.export_file_id == file.id, ReplyFile.outcome.in_(PROVED))
    car = (
        select(func.min(Reply.reply_file_id))
        .join(Transaction, Transaction.id == Reply.transaction_id)
        .where(Transaction.file_id == file.id)
    )
    proofs = (look.session.scalar(fco), look.session.scalar(car))
    return min((proof for proof in proofs if proof is not None), default=0)


def _stop(system: System, actor: Actor, mending: Mending) -> None:
    """Call a person, once for each thing that keeps it from being mended."""
    text = f"The agent contradicts itself, or cannot be helped by sending again: {mending.why}. Nothing more is sent "
    text += "by itself: call the agent, then `eld export resend FILE`, or `eld transactions abandon --file FILE`."
    with system.database.unit_of_work() as work:
        before = select(Case.id).where(Case.file_name == mending.stops, Case.code == SEQGAP, Case.text == text)
        if work.session.scalar(before.limit(1)) is None:
            call_about(system, work, actor, CaseFacts(SEQGAP, text, file_name=mending.stops, urgent=True))
            work.commit()
