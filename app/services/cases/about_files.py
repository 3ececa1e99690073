"""Cases about files: what the agent says of one of ours, and what is wrong with one of its own."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseState, CaseStep, Closing
from app.domain.files import SEQUENCE_REASONS
from app.models.exports import ExportFile
from app.models.replies import Case
from app.services.cases.history import add_step
from app.services.cases.opening import CaseFacts, describe_case, end_case, open_case
from app.services.system import System


def call_about(system: System, work: UnitOfWork, actor: Actor, facts: CaseFacts) -> None:
    """Open a case about a file; where one with this code stands for it, say there what is new."""
    standing = unclosed_about(work, facts.file_name, (facts.code,))
    if not standing:
        open_case(system, work, actor, facts)
        return
    case = standing[0]
    if (case.text, case.state) == (facts.text, CaseState.OPEN):
        return
    describe_case(system, case, facts)
    add_step(system, work, actor, [case.id], CaseStep.AGAIN, f"{facts.text} ({facts.code})")
    system.record(work, actor, Action.CASE_OPENED, ("case", case.id), {"txn_ref": "", "code": facts.code})


def unclosed_about(look: Reading, file_name: str, codes: Collection[str]) -> Sequence[Case]:
    """Return the cases about a file that are not closed, with one of these codes; the first one first."""
    return look.session.scalars(
        select(Case)
        .where(Case.number_id.is_(None), Case.file_name == file_name, Case.code.in_(codes))
        .where(Case.state != CaseState.CLOSED)
        .order_by(Case.id)
        .with_for_update()
    ).all()


def close_about(
    system: System, work: UnitOfWork, actor: Actor, file_name: str, codes: Collection[str], why: str
) -> None:
    """Close what stands about a file with one of these codes: the agent has answered what was asked there."""
    for case in unclosed_about(work, file_name, codes):
        end_case(system, work, actor, case, why, how=Closing.ANSWERED)


def settle_sequence(system: System, work: UnitOfWork, actor: Actor, file: ExportFile, why: str) -> None:
    """What the agent said of a file's place in the sequence holds no more: it has taken it, or refused it."""
    if file.reason in SEQUENCE_REASONS:
        file.reason = ""
    close_about(system, work, actor, file.file_name, SEQUENCE_REASONS, f"answered: {why}")
