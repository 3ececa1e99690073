"""The one history of a case: what became of it, what people wrote, what the agent answered; with who and when."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.db.bulk import copy_rows
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseStep
from app.models.exports import Transaction
from app.models.replies import Case, CaseNote, Reply
from app.services.system import System

ANSWERED, THE_AGENT = "answered", "the agent"
# What a page can show; everything stands in the number's own life and in the trail.
LINES_MOST = 200
LINE = ("case_id", "at", "author", "step", "text")


def add_step(
    system: System, work: UnitOfWork, actor: Actor, case_ids: Sequence[int], step: CaseStep, text: str = ""
) -> None:
    """Write the same line into the history of each case, in the caller's unit."""
    add_lines(system, work, actor, [(case_id, step, text) for case_id in case_ids])


def add_lines(system: System, work: UnitOfWork, actor: Actor, lines: Sequence[tuple[int, CaseStep, str]]) -> None:
    """Write a line into the history of each case: its id, the step, and what is told of it."""
    now = system.clock.now()
    rows = [(case_id, now, actor.name, step, text) for case_id, step, text in lines]
    if rows:
        copy_rows(work, CaseNote.__table__, LINE, rows)  # type: ignore[arg-type]  # a table it is


def history_of(look: Reading, case: Case) -> list[dict[str, Any]]:
    """Return the lines of a case's history, the newest first, at most 200.

    Each is `at`, `step` (a CaseStep or `answered`), `who`, `text`, `code`, `txn_ref`. A case that is older than its
    notes begins with what its row tells.
    """
    notes = look.session.scalars(
        select(CaseNote).where(CaseNote.case_id == case.id).order_by(CaseNote.id.desc()).limit(LINES_MOST)
    ).all()
    # The id decides between lines of one moment: opened, then resent.
    lines = [(note.at, 1, note.id, _line(str(note.step), note.author, note.text)) for note in notes]
    steps = {note.step for note in notes}
    if CaseStep.OPENED not in steps and len(notes) < LINES_MOST:
        lines.append((case.opened_at, 1, -1, _line(str(CaseStep.OPENED), "", case.text, case.code)))
    if case.closed_at is not None and CaseStep.CLOSED not in steps:
        lines.append((case.closed_at, 1, 0, _line(str(CaseStep.CLOSED), "", case.closed_why)))
    lines += [
        (reply.at, 0, reply.id, _line(ANSWERED, THE_AGENT, reply.text, reply.code, reply.txn_ref))
        for reply in _answers(look, case)
    ]
    lines.sort(key=lambda line: line[:3], reverse=True)
    return [{"at": at.isoformat(), **line} for at, _, _, line in lines[:LINES_MOST]]


def _answers(look: Reading, case: Case) -> Sequence[Reply]:
    """Return what the agent answered for the number of a case."""
    if case.number_id is None:
        return []
    return look.session.scalars(
        select(Reply)
        .join(Transaction, Transaction.id == Reply.transaction_id)
        .where(Transaction.number_id == case.number_id)
        .order_by(Reply.id.desc())
        .limit(LINES_MOST)
    ).all()


def _line(step: str, who: str, text: str, code: str = "", txn_ref: str = "") -> dict[str, Any]:
    return {"step": step, "who": who, "text": text, "code": code, "txn_ref": txn_ref}
