"""The night: finish what was begun, decide what is due, fix it, and let the files leave in sequence."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from app.db.locks import Held, named_lock
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import NightHeld, RefusalHolds
from app.models.exports import ExportFile
from app.services.access import authorise
from app.services.exports.brake import hold_night, refuse_held, weigh
from app.services.exports.candidates import urgent_incidents
from app.services.exports.files import file_facts
from app.services.exports.fixing import Fixed, fix_night, keep_held
from app.services.exports.full import fix_full
from app.services.exports.gaps import mend_gaps_within
from app.services.exports.ledger import DatabaseLedger
from app.services.exports.restored import refuse_older_copy
from app.services.system import System
from emergency_export.pipeline import deliver_files
from emergency_export.ports import Step

OnStep = Callable[[str], None]
LETTERS = "ACMEI"
LOCK_WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class ExportReport:
    """What a run made: FILE documents (interfaces.md), commands by letter, records held back, files sent again."""

    files: list[dict[str, Any]]
    transactions: dict[str, int]
    held_back: int
    sent_again: list[str] = field(default_factory=list)

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

    What is urgent goes first, in a file for each incident: nothing holds it. Raises Busy where another run works,
    NightHeld where the brake or a person holds the night, RefusalHolds where a refusal holds further files,
    CallAPerson where the database is an older copy, and ExportError where the transport fails: the files keep their
    numbers and leave with the next run.
    """
    authorise(actor, Permission.RUN_EXPORT)
    with named_lock(system.database, "export", wait=LOCK_WAIT_SECONDS) as held:
        run = _Run(system, actor, held, on_step)
        run.finish_what_was_begun()
        run.send_urgent()
        run.send(_fix(system, actor, run_date or system.today, full=full))
    return run.report()


def deliver_urgent(system: System, actor: Actor, on_step: OnStep = lambda _: None) -> ExportReport:
    """Deliver what could not leave and what is urgent, and nothing of the night; raises as `run_export` does."""
    authorise(actor, Permission.RUN_EXPORT)
    with named_lock(system.database, "export", wait=LOCK_WAIT_SECONDS) as held:
        run = _Run(system, actor, held, on_step)
        run.finish_what_was_begun()
        run.send_urgent()
    return run.report()


class _Run:
    """One run under the lock of the export, and all that left in it."""

    def __init__(self, system: System, actor: Actor, held: Held, on_step: OnStep) -> None:
        self._system, self._actor, self._on_step = system, actor, on_step
        self._ledger = DatabaseLedger(system, actor, held)
        self._files: list[str] = []
        self._again: tuple[str, ...] = ()
        self._held_back = 0

    def finish_what_was_begun(self) -> None:
        """Mend a gap that the agent told of, and deliver what has its number and has not left."""
        refuse_older_copy(self._system)
        _refuse_while_refused(self._system)
        self._again = mend_gaps_within(self._system, self._actor)
        self._files += self._deliver()

    def send_urgent(self) -> None:
        """Send a file for each incident that something urgent waits for."""
        with self._system.database.reading() as look:
            incidents = urgent_incidents(look, self._system.today)
        for incident in incidents:
            with self._system.database.unit_of_work() as work:
                fixed = fix_night(self._system, work, self._actor, self._system.today, incident)
                work.commit()
            self.send(fixed)

    def send(self, fixed: Fixed) -> None:
        """Deliver the files that were just fixed."""
        self._held_back += fixed.held_back
        if fixed.files:
            self._on_step(Step.ROWS_FIXED)
            self._files += self._deliver()

    def _deliver(self) -> tuple[str, ...]:
        return deliver_files(self._ledger, self._system.transport, self._system.workdir, self._on_step)

    def report(self) -> ExportReport:
        """Report every file that left, those that a run before had left behind among them."""
        with self._system.database.reading() as look:
            files = look.session.scalars(
                select(ExportFile).where(ExportFile.file_name.in_(self._files)).order_by(ExportFile.file_sequence)
            )
            made = [file_facts(self._system, file) for file in files]
        commands = {letter: sum(file["counts"].get(letter, 0) for file in made) for letter in LETTERS}
        return ExportReport(made, commands, self._held_back, list(self._again))


def _fix(system: System, actor: Actor, night: date, *, full: bool) -> Fixed:
    """Fix the files of the run, in one transaction; a night that the brake holds comes to nothing but the hold."""
    with system.database.unit_of_work() as work:
        if full:
            fixed, held = fix_full(system, work, actor), None
        else:
            refuse_held(work)
            fixed = fix_night(system, work, actor, night)
            held = weigh(system, work, night, fixed.commands)
        if held is None:
            work.commit()
            return fixed
    with system.database.unit_of_work() as work:
        keep_held(system, work, night)
        why = hold_night(system, work, actor, night, held)
        work.commit()
    raise NightHeld(
        f"the brake holds the night of {night:%d %B %Y}: {why}. Nothing was numbered. Two people look at it and "
        f"release it: `eld export release --night {night} --as EMAIL`"
    )


def _refuse_while_refused(system: System) -> None:
    """A reason that would come again holds further files until a person releases (file-interface.md)."""
    with system.database.reading() as look:
        held = look.session.scalars(select(ExportFile).where(ExportFile.holds)).all()
    if held:
        named = ", ".join(f"{file.file_name} ({file.reason})" for file in held)
        raise RefusalHolds(
            f"the agent refused {named}, and would refuse the next file for the same reason: "
            "mend the cause, then `eld export release FILE`"
        )
