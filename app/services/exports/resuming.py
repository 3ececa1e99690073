"""The answer to "stops and asks" after a restore: what the agent took last, so that no number is ever used twice."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, insert, literal, select, text, update

from app.audit.anchors import RESUMED, common_past, read_anchors
from app.audit.events import Action
from app.audit.journal import append_line
from app.db.locks import named_lock
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.commands import AcceptedState
from app.domain.files import FileState
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationState
from app.domain.transactions import IN_FLIGHT, WAITING, TransactionState
from app.errors import CallAPerson, Conflict, NotAllowed
from app.models.exports import ExportFile, Resumption, Transaction
from app.models.records import AcceptedRecord, Registration
from app.services.access import authorise
from app.services.cases.opening import CaseFacts, open_case
from app.services.exports.ledger import mark_delivered
from app.services.exports.restored import Left, files_that_left, names_there, refuse_older_copy
from app.services.system import System

LOCK_WAIT_SECONDS = 60.0
CODE = "RESUMED"


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


def resume_export(system: System, actor: Actor, file_sequence: int, txn_number: int, names_through: int = 0) -> Resumed:
    """Go on after an older copy was restored: the agent took file `file_sequence` and transaction `txn_number` last.

    Every record is unknown then, and what is wanted goes out whole; the brake shows that to two people. NotAllowed
    without a named member of staff. Conflict where nothing was lost, where the database knows of a later file, or
    where a later one still lies for the agent.
    """
    authorise(actor, Permission.RUN_EXPORT)
    if actor.user_id is None:
        raise NotAllowed("the export is resumed by a named member of staff: say who with --as")
    with (
        named_lock(system.database, "export", wait=LOCK_WAIT_SECONDS),
        named_lock(system.database, "replies", wait=LOCK_WAIT_SECONDS),
    ):
        left, there = files_that_left(system), system.transport.sent_names()
        _refuse_needless(system, file_sequence)
        _refuse_lying(system, left, file_sequence)
        today_there = [nn for day, nn, _ in names_there(system, there) if day == system.today]
        with system.database.unit_of_work() as work:
            _refuse_sent_later(work, file_sequence)
            through = common_past(work, read_anchors(system.journal))
            resumed = _resume(
                system,
                work,
                actor,
                file_sequence,
                max(txn_number, *(file.txn_number for file in left), 0),
                max(names_through, _names_of_today(system, left), *today_there, 0),
            )
            work.commit()
        append_line(system.journal, RESUMED, at=system.clock.now(), seq=through, file_sequence=file_sequence)
    return resumed


def _resume(
    system: System, work: UnitOfWork, actor: Actor, file_sequence: int, txn_number: int, names_through: int
) -> Resumed:
    floor = max(txn_number, work.session.scalar(select(func.max(Transaction.id))) or 0)
    moved = _move_waiting(work, floor)
    abandoned = _abandon_taken(system, work, actor, file_sequence)
    records = _forget(system, work)
    _want_everything(system, work)
    resumed = Resumed(file_sequence, floor, names_through, records, abandoned, moved)
    work.session.add(
        Resumption(
            cupid=system.settings.cupid,
            file_sequence=file_sequence,
            txn_number=floor,
            names_on=system.today,
            names_through=names_through,
            resumed_by=actor.name,
            resumed_at=system.clock.now(),
        )
    )
    told = (
        f"An older copy of the database was restored; the agent took file {file_sequence} last. {records} records are "
        "unknown until an extract of the agent has been reconciled. What was entered after the copy must be entered "
        "again."
    )
    open_case(system, work, actor, CaseFacts(CODE, told))
    facts = resumed.as_dict()
    detail = {name: facts[name] for name in ("file_sequence", "txn_number", "names_through", "records", "abandoned")}
    system.record(work, actor, Action.EXPORT_RESUMED, ("installation", 1), detail)
    return resumed


def _refuse_needless(system: System, file_sequence: int) -> None:
    """Raise Conflict where the database is no older copy and knows the file that the agent took last."""
    try:
        refuse_older_copy(system)
    except CallAPerson:
        return
    with system.database.reading() as look:
        known = look.session.scalar(select(func.max(ExportFile.file_sequence))) or 0
    if file_sequence <= known:
        raise Conflict(f"nothing was lost: file {known} is the last, here as at the agent")


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


def _names_of_today(system: System, left: list[Left]) -> int:
    return max(
        (nn for day, nn, _ in names_there(system, tuple(file.file_name for file in left)) if day == system.today),
        default=0,
    )


def _move_waiting(work: UnitOfWork, floor: int) -> int:
    """Give what waits new numbers after `floor`, in its order: the agent may have seen those that it has.

    Nothing points at a transaction that was never in a file.
    """
    waiting = Transaction.state.in_(WAITING)
    first, last, count = work.session.execute(
        select(func.min(Transaction.id), func.max(Transaction.id), func.count()).where(waiting)
    ).one()
    if count:
        shift = floor + 1 - first
        work.session.execute(
            update(Transaction)
            .where(waiting)
            .values(id=Transaction.id + shift)
            .execution_options(synchronize_session=False)
        )
        floor = last + shift
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(
            text("SELECT setval(pg_get_serial_sequence('transactions', 'id'), :last)"), {"last": max(floor, 1)}
        )
    else:
        work.session.execute(text("DELETE FROM sqlite_sequence WHERE name = 'transactions'"))
        work.session.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES ('transactions', :last)"), {"last": floor}
        )
    return int(count)


def _abandon_taken(system: System, work: UnitOfWork, actor: Actor, file_sequence: int) -> int:
    """End what is in flight in files that the agent took: its answers may be lost with the newer copy."""
    taken = select(ExportFile).where(ExportFile.file_sequence <= file_sequence)
    for file in work.session.scalars(taken.where(ExportFile.state == FileState.EXTRACTED)).all():
        mark_delivered(system, work, actor, file)
    work.session.flush()
    flying = Transaction.state.in_(IN_FLIGHT) & Transaction.file_id.in_(taken.with_only_columns(ExportFile.id))
    count = work.session.scalar(select(func.count()).select_from(Transaction).where(flying)) or 0
    ended = {"state": TransactionState.ABANDONED, "why": "an older copy was restored"}
    work.session.execute(update(Transaction).where(flying).values(ended).execution_options(synchronize_session=False))
    return count


def _forget(system: System, work: UnitOfWork) -> int:
    """Set every record to unknown: live as far as we can tell, its content not known."""
    unknown = {
        "state": AcceptedState.UNKNOWN,
        "values_id": None,
        "account_id": None,
        "heals": 0,
        "changed_at": system.clock.now(),
    }
    count = work.session.scalar(select(func.count()).select_from(AcceptedRecord)) or 0
    work.session.execute(update(AcceptedRecord).values(unknown).execution_options(synchronize_session=False))
    return count


def _want_everything(system: System, work: UnitOfWork) -> None:
    """Make a transaction for every number that something is wanted of and for which none waits."""
    waits: ColumnElement[bool] = Transaction.state.in_(WAITING) & (Transaction.due_on <= system.today)
    said = (Registration.state == RegistrationState.ACCEPTED) & (Registration.due_on <= system.today)
    columns = Transaction.__table__.c
    afresh = {
        "cause": literal("resumed"),
        "state": literal(TransactionState.NEW, columns.state.type),
        "due_on": literal(system.today, columns.due_on.type),
        "child_cupid": literal(""),
        "change_cupid": literal(""),
        "why": literal(""),
        "incident": literal(""),
        "created_at": literal(system.clock.now(), columns.created_at.type),
    }
    chosen = (
        select(Registration.number_id, *afresh.values())
        .where(said, Registration.number_id.not_in(select(Transaction.number_id).where(waits)))
        .distinct()
    )
    names = ("number_id", *afresh)
    work.session.execute(insert(Transaction).from_select(names, chosen, include_defaults=False))
