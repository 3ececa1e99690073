"""Working the rejects queue (F7): who owns a case, what people write on it, how it closes and opens again."""

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.audit.events import Action
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor, Role
from app.domain.cases import CaseState, CaseStep, Closing
from app.domain.permissions import PERMISSIONS, Permission
from app.errors import Conflict, NotFound, Problem, Refused
from app.models.accounts import User
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.replies import Case, CaseNote
from app.services.access import authorise
from app.services.cases.history import add_step
from app.services.cases.opening import deadline, end_case
from app.services.locations.tenure import NEW_HOLDER
from app.services.system import System
from validators.dates import written_date

NOTE_MOST, WHY_MOST = 1000, 500
# Whoever may work cases may be given one.
WORKERS = tuple(role for role in Role if Permission.WORK_CASES in PERMISSIONS[role])


def colleagues(system: System, actor: Actor) -> list[str]:
    """Return the e-mail addresses of those who may own a case, by name."""
    authorise(actor, Permission.WORK_CASES)
    with system.database.reading() as look:
        return list(look.session.scalars(select(User.email).where(User.role.in_(WORKERS)).order_by(User.email)))


def take_case(system: System, actor: Actor, case_id: int, seen_owner: str | None = None) -> None:
    """Make the actor the case's owner; Conflict where it is not `seen_owner`'s any more, as far as that is given."""
    _assign(system, actor, case_id, CaseStep.TAKEN, actor.name, actor.user_id, seen_owner)


def give_case(system: System, actor: Actor, case_id: int, email: str, seen_owner: str | None = None) -> str:
    """Make another member of staff the owner and return their address; Refused where nobody has it who may own it."""
    authorise(actor, Permission.WORK_CASES)
    with system.database.reading() as look:
        found = look.session.execute(
            select(User.email, User.id).where(func.lower(User.email) == email.strip().lower(), User.role.in_(WORKERS))
        ).one_or_none()
    if found is None:
        message = "Nobody who works cases has this e-mail address."
        raise Refused([Problem("K04", "owner", "error", message)])
    _assign(system, actor, case_id, CaseStep.GIVEN, found.email, found.id, seen_owner)
    return str(found.email)


def give_back_case(system: System, actor: Actor, case_id: int, seen_owner: str | None = None) -> None:
    """Leave a case to whoever takes it next."""
    _assign(system, actor, case_id, CaseStep.GIVEN_BACK, "", None, seen_owner)


def _assign(
    system: System, actor: Actor, case_id: int, step: CaseStep, owner: str, owner_id: int | None, seen: str | None
) -> None:
    authorise(actor, Permission.WORK_CASES)
    with system.database.unit_of_work() as work:
        case = locked_case(work, case_id)
        refuse_closed(system, work, case)
        if seen is not None and case.owner != seen:
            now = f"{case.owner} has taken case" if case.owner else "somebody gave back case"
            raise Conflict(f"Meanwhile {now} {case.id}: look at it again.")
        if case.owner == owner:
            whose = f"is {owner}'s" if owner else "has no owner"
            raise Conflict(f"Case {case.id} {whose} already.")
        told = owner if step is CaseStep.GIVEN else f"from {case.owner}" if owner and case.owner else ""
        case.owner = owner
        add_step(system, work, actor, [case.id], step, told)
        system.record(work, actor, Action.CASE_ASSIGNED, ("case", case.id), {"owner_id": owner_id})
        work.commit()


def note_case(system: System, actor: Actor, case_id: int, text: str) -> None:
    """Write a note on a case, closed ones too; it is a personal value, so the trail keeps it where it can be erased."""
    authorise(actor, Permission.WORK_CASES)
    note = _written(text, "text", NOTE_MOST, "K05", "Write what the note is to say")
    with system.database.unit_of_work() as work:
        case = locked_case(work, case_id)
        add_step(system, work, actor, [case.id], CaseStep.NOTED, note)
        values, account_id = {"note": note}, account_of(work, case)
        system.record(work, actor, Action.CASE_NOTED, ("case", case.id), {}, values=values, account_id=account_id)
        work.commit()


