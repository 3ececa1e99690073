"""How a case opens, is resent and closes: by an accepted record or a recorded reason, never by itself."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from app.audit.events import Action
from app.db.bulk import one_of
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseState, CaseStep, Closing
from app.models.replies import Case
from app.services.cases.history import add_lines, add_step
from app.services.deadlines import end_of_day, working_days_after
from app.services.system import System

WORKING_DAYS_TO_FIX = 2
TEXT_LIMIT = 500


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Why a person is called; `number_id` is empty where it is about a file, `field` is the field at fault.

    `urgent` is due the same day.
    """

    code: str
    text: str
    field: str = ""
    number_id: int | None = None
    transaction_id: int | None = None
    file_name: str = ""
    urgent: bool = False


def open_case(system: System, work: UnitOfWork, actor: Actor, facts: CaseFacts) -> Case:
    """Open a case, or open the number's unclosed one again with the new facts: one case a number."""
    return open_cases(system, work, actor, [facts])[0]


def open_cases(system: System, work: UnitOfWork, actor: Actor, told: Sequence[CaseFacts]) -> list[Case]:
    """As `open_case`, for many at once; `told` names each number once at most."""
    standing = unclosed_cases(work, [facts.number_id for facts in told if facts.number_id is not None])
    cases, steps = [], []
    for facts in told:
        case = None if facts.number_id is None else standing.get(facts.number_id)
        steps.append(CaseStep.OPENED if case is None else CaseStep.AGAIN)
        if case is None:
            due_at = deadline(system, urgent=facts.urgent)
            case = Case(number_id=facts.number_id, opened_at=system.clock.now(), due_at=due_at, urgent=facts.urgent)
        describe_case(system, case, facts)
        cases.append(case)
    work.session.add_all(cases)
    work.session.flush()
    add_lines(system, work, actor, [(case.id, step, _line(case)) for case, step in zip(cases, steps, strict=True)])
    for case, facts in zip(cases, told, strict=True):
        detail = {"txn_ref": str(facts.transaction_id or ""), "code": facts.code}
        system.record(work, actor, Action.CASE_OPENED, ("case", case.id), detail)
    return cases


def describe_case(system: System, case: Case, facts: CaseFacts) -> None:
    """Set a case to open, with these facts."""
    if facts.urgent and not case.urgent:
        case.urgent, case.due_at = True, min(case.due_at, deadline(system, urgent=True))
    case.state = CaseState.OPEN
    case.transaction_id = facts.transaction_id or case.transaction_id
    case.file_name = facts.file_name
    case.code, case.field = facts.code, facts.field
    # The column holds what a person reads first; everything stands in the reply or beside the quarantined file.
    case.text = facts.text if len(facts.text) <= TEXT_LIMIT else facts.text[: TEXT_LIMIT - 4] + " ..."


def _line(case: Case) -> str:
    return f"{case.text} ({case.code})"


def deadline(system: System, *, urgent: bool) -> datetime:
    """Return by when a case that is opened now has to be settled: in two working days, or the same day."""
    now, zone = system.clock.now(), system.settings.timezone
    return end_of_day(now, zone) if urgent else working_days_after(now, WORKING_DAYS_TO_FIX, zone)


def unclosed_case(work: UnitOfWork, number_id: int) -> Case | None:
    """Return the one case of a number that is open or resent, locked: who closes it meanwhile is waited for."""
    return unclosed_cases(work, [number_id]).get(number_id)


def unclosed_cases(work: UnitOfWork, number_ids: Collection[int]) -> dict[int, Case]:
    """As `unclosed_case`, for many numbers in one question."""
    if not number_ids:
        return {}
    found = work.session.scalars(
        select(Case)
        .where(one_of(work, Case.number_id, number_ids), Case.state != CaseState.CLOSED)
        .order_by(Case.number_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {case.number_id: case for case in found if case.number_id is not None}


def resend_cases(system: System, work: UnitOfWork, actor: Actor, number_ids: Iterable[int]) -> None:
    """A newer submission sets the open case of each number to resent; acceptance will close it."""
    ids = list(number_ids)
    if not ids:
        return
    # Locked in the order in which the replies lock them, so that two who have many in hand never wait for each other.
    resent = work.session.scalars(
        select(Case.id)
        .where(one_of(work, Case.number_id, ids), Case.state == CaseState.OPEN)
        .order_by(Case.number_id)
        .with_for_update()
    ).all()
    if resent:
        work.session.execute(
            update(Case)
            .where(one_of(work, Case.id, resent))
            .values(state=CaseState.RESENT)
            .execution_options(synchronize_session=False)
        )
    add_step(system, work, actor, resent, CaseStep.RESENT)


def resend_case(system: System, work: UnitOfWork, actor: Actor, case: Case) -> None:
    """Set one open case to resent."""
    if case.state is CaseState.OPEN:
        case.state = CaseState.RESENT
        add_step(system, work, actor, [case.id], CaseStep.RESENT)


def wait_again(system: System, work: UnitOfWork, actor: Actor, case: Case) -> None:
    """What a resent case waited for was taken back: a person must act again."""
    case.state = CaseState.OPEN
    add_step(system, work, actor, [case.id], CaseStep.TAKEN_BACK)


def end_case(
    system: System,
    work: UnitOfWork,
    actor: Actor,
    case: Case,
    why: str,
    *,
    how: Closing,
    account_id: int | None = None,
) -> None:
    """Close a case with its reason: the one place where a case is closed, and none closes without.

    What a person wrote goes into the trail as a personal value, under the key of the account.
    """
    if not why.strip():
        raise ValueError("a case closes by an accepted record or by a recorded reason")
    case.state, case.closed_at, case.closed_why = CaseState.CLOSED, system.clock.now(), why
    add_step(system, work, actor, [case.id], CaseStep.CLOSED, why)
    values = {"why": why} if how is Closing.REASON else None
    system.record(
        work, actor, Action.CASE_CLOSED, ("case", case.id), {"how": str(how)}, values=values, account_id=account_id
    )
