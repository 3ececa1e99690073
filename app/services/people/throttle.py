"""Slowing guesses down: each failure beyond the free ones doubles the time until the next try is looked at.

What is counted is counted before the answer is known, so that a hundred tries at once are not a hundred free ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.db.unit_of_work import UnitOfWork
from app.models.people import Throttle
from app.services.people.secrets import SecretRing

NOTHING = timedelta(0)
FORGOTTEN_AFTER = timedelta(hours=24)


class Slowed(StrEnum):
    """What is slowed down."""

    SOURCE = "source"  # log-ins from one address
    NAME = "name"  # log-ins as one person, known or not
    DEVICE = "device"  # log-ins from a device that the person used before
    CODES = "codes"  # codes for one person, after the right password
    OWN = "own"  # a person's own password, asked for again inside a session
    BROUGHT = "brought"  # codes that slowed log-ins as one person bring along
    MAIL_TO = "mail-to"  # mails that strangers cause to one address
    MAIL_FROM = "mail-from"  # mails that strangers cause from one address
    MAIL_BY = "mail-by"  # mails that one account's owners cause
    SIGN_UP = "sign-up"  # sign-ups from one address
    ENQUIRY_FROM = "enquiry-from"  # enquiries from one address
    ENQUIRY_OF = "enquiry-of"  # enquiries that name one e-mail address for the answer


@dataclass(frozen=True)
class Pace:
    """So many are free; then the pause is `first`, and doubles up to `longest`."""

    free: int
    first: timedelta
    longest: timedelta


PACES = {
    Slowed.SOURCE: Pace(20, timedelta(seconds=1), timedelta(minutes=15)),
    Slowed.NAME: Pace(5, timedelta(seconds=1), timedelta(minutes=15)),
    Slowed.DEVICE: Pace(5, timedelta(seconds=1), timedelta(minutes=15)),
    Slowed.OWN: Pace(5, timedelta(seconds=1), timedelta(minutes=15)),
    # A code is one of a million and three are good at a time: at this pace a year of guesses finds one in ten.
    Slowed.CODES: Pace(5, timedelta(seconds=1), timedelta(minutes=15)),
    # Many are free, so that hardly anybody can close this way for another; but whoever knows the password could try
    # codes out here without end: 300 find one in a thousand.
    Slowed.BROUGHT: Pace(300, timedelta(seconds=1), timedelta(minutes=15)),
    Slowed.MAIL_TO: Pace(3, timedelta(minutes=1), timedelta(minutes=15)),
    Slowed.MAIL_BY: Pace(50, timedelta(minutes=1), timedelta(minutes=15)),
    Slowed.MAIL_FROM: Pace(20, timedelta(minutes=1), timedelta(minutes=15)),
    # Each leaves a row that waits: one who means it signs up once.
    Slowed.SIGN_UP: Pace(20, timedelta(minutes=1), timedelta(minutes=15)),
    # An office may share an address, and one person seldom has more than three questions at a time.
    Slowed.ENQUIRY_FROM: Pace(10, timedelta(minutes=1), timedelta(hours=1)),
    Slowed.ENQUIRY_OF: Pace(3, timedelta(minutes=1), timedelta(hours=1)),
}


@dataclass(frozen=True)
class Counter:
    """One thing that is slowed down: what it is, and the key that its failures are kept under."""

    what: Slowed
    key: str


def counter(ring: SecretRing, what: Slowed, whom: object) -> Counter:
    """Return the counter of an address, a name, a device or a person; the key tells nobody whom."""
    return Counter(what, f"{what}:{ring.digest(f'{what}:{whom}')}")


def pause_after(what: Slowed, failures: int) -> timedelta:
    """Return how long the next try waits after so many failures."""
    pace = PACES[what]
    if failures < pace.free:
        return NOTHING
    return min(pace.first * (1 << min(failures - pace.free, 30)), pace.longest)


def hold(work: UnitOfWork, counters: Sequence[Counter], now: datetime) -> timedelta:
    """Return how long one has to wait by these counters, which stay locked until the end of the unit."""
    waits = [NOTHING]
    for one in sorted(counters, key=lambda one: one.key):  # in one order, so that no two wait for each other
        row = _row(work, one.key, now)
        if now - row.last_at >= FORGOTTEN_AFTER:
            row.failures = 0
        waits.append(row.last_at + pause_after(one.what, row.failures) - now)
    return max(waits)


def count(work: UnitOfWork, counters: Sequence[Counter], now: datetime) -> None:
    """Count a try as a failure; `uncount` takes it back where it was none. After `hold`, in its unit."""
    for one in counters:
        row = _row(work, one.key, now)
        row.failures, row.last_at = row.failures + 1, now
    work.session.flush()


def uncount(work: UnitOfWork, counters: Sequence[Counter]) -> None:
    """Take back what was counted for a try that was right."""
    for one in sorted(counters, key=lambda one: one.key):
        work.session.execute(
            update(Throttle)
            .where(Throttle.key == one.key)
            .values(failures=case((Throttle.failures > 0, Throttle.failures - 1), else_=0))
            .execution_options(synchronize_session=False)
        )


def forget(work: UnitOfWork, counters: Sequence[Counter]) -> None:
    """Begin anew: somebody proved to be who they say."""
    for one in sorted(counters, key=lambda one: one.key):
        begun = update(Throttle).where(Throttle.key == one.key).values(failures=0)
        work.session.execute(begun, execution_options={"synchronize_session": False})


def failures_of(work: UnitOfWork, one: Counter) -> int:
    """Return how many failures are counted."""
    return work.session.scalar(select(Throttle.failures).where(Throttle.key == one.key)) or 0


def _row(work: UnitOfWork, key: str, now: datetime) -> Throttle:
    work.session.flush()  # what was changed here is not to be read over
    dialect = sqlite if work.session.get_bind().dialect.name == "sqlite" else postgresql
    begun = dialect.insert(Throttle).values(key=key, failures=0, last_at=now)
    # One statement that makes or locks the row: between two of them somebody could delete it.
    begun = begun.on_conflict_do_update(index_elements=[Throttle.key], set_={"key": begun.excluded.key})
    work.session.execute(begun)
    return work.session.get_one(Throttle, key, populate_existing=True)
