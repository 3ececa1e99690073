"""Rows fixed: in one transaction what is due gets its command and its place, and its file number and digest."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.transactions import TransactionState
from app.models.exports import ExportFile
from app.services.cases.opening import CaseFacts, open_case
from app.services.exports.candidates import Candidate, lock_due, read_candidates
from app.services.exports.decisions import Decision, decide
from app.services.exports.night_list import ListEntry, NightList
from app.services.exports.numbering import (
    complete_file,
    draft_file,
    extracted_detail,
    first_of_day,
    keep_profile,
    next_facts,
)
from app.services.system import System
from emergency_export.faults import Fault
from emergency_export.file import FileWriter, check_row
from emergency_export.pipeline import begin_draft
from emergency_export.rows import CHANGES, DataRow


@dataclass
class Fixed:
    """What one run fixed: its files by name, commands by letter, and how many records could not be rendered."""

    files: list[str] = field(default_factory=list)
    commands: Counter[str] = field(default_factory=Counter)
    held_back: int = 0


class Placed(NamedTuple):
    """A record's place in a file; with faults it has none."""

    file_id: int
    rec_no: int
    faults: tuple[Fault, ...] = ()


class OpenFile(NamedTuple):
    """The file that records go into at present."""

    file: ExportFile
    file_id: int
    writer: FileWriter


class NightFiles:
    """The files of one run: a record goes into the present one, or begins the next where that is full."""

    def __init__(self, system: System, work: UnitOfWork, actor: Actor, incident: str) -> None:
        self._system, self._work, self._actor, self._incident = system, work, actor, incident
        self._at = system.clock.now().replace(microsecond=0)
        self._open: OpenFile | None = None
        self.fixed = Fixed()

    def place(self, row: DataRow) -> Placed:
        """Give a record its place in a file, or say everything that keeps it from being written."""
        if self._open is not None and self._open.writer.full:
            self._close()
        if self._open is None:
            # A record that cannot be written must not begin a file.
            faults = check_row(self._system.profile, row)
            if faults:
                return Placed(0, 0, faults)
            self._open = self._begin()
        writer = self._open.writer
        faults = writer.add(row)
        return Placed(self._open.file_id, writer.record_count, faults)

    def finish(self) -> Fixed:
        """End the last file; a night without changes makes an empty one where it is the first of the day."""
        empty = self._open is None and not self._incident and self._system.profile.empty_file == "send"
        if empty and first_of_day(self._system, self._work, self._at):
            self._open = self._begin()
        self._close()
        return self.fixed

    def _begin(self) -> OpenFile:
        keep_profile(self._work, self._system.profile)
        facts = next_facts(self._system, self._work, CHANGES, self._at)
        file = draft_file(self._system, self._work, facts, self._incident)
        # Digest and totals are fixed with the rows. The bytes are a draft: lost or torn, they are rendered again.
        writer = FileWriter(self._system.profile, facts, begin_draft(self._system.workdir, facts.file_name))
        return OpenFile(file, file.id, writer)

    def _close(self) -> None:
        if self._open is None:
            return
        file, totals = self._open.file, self._open.writer.finish()
        complete_file(file, totals)
        self._work.session.flush()
        detail = dict(extracted_detail(file))
        self._system.record(self._work, self._actor, Action.FILE_EXTRACTED, ("file", file.id), detail)
        self.fixed.files.append(file.file_name)
        self.fixed.commands.update(totals.counts)
        self._open = None


def fix_night(system: System, work: UnitOfWork, actor: Actor, run_date: date, incident: str = "") -> Fixed:
    """Decide everything that is due on `run_date` and fix the files of the run; the caller commits.

    With `incident` the numbers alone that something urgent waits for because of it.
    """
    lock_due(work, run_date)
    files = NightFiles(system, work, actor, incident)
    night = NightList(work)
    poisoned: list[tuple[Candidate, tuple[Fault, ...]]] = []
    for candidate in read_candidates(work, run_date, incident):
        decision = decide(candidate, run_date, system.settings.cupid)
        if decision.row is None:
            night.add(_not_sent(candidate, decision))
            continue
        placed = files.place(decision.row)
        if placed.faults:
            poisoned.append((candidate, placed.faults))
            night.add(ListEntry(candidate.transaction_id, TransactionState.DO_NOT_SEND, why="it cannot be written"))
        else:
            night.add(_sent(candidate, decision.row, placed))
    night.apply()
    for candidate, faults in poisoned:
        _open_case_of(system, work, actor, candidate, faults)
    fixed = files.finish()
    fixed.held_back = len(poisoned)
    return fixed


def keep_held(system: System, work: UnitOfWork, run_date: date) -> None:
    """Leave what the night would have sent DO_SEND: it is held, without a number, and worked out afresh later."""
    lock_due(work, run_date)
    night = NightList(work)
    for candidate in read_candidates(work, run_date):
        if decide(candidate, run_date, system.settings.cupid).row is not None:
            night.add(ListEntry(candidate.transaction_id, TransactionState.DO_SEND))
    night.apply()


def _not_sent(candidate: Candidate, decision: Decision) -> ListEntry:
    folded = decision.state is TransactionState.FOLDED
    return ListEntry(
        candidate.transaction_id,
        decision.state,
        folded_into=candidate.survivor_id if folded else None,
        why=decision.need.why,
    )


def _sent(candidate: Candidate, row: DataRow, placed: Placed) -> ListEntry:
    values_id = None if row.command in "CE" else candidate.values_id
    return ListEntry(
        candidate.transaction_id,
        TransactionState.EXTRACTED,
        row.command,
        row.effective_date,
        values_id,
        candidate.account_id,
        row.child_cupid,
        row.change_cupid,
        placed.file_id,
        placed.rec_no,
    )


def _open_case_of(
    system: System, work: UnitOfWork, actor: Actor, candidate: Candidate, faults: tuple[Fault, ...]
) -> None:
    """One record that cannot be rendered becomes a case, and the rest of the night goes."""
    facts = CaseFacts(
        code=str(faults[0].code),
        text="; ".join(f"{fault.field or 'record'}: {fault.message}" for fault in faults),
        field=faults[0].field or "",
        number_id=candidate.number_id,
        transaction_id=candidate.transaction_id,
    )
    open_case(system, work, actor, facts)
