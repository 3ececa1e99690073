"""The night: finish what was begun, decide what is due, fix it, and let the files leave in sequence."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.anchors import read_anchors
from app.db.locks import named_lock
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import CallAPerson
from app.models.audit import AuditHead
from app.models.exports import ExportFile
from app.services.access import authorise
from app.services.exports.files import file_facts
from app.services.exports.fixing import fix_night
from app.services.exports.full import fix_full
from app.services.exports.ledger import DatabaseLedger
from app.services.system import System
from emergency_export.pipeline import deliver_files

OnStep = Callable[[str], None]
LETTERS = "ACMEI"
LOCK_WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class ExportReport:
    """What a run made: FILE documents (interfaces.md), commands by letter, and records held back."""

    files: list[dict[str, Any]]
    transactions: dict[str, int]
    held_back: int

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def run_export(
    system: System,
    actor: Actor,
    run_date: date | None = None,
    *,
    full: bool = False,
    on_step: OnStep = lambda _: None,
) -> ExportReport:
    """Build and deliver what is due on `run_date` (default today), or a full file for comparison.

    Raises Busy where another run works, CallAPerson where a refusal holds further files, and ExportError where
    the transport fails: the files keep their numbers and leave with the next run.
    """
    authorise(actor, Permission.RUN_EXPORT)
    with named_lock(system.database, "export", wait=LOCK_WAIT_SECONDS):
        _refuse_older_copy(system)
        _refuse_while_held(system)
        ledger = DatabaseLedger(system, actor)
        left_over = deliver_files(ledger, system.transport, system.workdir, on_step)
        with system.database.unit_of_work() as work:
            fixed = fix_full(system, work, actor) if full else fix_night(system, work, actor, run_date or system.today)
            work.commit()
        if fixed.files:
            on_step("rows fixed")
            deliver_files(ledger, system.transport, system.workdir, on_step)
    return _report(system, (*left_over, *fixed.files), fixed.held_back)


def _report(system: System, names: tuple[str, ...], held_back: int) -> ExportReport:
    """Report every file that left in this run, those that a run before it had left behind among them."""
    with system.database.reading() as look:
        files = look.session.scalars(
            select(ExportFile).where(ExportFile.file_name.in_(names)).order_by(ExportFile.file_sequence)
        )
        made = [file_facts(system, file) for file in files]
    commands = {letter: sum(file["counts"].get(letter, 0) for file in made) for letter in LETTERS}
    return ExportReport(made, commands, held_back)


def _refuse_older_copy(system: System) -> None:
    """A restored backup would give out file numbers and references that the agent has seen: it stops and asks."""
    seen = max((anchor.seq for anchor in read_anchors(system.journal)), default=0)
    with system.database.reading() as look:
        head = look.session.get_one(AuditHead, 1).seq
    if head < seen:
        raise CallAPerson(
            f"the export journal has seen the trail as far as entry {seen}, this database ends at {head}: "
            "it is an older copy, and its next file would reuse a number. Nothing leaves; ask the agent which "
            "file it took last"
        )


def _refuse_while_held(system: System) -> None:
    """A reason that would come again holds further files until a person releases (file-interface.md)."""
    with system.database.reading() as look:
        held = look.session.scalars(select(ExportFile).where(ExportFile.holds)).all()
    if held:
        named = ", ".join(f"{file.file_name} ({file.reason})" for file in held)
        raise CallAPerson(
            f"the agent refused {named}, and would refuse the next file for the same reason: "
            "mend the cause, then `eld export release FILE`"
        )
