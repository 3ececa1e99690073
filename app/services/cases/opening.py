"""How a case opens, is resent and closes by itself only through an accepted record."""

from dataclasses import dataclass

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseState
from app.models.replies import Case
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
    now = system.clock.now()
    case = None if facts.number_id is None else unclosed_case(work, facts.number_id)
    if case is None:
        due_at = working_days_after(now, WORKING_DAYS_TO_FIX, system.settings.timezone)
        case = Case(number_id=facts.number_id, opened_at=now, due_at=due_at, urgent=False)
        work.session.add(case)
    if facts.urgent:
        case.urgent, case.due_at = True, min(case.due_at, end_of_day(now, system.settings.timezone))
    case.state = CaseState.OPEN
    case.transaction_id = facts.transaction_id or case.transaction_id
    case.file_name = facts.file_name
    case.code, case.field = facts.code, facts.field
    # The column holds what a person reads first; everything stands in the reply or beside the quarantined file.
    case.text = facts.text if len(facts.text) <= TEXT_LIMIT else facts.text[: TEXT_LIMIT - 4] + " ..."
    work.session.flush()
    system.record(
        work,
        actor,
        Action.CASE_OPENED,
        ("case", case.id),
        {"txn_ref": str(facts.transaction_id or ""), "code": facts.code},
    )
    return case


def unclosed_case(work: UnitOfWork, number_id: int) -> Case | None:
    """Return the one case of a number that is open or resent."""
    return work.session.scalars(
        select(Case).where(Case.number_id == number_id, Case.state != CaseState.CLOSED)
    ).one_or_none()


def close_case_of(system: System, work: UnitOfWork, actor: Actor, number_id: int, why: str) -> None:
    """Close the number's case, if it has one, because the agent accepted a record."""
    case = unclosed_case(work, number_id)
    if case is not None:
        end_case(system, work, actor, case, why, how="accepted_record")


def end_case(system: System, work: UnitOfWork, actor: Actor, case: Case, why: str, *, how: str) -> None:
    """Close a case with its reason."""
    case.state, case.closed_at, case.closed_why = CaseState.CLOSED, system.clock.now(), why
    system.record(work, actor, Action.CASE_CLOSED, ("case", case.id), {"how": how})
