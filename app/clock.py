"""Time as an argument: nothing in the application asks the machine for it directly."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the moment, in UTC."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved: for rehearsals and tests."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment that was set."""
        return self.at.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        """Move on by `step`."""
        self.at += step


def local_date(clock: Clock, zone: ZoneInfo) -> date:
    """Return today's date where the provider is (Europe/London unless set otherwise)."""
    return clock.now().astimezone(zone).date()
