"""The collection: what lies in the inbox is kept, believed or set aside whole, and applied, FCOs before CARs."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.audit.events import Action
from app.db.locks import named_lock
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.files import ReplyFileOutcome
from app.domain.permissions import Permission
from app.errors import Problem
from app.models.exports import ExportFile
from app.models.replies import ReplyFile
from app.services.access import authorise
from app.services.cases.about_files import close_about
from app.services.cases.opening import CaseFacts, open_case
from app.services.replies.car_sequence import CarSequence
from app.services.replies.files import apply_fco
from app.services.replies.reading import ReadReply, ReplyReader
from app.services.replies.rows import CarApplication
from app.services.system import System
from emergency_export.faults import DamagedReply, ExportError, Fault, NoSuchReply
from emergency_export.profiles import FileKind, Profile
from emergency_export.replies import CarFile, Fco

LOCK_WAIT_SECONDS = 60.0
QUARANTINE = "QUARANTINE"


@dataclass
class CollectReport:
    """What one collection did: files by kind, rows by what became of them, and what was set aside."""

    fco: int = 0
    car: int = 0
    applied: int = 0
    repeated: int = 0
    unsolicited: int = 0
    quarantined: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def collect_replies(system: System, actor: Actor, report: CollectReport | None = None) -> CollectReport:
    """Fetch and apply every reply; a damaged one is set aside whole and nothing of it is applied.

    May be repeated and interrupted at any point: a file leaves the inbox only after its effect is committed,
    and one that was applied before is known again by its digest. A `report` that is handed in is counted up file by
    file, so that it tells what was done where the transport breaks in the middle.
    """
    authorise(actor, Permission.COLLECT_REPLIES)
    report = CollectReport() if report is None else report
    with named_lock(system.database, "replies", wait=LOCK_WAIT_SECONDS):
        reader = ReplyReader(system)
        fault: ExportError | None = None
        for name in reader.in_order(system.transport.list_replies()):
            try:
                _Collection(system, actor, report, reader, name).run()
            except ExportError as wrong:
                if reader.kind_of(name) is not None:
                    raise
                fault = wrong  # what is no reply at all must not keep the agent's replies waiting
    if fault is not None:
        raise fault
    return report


@dataclass
class _Collection:
    """One file of one collection."""

    system: System
    actor: Actor
    report: CollectReport
    reader: ReplyReader
    name: str
    sha256: str = ""

    def run(self) -> None:
        # a name of ours: the agent's may be longer than this disk takes
        copy = self.system.workdir / "incoming" / "reply"
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            with suppress(NoSuchReply):  # somebody took it away since it was listed
                self._take(copy)
        finally:
            copy.unlink(missing_ok=True)

    def _take(self, copy: Path) -> None:
        self.sha256 = self.system.transport.fetch(self.name, copy)
        try:
            found = self.reader.read(copy, self.name)
        except DamagedReply as damaged:
            self._set_aside(damaged.faults)
            return
        # "Archived with its digest before it is applied": a copy is kept first, the reply leaves the inbox last.
        if self.system.transport.keep(self.name).sha256 != self.sha256:
            return  # another lies there by now: the next collection reads that one
        self._apply(found)
        self.system.transport.archive(self.name, only=self.sha256)

    def _apply(self, found: ReadReply) -> None:
        if isinstance(found.reply, Fco):
            self._apply_fco(found.reply)
        else:
            self._apply_car(found.reply, found.profile)

    def _apply_fco(self, fco: Fco) -> None:
        with self.system.database.unit_of_work() as work:
            file = work.session.scalars(
                select(ExportFile).where(ExportFile.file_name == fco.file_name).with_for_update()
            ).one()
            known = self._known(work)
            outcome = ReplyFileOutcome.REPEATED if known else apply_fco(self.system, work, self.actor, file, fco)
            repeats = ReplyFileOutcome(outcome).repeats
            kept = self._keep(work, FileKind.FCO, outcome, file_id=file.id, reason=fco.reason)
            self._trail(work, kept, (int(not repeats), int(repeats), 0))
            self._came_whole(work)
            work.commit()
        self.report.fco += 1
        self.report.repeated += repeats

    def _apply_car(self, car: CarFile, profile: Profile) -> None:
        sequence = car.header.car_sequence
        with self.system.database.unit_of_work() as work:
            if self._known(work):
                kept = self._keep(work, FileKind.CAR, ReplyFileOutcome.REPEATED, sequence=sequence)
                counts = (0, car.record_count, 0)
            else:
                in_sequence = CarSequence(self.system, work, self.actor)
                kept = self._keep(work, FileKind.CAR, in_sequence.place(sequence), sequence=sequence)
                found = CarApplication(self.system, work, self.actor, profile, kept.id, self.name).apply(car)
                in_sequence.tell(kept, new=bool(found.applied or found.unsolicited))
                counts = (found.applied, found.repeated, found.unsolicited)
            self._trail(work, kept, counts)
            self._came_whole(work)
            work.commit()
        self.report.car += 1
        self.report.applied += counts[0]
        self.report.repeated += counts[1]
        self.report.unsolicited += counts[2]

    def _came_whole(self, work: UnitOfWork) -> None:
        """Close what stands about a damaged reply of this name: it has come whole."""
        close_about(self.system, work, self.actor, _token(self.name), (QUARANTINE,), "answered: it came whole")

    def _known(self, work: UnitOfWork) -> bool:
        """Say whether the same bytes were applied before."""
        before = select(ReplyFile.id).where(
            ReplyFile.sha256 == self.sha256, ReplyFile.outcome != ReplyFileOutcome.QUARANTINED
        )
        return work.session.scalar(before.limit(1)) is not None

    def _keep(
        self,
        work: UnitOfWork,
        kind: FileKind | None,
        outcome: ReplyFileOutcome,
        *,
        file_id: int | None = None,
        reason: str = "",
        sequence: int | None = None,
    ) -> ReplyFile:
        kept = ReplyFile(
            file_name=_token(self.name),
            kind=str(kind or ""),
            sha256=self.sha256,
            outcome=outcome,
            export_file_id=file_id,
            reason=reason,
            sequence=sequence,
            collected_at=self.system.clock.now(),
        )
        work.session.add(kept)
        work.session.flush()
        return kept

    def _trail(self, work: UnitOfWork, kept: ReplyFile, counts: tuple[int, int, int]) -> None:
        detail = {
            "file_name": self.name,
            "kind": kept.kind,
            "sha256": self.sha256,
            **dict(zip(("applied", "repeated", "unsolicited"), counts, strict=True)),
        }
        self.system.record(work, self.actor, Action.REPLIES_APPLIED, ("reply_file", kept.id), detail)

    def _set_aside(self, faults: Sequence[Fault]) -> None:
        """Put the file into quarantine whole, with the reason beside it, in the trail and before operations."""
        with self.system.database.unit_of_work() as work:
            if not self._set_aside_before(work):
                self._note_set_aside(work, faults)
                work.commit()
        self.system.transport.quarantine(self.name, "\n".join(str(fault) for fault in faults), only=self.sha256)
        problems = [_problem(fault).as_dict() for fault in faults]
        shown = self.name.encode("utf-8", "replace").decode()
        self.report.quarantined.append({"file_name": shown, "problems": problems})

    def _set_aside_before(self, work: UnitOfWork) -> bool:
        """Say whether this was noted already: by an attempt that broke off before the file had left the inbox."""
        before = select(ReplyFile.id).where(
            ReplyFile.sha256 == self.sha256,
            ReplyFile.outcome == ReplyFileOutcome.QUARANTINED,
            ReplyFile.file_name == _token(self.name),
        )
        return work.session.scalar(before.limit(1)) is not None

    def _note_set_aside(self, work: UnitOfWork, faults: Sequence[Fault]) -> None:
        kind, code = self.reader.kind_of(self.name), str(faults[0].code)
        kept = self._keep(work, kind, ReplyFileOutcome.QUARANTINED, reason=code)
        text = f"The reply was set aside whole, nothing of it was applied: {faults[0]}"
        open_case(self.system, work, self.actor, CaseFacts(QUARANTINE, text, file_name=_token(self.name)))
        detail = {
            "file_name": _token(self.name),
            "sha256": self.sha256,
            "codes": sorted({str(fault.code) for fault in faults}),
        }
        self.system.record(work, self.actor, Action.REPLY_QUARANTINED, ("reply_file", kept.id), detail)


def _problem(fault: Fault) -> Problem:
    return Problem(str(fault.code), fault.field or "", "error", fault.message, line=fault.line)


def _token(name: str) -> str:
    """A foreign file's name may be anything: the chain gets its plain characters."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in name)[:200]
