"""Webhooks: how an event stands, when it is tried again, and for how long."""

from datetime import datetime, timedelta
from enum import StrEnum

GIVEN_UP_AFTER = timedelta(days=3)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=3)
OLD_SECRET_LASTS = timedelta(hours=24)
KEPT = timedelta(days=30)


class DeliveryState(StrEnum):
    """Where an event is on its way to one subscription; one that is stopped goes on when it is replayed."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    STOPPED = "stopped"


class SwitchedOff(StrEnum):
    """Why a subscription is told nothing."""

    BY_PERSON = "person"
    FAILURES = "failures"


def pause_after(tries: int) -> timedelta:
    """Return how long an event waits after so many tries: 30 seconds, 1, 2, 4 ... minutes, 3 hours at most.

    The first is longer than a try can take, so that nobody begins another while one is being made.
    """
    return min(FIRST_PAUSE * (1 << min(tries - 1, 12)), LONGEST_PAUSE)


def next_try(tries: int, first: datetime, now: datetime) -> datetime | None:
    """Return when an event is tried again after a try that began at `now`; None once it was tried for three days.

    The last try is made when the three days are over, not some time before.
    """
    end = first + GIVEN_UP_AFTER
    return None if now >= end else min(now + pause_after(tries), end)
