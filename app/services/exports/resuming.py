"""The answer to "stops and asks" after a restore: what the agent took last, so that no number is ever used twice."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.audit.anchors import RESUMED, common_past, read_anchors
from app.audit.events import Action
from app.audit.journal import append_line
from app.db.locks import named_lock
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.files import FileState
from app.domain.permissions import Permission
from app.errors import CallAPerson, Conflict, NotAllowed, Problem, Refused
from app.models.exports import ExportFile, Resumption, Transaction
from app.services.access import authorise
from app.services.cases.opening import CaseFacts, open_case
from app.services.exports.afresh import end_taken, forget_records, move_waiting, want_everything
from app.services.exports.restored import Left, Seen, names_there, read_journal, refuse_older_copy
from app.services.system import System

LOCK_WAIT_SECONDS = 60.0
CODE = "RESUMED"
CONFIRM = "Ask the agent; where they say so all the same: --agent-confirmed"


@dataclass(frozen=True)
class Resumed:
    """What was resumed: the next file and transaction come after these numbers.

    `records` are now unknown until an extract has been reconciled, `abandoned` were in flight in files that the
    agent took, `moved` waited under numbers that it may have seen and have new ones.
    """

    file_sequence: int
    txn_number: int
    names_through: int
    records: int
    abandoned: int
    moved: int

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def resume_export(
    system: System,
    actor: Actor,
    file_sequence: int,
    txn_number: int,
    names_through: int = 0,
    *,
    agent_confirmed: bool = False,
) -> Resumed:
    """Go on after an older copy was restored: the agent took file `file_sequence` and transaction `txn_number` last.

    Every record is unknown then, and what is wanted goes out whole; the brake shows that to two people. NotAllowed
    without a named member of staff. Conflict where the database knows of a later file, where a later one still lies for
    the agent, and for an answer that nothing here bears out, unless the agent has confirmed it.
    """
    authorise(actor, Permission.RUN_EXPORT)
    if actor.user_id is None:
        raise NotAllowed("the export is resumed by a named member of staff: say who with --as")
    with (
        named_lock(system.database, "export", wait=LOCK_WAIT_SECONDS),
        named_lock(system.database, "replies", wait=LOCK_WAIT_SECONDS),
    ):
        seen = read_journal(system)
        _refuse_unwritable(system, file_sequence)
        if not agent_confirmed:
            _refuse_unlikely(system, seen.left, file_sequence)
        _refuse_lying(system, seen.left, file_sequence)
        with system.database.unit_of_work() as work:
            _refuse_sent_later(work, file_sequence)
            through = common_past(work, read_anchors(system.journal))
            known = [file.txn_number for file in seen.left] + [answer.txn_number for answer in seen.answers]
            last = work.session.scalar(select(func.max(Transaction.id))) or 0
            floor = max(txn_number, last, *known)
            moved = move_waiting(work, floor)
            resumed = Resumed(
                file_sequence,
                floor,
                max(names_through, _names_of_today(system, seen)),
                abandoned=end_taken(system, work, actor, file_sequence),
                records=forget_records(system, work),
                moved=moved,
            )
            want_everything(system, work)
            at = system.clock.now()
            _keep(system, work, actor, resumed, at)
            facts = {"file_sequence": file_sequence, "txn_number": resumed.txn_number}
            names = {"names_on": system.today.isoformat(), "names_through": resumed.names_through}
            # Before the commit: an answer that the journal has and the database has not is asked for once more.
            append_line(system.journal, RESUMED, at=at, seq=through, **facts, **names)
            work.commit()
    return resumed


def _keep(system: System, work: UnitOfWork, actor: Actor, resumed: Resumed, at: datetime) -> None:
    """Write the answer down, and leave a case until an extract has been reconciled."""
    facts = resumed.as_dict()
    numbers = {name: facts[name] for name in ("file_sequence", "txn_number", "names_through")}
    work.session.add(
        Resumption(cupid=system.settings.cupid, names_on=system.today, resumed_by=actor.name, resumed_at=at, **numbers)
    )
    told = (
        f"An older copy of the database was restored; the agent took file {resumed.file_sequence} last. "
        f"{resumed.records} records are unknown until an extract of the agent has been reconciled. What was entered "
        "after the copy must be entered again."
    )
    open_case(system, work, actor, CaseFacts(CODE, told))
    detail = numbers | {"records": resumed.records, "abandoned": resumed.abandoned}
    system.record(work, actor, Action.EXPORT_RESUMED, ("installation", 1), detail)


def _refuse_unwritable(system: System, file_sequence: int) -> None:
    digits = next(field.width for field in system.profile.header.fields if field.name == "file_sequence")
    if digits and len(str(file_sequence + 1)) > digits:
        message = f"After {file_sequence} no file could be numbered in {digits} digits."
        raise Refused([Problem("H03", "sequence", "error", message)])


def _refuse_unlikely(system: System, left: list[Left], file_sequence: int) -> None:
    """Raise Conflict where nothing shows that anything was lost, or where what was seen to leave says otherwise."""
    with system.database.reading() as look:
        known = look.session.scalar(select(func.max(ExportFile.file_sequence))) or 0
    try:
        refuse_older_copy(system)
    except CallAPerson:
        last = max((file.file_sequence for file in left), default=file_sequence)
        if file_sequence != last:
            raise Conflict(f"file {last} was the last that was seen to leave, not {file_sequence}. {CONFIRM}") from None
    else:
        raise Conflict(f"nothing here shows that something was lost; file {known} is the last. {CONFIRM}")


def _refuse_lying(system: System, left: list[Left], file_sequence: int) -> None:
    """Raise Conflict for a file that the agent has not taken yet and would take under a number that we give again."""
    for file in left:
        if file.file_sequence > file_sequence and system.transport.digest(file.file_name) is not None:
            raise Conflict(
                f"{file.file_name} with number {file.file_sequence} still lies for the agent: let it be taken and "
                "give its number, or take it away first"
            )


def _refuse_sent_later(look: Reading, file_sequence: int) -> None:
    sent = select(func.max(ExportFile.file_sequence)).where(ExportFile.state != FileState.EXTRACTED)
    known = look.session.scalar(sent) or 0
    if known > file_sequence:
        raise Conflict(f"this database has delivered file {known}: the agent took that, or more")


def _names_of_today(system: System, seen: Seen) -> int:
    """Return the last nn of today that a file of ours has used, here or in what was lost."""
    there = names_there(system, (*system.transport.sent_names(), *(file.file_name for file in seen.left)))
    today = system.today.isoformat()
    answered = (answer.names_through for answer in seen.answers if answer.names_on == today)
    return max((*(nn for day, nn, _ in there if day == system.today), *answered), default=0)
