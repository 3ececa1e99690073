"""Files for people: the list, one file with its records field by field, sending it again, releasing what it holds."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, or_, select

from app.audit.events import Action
from app.db.locks import named_lock
from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.files import SEQDUP, SEQGAP, FileState
from app.domain.permissions import Permission
from app.errors import Conflict, NotAllowed, NotFound
from app.models.exports import ExportFile, FormatProfile, Transaction, state_shown
from app.models.replies import Reply, ReplyFile
from app.services.access import authorise, note_reading
from app.services.cases.about_files import settle_sequence
from app.services.exports.ledger import DatabaseLedger, file_to_send, fixed_rows
from app.services.system import System
from emergency_export.pipeline import send_again
from emergency_export.profile_loading import parse_profile
from emergency_export.profiles import Profile
from emergency_export.row_format import RowFormat
from emergency_export.rows import DataRow

RECORDS_A_PAGE = 50


def file_facts(system: System, file: ExportFile) -> dict[str, Any]:
    """Return a file as the FILE document of interfaces.md; `path` is where it lies, or lay, for the agent."""
    return {
        "file_name": file.file_name,
        "file_sequence": file.file_sequence,
        "kind": file.kind,
        "state": str(file.state),
        "record_count": file.record_count,
        "sha256": file.sha256,
        "created_at": file.created_at.isoformat(),
        "path": system.transport.place(file.file_name),
        "counts": file.counts,
        "delivered_at": file.delivered_at and file.delivered_at.isoformat(),
        "answered_at": file.answered_at and file.answered_at.isoformat(),
        "reason": file.reason,
        "holds": file.holds,
        "incident": file.incident,
        "resends": file.resends,
        "resent_at": file.resent_at and file.resent_at.isoformat(),
    }


def list_files(system: System, actor: Actor) -> list[dict[str, Any]]:
    """Return every file that was given a number, newest first."""
    authorise(actor, Permission.SEE_FILES)
    with system.database.reading() as look:
        files = look.session.scalars(select(ExportFile).order_by(ExportFile.file_sequence.desc()))
        return [file_facts(system, file) for file in files]


def show_file(system: System, actor: Actor, file_name: str) -> dict[str, Any]:
    """Return one file with its profile and the replies that came for it; NotFound where there is none."""
    authorise(actor, Permission.SEE_FILES)
    with system.database.reading() as look:
        file, profile = file_and_profile(look, file_name)
        replies = look.session.scalars(
            select(ReplyFile)
            .where(or_(ReplyFile.export_file_id == file.id, ReplyFile.id.in_(_answers(file))))
            .order_by(ReplyFile.id)
        )
        return {
            **file_facts(system, file),
            "profile": profile.name,
            "profile_label": profile.label,
            "profile_digest": file.profile_digest,
            "size": file.size,
            "replies": [
                {
                    "id": reply.id,
                    "file_name": reply.file_name,
                    "kind": reply.kind,
                    "outcome": str(reply.outcome),
                    "reason": reply.reason,
                    "collected_at": reply.collected_at.isoformat(),
                }
                for reply in replies
            ],
        }


def _answers(file: ExportFile) -> Select[int | None]:
    """The CARs that answer a record of the file; one may answer several files."""
    return (
        select(Reply.reply_file_id)
        .join(Transaction, Transaction.id == Reply.transaction_id)
        .where(Transaction.file_id == file.id)
    )


@dataclass(frozen=True)
class RecordPage:
    """Some records of a file."""

    records: list[dict[str, Any]]
    page: int
    pages: int
    total: int


def file_records(system: System, actor: Actor, file_name: str, page: int = 1) -> RecordPage:
    """Return one page of a file's records, each field with its place, width and value, and the line as it was sent."""
    authorise(actor, Permission.SEE_FILES)
    with system.database.reading() as look:
        file, profile = file_and_profile(look, file_name)
        pages = max(1, -(-file.record_count // RECORDS_A_PAGE))
        page = min(max(page, 1), pages)
        first = (page - 1) * RECORDS_A_PAGE + 1
        places = range(first, first + RECORDS_A_PAGE)
        placed = (Transaction.rec_no >= places.start) & (Transaction.rec_no < places.stop)
        shown = look.session.execute(
            select(Transaction.rec_no, state_shown)
            .join(ExportFile, ExportFile.id == Transaction.file_id)
            .where(Transaction.file_id == file.id, placed)
        )
        states = {rec_no: str(state) for rec_no, state in shown}
        layout = RowFormat(profile)
        records = [
            _record(profile, layout, rec_no, row, states.get(rec_no, ""))
            for rec_no, row in enumerate(fixed_rows(look, file_name, places), first)
        ]
        found = RecordPage(records, page, pages, file.record_count)
    note_reading(system, actor, "file", ("file", file.id), len(records))
    return found


def _record(profile: Profile, layout: RowFormat, rec_no: int, row: DataRow, state: str) -> dict[str, Any]:
    values = {"rec_no": rec_no, **row._asdict()}
    columns = profile.data.columns if profile.data.fixed else {}
    fields = [
        {
            "name": spec.name,
            "from": columns[spec.name][0] if columns else None,
            "width": spec.width if columns else None,
            "value": str(values.get(spec.name) or ""),
        }
        for spec in profile.data.fields
    ]
    return {
        "rec_no": rec_no,
        "txn_ref": row.txn_ref,
        "command": row.command,
        "state": state,
        "raw": layout.line(rec_no, row) or "",
        "fields": fields,
    }


def resend_file(system: System, actor: Actor, file_name: str) -> dict[str, Any]:
    """Put the same bytes under the same name once more (F4); Conflict where the file has not left yet."""
    authorise(actor, Permission.RUN_EXPORT)
    with named_lock(system.database, "export", wait=60):
        return file_facts(system, put_again(system, actor, file_name))


def put_again(system: System, actor: Actor, file_name: str) -> ExportFile:
    """As `resend_file`, under a lock that the caller holds; it counts, and a SEQGAP is answered by it."""
    with system.database.reading() as look:
        file, profile = file_and_profile(look, file_name)
        if file.state is FileState.EXTRACTED:
            raise Conflict(f"{file_name} has not left yet: `eld export run` finishes it")
        if file.state is FileState.FCO_REJECTED:
            raise Conflict(f"{file_name} was refused ({file.reason}): what it held goes out in another file")
        sending = file_to_send(file, profile.text)
    send_again(DatabaseLedger(system, actor), sending, system.transport, system.workdir)
    with system.database.unit_of_work() as work:
        file, _ = file_and_profile(work, file_name)
        work.session.refresh(file, with_for_update=True)
        file.resends, file.resent_at = file.resends + 1, system.clock.now()
        if file.reason == SEQGAP:
            file.reason = ""  # until the agent says so again
        detail = {"file_name": file_name, "sha256": file.sha256}
        system.record(work, actor, Action.FILE_RESENT, ("file", file.id), detail)
        work.commit()
    return file


def release_file(system: System, actor: Actor, file_name: str, *, as_accepted: bool = False) -> None:
    """Let further files leave after a refusal that would come again; or wait for the CAR of one that was taken.

    `as_accepted`: the agent answered SEQDUP, or a record of it, which proves that it took the file; the FCO is lost.
    """
    authorise(actor, Permission.RUN_EXPORT)
    if actor.user_id is None:
        raise NotAllowed("a file is released by a named member of staff: say who with --as")
    with system.database.unit_of_work() as work:
        file, _ = file_and_profile(work, file_name)
        work.session.refresh(file, with_for_update=True)
        if as_accepted and file.state is FileState.DELIVERED and (file.reason == SEQDUP or answered(work, file)):
            settle_sequence(system, work, actor, file, "a person found that the agent took the file")
            file.state, file.answered_at = FileState.FCO_ACCEPTED, system.clock.now()
        elif as_accepted or not file.holds:
            raise Conflict(f"{file_name} is {file.state} and holds nothing that could be released")
        file.holds = False
        detail = {"file_name": file_name, "as_accepted": as_accepted}
        system.record(work, actor, Action.FILE_RELEASED, ("file", file.id), detail)
        work.commit()


def answered(look: Reading, file: ExportFile) -> bool:
    """Say whether a record of the file was answered: that proves it was taken."""
    found = exists().where(Reply.transaction_id == Transaction.id, Transaction.file_id == file.id)
    return bool(look.session.scalar(select(found)))


def file_and_profile(look: Reading, file_name: str) -> tuple[ExportFile, Profile]:
    """Return a file and the profile that it was written with; NotFound where there is none of this name."""
    # A database takes no NUL in a text; a name with one is none of ours.
    found = (
        file_name.isprintable()
        and look.session.execute(
            select(ExportFile, FormatProfile.body)
            .join(FormatProfile, FormatProfile.digest == ExportFile.profile_digest)
            .where(ExportFile.file_name == file_name)
        ).one_or_none()
    )
    if not found:
        raise NotFound(f"there is no file {file_name}")
    return found[0], parse_profile(found[1])
