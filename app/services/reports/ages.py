"""How old the cases are that are not closed."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.cases import CaseState
from app.domain.permissions import Permission
from app.models.replies import Case
from app.services.access import authorise
from app.services.system import System

# Up to this age, and what it is called.
SPANS = (
    (timedelta(days=1), "Under a day"),
    (timedelta(days=2), "1 day"),
    (timedelta(days=4), "2 to 3 days"),
    (timedelta(days=7), "4 to 6 days"),
    (timedelta(days=14), "1 to 2 weeks"),
    (timedelta.max, "2 weeks and more"),
)


@dataclass
class Span:
    """Cases of an age: those that wait for a person, and those that were sent again and wait for the agent."""

    name: str
    to_mend: int = 0
    sent_again: int = 0


@dataclass(frozen=True)
class CaseAges:
    """The unclosed cases by age; `oldest` is the greatest age, None where there is none."""

    spans: list[Span]
    overdue: int
    oldest: timedelta | None

    @property
    def total(self) -> int:
        """Return how many cases are not closed."""
        return sum(span.to_mend + span.sent_again for span in self.spans)


def case_ages(system: System, actor: Actor) -> CaseAges:
    """Return the cases that are not closed by age."""
    authorise(actor, Permission.SEE_REPORTS)
    now, spans, overdue = system.clock.now(), [Span(name) for _, name in SPANS], 0
    oldest: timedelta | None = None
    with system.database.reading() as look:
        rows = look.session.execute(
            select(Case.opened_at, Case.due_at, Case.state)
            .where(Case.state != CaseState.CLOSED)
            .execution_options(yield_per=1000)
        )
        for opened_at, due_at, state in rows:
            age = now - opened_at
            span = spans[next(place for place, (limit, _) in enumerate(SPANS) if age < limit)]
            oldest = age if oldest is None else max(oldest, age)
            if state is CaseState.OPEN:
                span.to_mend += 1
                overdue += due_at < now
            else:
                span.sent_again += 1
    return CaseAges(spans, overdue, oldest)
