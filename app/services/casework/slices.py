"""The cases of a queue in the order in which they were opened, some at a time, for programs (U2)."""

from dataclasses import dataclass
from typing import Any

from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.models.replies import Case
from app.services.access import authorise, note_reading
from app.services.cases.json import case_document, case_rows
from app.services.casework.listing import Queue, queues_of
from app.services.system import System

MOST = 200


@dataclass(frozen=True)
class CaseSlice:
    """Some cases; `after` is the last one's id where more follow."""

    cases: list[dict[str, Any]]
    after: int | None


def slice_cases(
    system: System, actor: Actor, queue: Queue = Queue.UNCLOSED, after: int = 0, limit: int = 50
) -> CaseSlice:
    """Return up to `limit` cases of a queue that were opened after the one of an id."""
    authorise(actor, Permission.WORK_CASES)
    limit = min(max(limit, 1), MOST)
    chosen = case_rows().where(queues_of(system, actor)[queue], Case.id > after).order_by(Case.id)
    with system.database.reading() as look:
        rows = look.session.execute(chosen.limit(limit + 1)).all()
        cases = [case_document(system, row) for row in rows[:limit]]
    note_reading(system, actor, "cases", ("installation", 1), len(cases))
    return CaseSlice(cases, cases[-1]["id"] if len(rows) > limit else None)
