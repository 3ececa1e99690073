"""The rejects queue (F7): the cases by what they wait for, the most urgent first, a page at a time."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_

from app.domain.actors import Actor
from app.domain.cases import CaseState
from app.domain.permissions import Permission
from app.models.replies import Case
from app.services.access import authorise, note_reading
from app.services.cases.json import case_document, case_rows
from app.services.system import System

PER_PAGE = 50
UNCLOSED = Case.state != CaseState.CLOSED
# What waits longest for a person first, but what is urgent before it.
IN_ORDER = (Case.urgent.desc(), Case.due_at, Case.id)


class Queue(StrEnum):
    """What to look at: not closed, to mend, sent again, overdue, mine, nobody's, closed."""

    UNCLOSED = "unclosed"
    OPEN = "open"
    RESENT = "resent"
    OVERDUE = "overdue"
    MINE = "mine"
    UNOWNED = "unowned"
    CLOSED = "closed"


@dataclass(frozen=True)
class CasePage:
    """One page of a queue; `counts` says how many each queue holds."""

    cases: list[dict[str, Any]]
    counts: dict[Queue, int]
    page: int
    pages: int


def page_cases(
    system: System, actor: Actor, queue: Queue = Queue.UNCLOSED, page: int = 1, per_page: int = PER_PAGE
) -> CasePage:
    """Return a page of a queue, the most urgent first, the closed ones the latest first."""
    authorise(actor, Permission.WORK_CASES)
    queues = queues_of(system, actor)
    order = (Case.closed_at.desc(), Case.id.desc()) if queue is Queue.CLOSED else IN_ORDER
    with system.database.reading() as look:
        tally = look.session.execute(
            select(*(func.count().filter(condition) for condition in queues.values())).select_from(Case)
        ).one()
        counts = dict(zip(queues, tally, strict=True))
        pages = max(1, -(-counts[queue] // per_page))
        page = min(max(page, 1), pages)
        rows = look.session.execute(
            case_rows().where(queues[queue]).order_by(*order).limit(per_page).offset((page - 1) * per_page)
        )
        found = CasePage([case_document(system, row) for row in rows], counts, page, pages)
    note_reading(system, actor, "cases", ("installation", 1), len(found.cases))
    return found


def list_cases(system: System, actor: Actor, *, closed: bool = False) -> list[dict[str, Any]]:
    """Return every case that is not closed, the most urgent first; those that are closed too where asked for."""
    authorise(actor, Permission.WORK_CASES)
    wanted = literal(value=True) if closed else UNCLOSED
    with system.database.reading() as look:
        rows = look.session.execute(case_rows().where(wanted).order_by(*IN_ORDER))
        found = [case_document(system, row) for row in rows]
    note_reading(system, actor, "cases", ("installation", 1), len(found))
    return found


def neighbours(system: System, actor: Actor, case_id: int) -> tuple[int | None, int | None]:
    """Return the unclosed cases before and after one in the queue; none where it is closed, or not there."""
    authorise(actor, Permission.WORK_CASES)
    with system.database.reading() as look:
        here = look.session.get(Case, case_id)
        if here is None or here.state is CaseState.CLOSED:
            return None, None
        place = tuple_(Case.due_at, Case.id)
        at = tuple_(literal(here.due_at, Case.due_at.type), literal(here.id))
        calmer = Case.urgent < literal(here.urgent, Case.urgent.type)
        level = Case.urgent == here.urgent
        louder = Case.urgent > literal(here.urgent, Case.urgent.type)
        after = or_(calmer, and_(level, place > at))
        before = or_(louder, and_(level, place < at))
        backwards = (Case.urgent, Case.due_at.desc(), Case.id.desc())
        return (
            look.session.scalar(select(Case.id).where(UNCLOSED, before).order_by(*backwards).limit(1)),
            look.session.scalar(select(Case.id).where(UNCLOSED, after).order_by(*IN_ORDER).limit(1)),
        )


def queues_of(system: System, actor: Actor) -> dict[Queue, ColumnElement[bool]]:
    """Return what each queue holds, as a condition."""
    waits = Case.state == CaseState.OPEN
    return {
        Queue.UNCLOSED: UNCLOSED,
        Queue.OPEN: waits,
        Queue.RESENT: Case.state == CaseState.RESENT,
        Queue.OVERDUE: and_(waits, Case.due_at < system.clock.now()),
        Queue.MINE: and_(UNCLOSED, Case.owner == actor.name),
        Queue.UNOWNED: and_(UNCLOSED, Case.owner == ""),
        Queue.CLOSED: Case.state == CaseState.CLOSED,
    }
