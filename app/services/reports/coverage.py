"""How many of the numbers in use are live: now, and on each day since somebody counted."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.statuses import Status
from app.models.numbers import Number
from app.models.reports import CoverageDay
from app.services.access import authorise
from app.services.status_column import status_column
from app.services.system import System

DAYS_SHOWN = 90
# No record is wanted for these: ceased, or 999 barred because the user is outside the UK (R03).
NOT_TO_COVER = (Status.CEASED, Status.BARRED)


@dataclass(frozen=True)
class Coverage:
    """How many numbers have each status on a day; every status has its count, with 0 too."""

    day: date
    numbers: dict[Status, int]

    @property
    def in_use(self) -> int:
        """Return how many numbers should have a record."""
        return sum(count for status, count in self.numbers.items() if status not in NOT_TO_COVER)

    @property
    def live(self) -> int:
        """Return how many have what was last wanted, as the agent has confirmed."""
        return self.numbers[Status.LIVE]


def coverage_now(system: System, actor: Actor) -> Coverage:
    """Count the numbers by status as they stand."""
    authorise(actor, Permission.SEE_REPORTS)
    with system.database.reading() as look:
        return Coverage(system.today, count_numbers(system, look))


def coverage_history(system: System, actor: Actor, days: int = DAYS_SHOWN) -> list[Coverage]:
    """Return the days that were counted, the oldest first, of the last so many."""
    authorise(actor, Permission.SEE_REPORTS)
    with system.database.reading() as look:
        since = system.today - timedelta(days=days)
        rows = look.session.execute(
            select(CoverageDay.day, CoverageDay.status, CoverageDay.numbers)
            .where(CoverageDay.day > since)
            .order_by(CoverageDay.day)
        )
        found: dict[date, dict[Status, int]] = {}
        for day, status, numbers in rows:
            found.setdefault(day, dict.fromkeys(Status, 0))[status] = numbers
        return [Coverage(day, numbers) for day, numbers in found.items()]


def note_coverage(system: System) -> bool:
    """Keep today's counts, once a day; false where they are kept already. For the scheduler."""
    day = system.today
    with system.database.reading() as look:
        if look.session.scalar(select(CoverageDay.day).where(CoverageDay.day == day).limit(1)) is not None:
            return False
        counted = count_numbers(system, look)
    with system.database.unit_of_work() as work:
        work.session.add_all(CoverageDay(day=day, status=name, numbers=n) for name, n in counted.items())
        try:
            work.commit()
        except IntegrityError:  # another scheduler was quicker
            return False
    return True


def count_numbers(system: System, look: Reading) -> dict[Status, int]:
    """Count the numbers by status as they stand; every status has its count, with 0 too."""
    known = select(status_column(system.today).label("status")).select_from(Number).subquery("known")
    tally = look.session.execute(select(known.c.status, func.count()).group_by(known.c.status))
    return dict.fromkeys(Status, 0) | {Status(name): count for name, count in tally}