def close_case(system: System, actor: Actor, case_id: int, why: str) -> None:
    """Close a case that no accepted record will close; the reason is kept."""
    authorise(actor, Permission.WORK_CASES)
    reason = _written(why, "why", WHY_MOST, "K02", "Say why the case is closed: the reason is kept")
    with system.database.unit_of_work() as work:
        case = locked_case(work, case_id)
        refuse_closed(system, work, case)
        end_case(system, work, actor, case, reason, how=Closing.REASON, account_id=account_of(work, case))
        work.commit()


def reopen_case(system: System, actor: Actor, case_id: int, why: str) -> None:
    """Open a closed case again, with a reason and a deadline of its own.

    Conflict where it is not closed, where the number has another case by now (one open case a number), or where the
    number has come to a new holder, to whom no old case comes back.
    """
    authorise(actor, Permission.WORK_CASES)
    reason = _written(why, "why", WHY_MOST, "K06", "Say why the case is opened again: the reason is kept")
    with system.database.unit_of_work() as work:
        case = locked_case(work, case_id)
        _refuse_open_again(system, work, case)
        case.state, case.closed_at, case.closed_why = CaseState.OPEN, None, ""
        case.due_at = deadline(system, urgent=case.urgent)
        try:
            work.session.flush()
        except IntegrityError as another:
            raise Conflict(f"Another case was opened for the number of case {case_id} in this moment.") from another
        add_step(system, work, actor, [case.id], CaseStep.REOPENED, reason)
        values, account_id = {"why": reason}, account_of(work, case)
        system.record(work, actor, Action.CASE_REOPENED, ("case", case.id), {}, values=values, account_id=account_id)
        work.commit()


def _refuse_open_again(system: System, work: UnitOfWork, case: Case) -> None:
    if case.state is not CaseState.CLOSED:
        raise Conflict(f"Case {case.id} is not closed: there is nothing to open again.")
    if case.number_id is None:
        return
    other = work.session.scalar(select(Case.id).where(Case.number_id == case.number_id, Case.state != CaseState.CLOSED))
    if other is not None:
        raise Conflict(f"Case {other} is open for the same number: work on that one, and note there what is missing.")
    if _of_a_former_holder(system, work, case):
        raise Conflict(f"Case {case.id} is a former holder's of the number: it does not come back.")


def _of_a_former_holder(system: System, work: UnitOfWork, case: Case) -> bool:
    number = work.session.get_one(Number, case.number_id)
    sent_for = work.session.scalar(select(Transaction.account_id).where(Transaction.id == case.transaction_id))
    opened_on = case.opened_at.astimezone(system.settings.timezone).date()
    return (
        case.closed_why == NEW_HOLDER
        or (sent_for is not None and sent_for != number.account_id)
        or opened_on < number.in_use_from <= system.today
    )


def locked_case(work: UnitOfWork, case_id: int) -> Case:
    """Return a case, locked until the end of the unit; NotFound where there is none."""
    case = work.session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise NotFound(f"there is no case {case_id}")
    return case


def refuse_closed(system: System, look: Reading, case: Case) -> None:
    """Raise a Conflict that says who closed a case, when and why, where it is closed."""
    if case.state is not CaseState.CLOSED:
        return
    by = look.session.scalar(
        select(CaseNote.author)
        .where(CaseNote.case_id == case.id, CaseNote.step == CaseStep.CLOSED)
        .order_by(CaseNote.id.desc())
        .limit(1)
    )
    who = f" by {by}" if by else ""
    at = case.closed_at and case.closed_at.astimezone(system.settings.timezone)
    when = f" on {written_date(at.date())} at {at:%H:%M}" if at else ""
    raise Conflict(f"Case {case.id} was closed{who}{when}: {case.closed_why}")


def account_of(look: Reading, case: Case) -> int | None:
    """Return the account whose number a case is about."""
    return look.session.scalar(select(Number.account_id).where(Number.id == case.number_id))


def _written(text: str, field: str, most: int, code: str, ask: str) -> str:
    written = text.strip()
    if not written or len(written) > most:
        length = f" This has {len(written)} characters." if written else ""
        raise Refused([Problem(code, field, "error", f"{ask}, in at most {most} characters.{length}")])
    return written
