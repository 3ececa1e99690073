"""The ledger of the pipeline: the files that wait to leave and their fixed rows, read from the database."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, literal, select

from app.audit.anchors import anchor_head
from app.audit.events import Action
from app.audit.journal import append_line
from app.db.locks import Held
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.files import FileState
from app.domain.references import transaction_reference
from app.errors import Busy
from app.models.exports import ExportFile, FormatProfile, FullFileRow, Transaction
from app.models.numbers import Number
from app.models.records import RecordValues
from app.services.exports.candidates import BATCH, CONTENT
from app.services.exports.numbering import facts_of
from app.services.system import System
from emergency_export.pipeline import FileToSend
from emergency_export.profile_loading import parse_profile
from emergency_export.rows import FULL, DataRow
from validators.numbers import national

NOTHING = ("",) * 14
# The kind of line that the journal has of each file, written before the file leaves.
JOURNAL_FILE = "file"


class DatabaseLedger:
    """What the pipeline needs of the database; each call is a unit of work of its own.

    With `held`, the lock of the export, nothing leaves once that is lost. A file that is only sent again needs none:
    the agent calls the second copy SEQDUP, and nothing changes.
    """

    def __init__(self, system: System, actor: Actor, held: Held | None = None) -> None:
        self._system, self._actor, self._held = system, actor, held

    def undelivered(self) -> list[FileToSend]:
        """Return the files that have a number and have not left, in the order of their sequence."""
        with self._system.database.reading() as look:
            waiting = look.session.execute(
                select(ExportFile, FormatProfile.body)
                .join(FormatProfile, FormatProfile.digest == ExportFile.profile_digest)
                .where(ExportFile.state == FileState.EXTRACTED)
                .order_by(ExportFile.file_sequence)
            ).all()
            return [file_to_send(file, body) for file, body in waiting]

    def rows(self, file: FileToSend) -> Iterator[DataRow]:
        """Yield the rows of a file as they were fixed, in the order of their record numbers."""
        with self._system.database.reading() as look:
            yield from fixed_rows(look, file.facts.file_name)

    def note_leaving(self, file: FileToSend) -> None:
        """Write a line into the journal: from now on the agent may have seen these numbers.

        Busy where the lock was lost on the way, so that another may be sending: this is asked last.
        """
        with self._system.database.reading() as look:
            last = look.session.scalar(
                select(func.max(Transaction.id))
                .join(ExportFile, ExportFile.id == Transaction.file_id)
                .where(ExportFile.file_name == file.facts.file_name)
            )
        append_line(
            self._system.journal,
            JOURNAL_FILE,
            at=self._system.clock.now(),
            file_name=file.facts.file_name,
            file_sequence=file.facts.file_sequence,
            sha256=file.sha256,
            txn_number=last or 0,
        )
        if self._held is not None and not self._held.still_held():
            raise Busy("The lock export was lost on the way: another may be at it. Nothing more leaves from here.")

    def mark_delivered(self, file: FileToSend) -> None:
        """Record that the transport has confirmed the whole file, and anchor the trail outside the database."""
        with self._system.database.unit_of_work() as work:
            row = work.session.scalars(
                select(ExportFile).where(ExportFile.file_name == file.facts.file_name).with_for_update()
            ).one()
            if row.state is not FileState.EXTRACTED:
                return
            mark_delivered(self._system, work, self._actor, row)
            work.commit()
        # The head of the chain, outside the database: with each file, so that a night cannot be unsaid later.
        anchor_head(self._system.database, self._system.journal, self._system.clock)


def file_to_send(file: ExportFile, profile_body: str) -> FileToSend:
    """Return a file as the pipeline knows it."""
    return FileToSend(facts_of(file), parse_profile(profile_body), file.sha256, file.record_count)


def mark_delivered(system: System, work: UnitOfWork, actor: Actor, file: ExportFile) -> None:
    """Move the file, and with it every transaction that shares its fate."""
    file.state, file.delivered_at = FileState.DELIVERED, system.clock.now()
    detail = {"file_name": file.file_name, "sha256": file.sha256}
    system.record(work, actor, Action.FILE_DELIVERED, ("file", file.id), detail)


def fixed_rows(look: Reading, file_name: str, places: range | None = None) -> Iterator[DataRow]:
    """Yield the rows of a file, or those of some record numbers; constant memory."""
    file = look.session.scalars(select(ExportFile).where(ExportFile.file_name == file_name)).one()
    query = _full_query(file.id) if file.kind == FULL else _changes_query(file.id)
    if places is not None:
        rec_no = FullFileRow.rec_no if file.kind == FULL else Transaction.rec_no
        query = query.where(rec_no >= places.start, rec_no < places.stop)
    for row in look.session.connection().execute(query, execution_options={"yield_per": BATCH}):
        yield _data_row(file.cupid, tuple(row))


def _changes_query(file_id: int) -> Select[tuple[object, ...]]:
    return (
        select(
            Transaction.id,
            Transaction.command,
            Number.number,
            Transaction.effective_date,
            Transaction.child_cupid,
            Transaction.change_cupid,
            *CONTENT[1:],
        )
        .join(Number, Number.id == Transaction.number_id)
        .outerjoin(RecordValues, RecordValues.id == Transaction.values_id)
        .where(Transaction.file_id == file_id)
        .order_by(Transaction.rec_no)
    )


def _full_query(file_id: int) -> Select[tuple[object, ...]]:
    return (
        select(
            Transaction.id,
            literal(""),
            Number.number,
            FullFileRow.effective_date,
            func.coalesce(RecordValues.child_cupid, ""),
            literal(""),
            *CONTENT[1:],
        )
        .join(Transaction, Transaction.id == FullFileRow.transaction_id)
        .join(Number, Number.id == Transaction.number_id)
        .join(RecordValues, RecordValues.id == FullFileRow.values_id)
        .where(FullFileRow.file_id == file_id)
        .order_by(FullFileRow.rec_no)
    )


def _data_row(cupid: str, row: tuple[Any, ...]) -> DataRow:
    transaction_id, command, number, effective_date, child_cupid, change_cupid, *content = row
    # C and E have no values: the outer join then gives none at all.
    *before, reference = NOTHING if content[0] is None else content
    reference_of_transaction = transaction_reference(cupid, child_cupid, transaction_id)
    ids = (reference_of_transaction, command, national(number), effective_date, cupid, child_cupid, change_cupid)
    return DataRow._make((*ids, *before, "", reference))
