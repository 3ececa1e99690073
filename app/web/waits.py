"""How long something takes, in words."""

from datetime import timedelta
from math import ceil

MINUTE, HOUR = 60, 3600


def in_words(length: timedelta) -> str:
    """Return a length of time, never less than it is: `30 seconds`, `2 minutes`, `12 hours`."""
    seconds = ceil(length.total_seconds())
    if seconds >= HOUR and seconds % HOUR == 0:
        return _counted(seconds // HOUR, "hour")
    return _counted(ceil(seconds / MINUTE), "minute") if seconds > 2 * MINUTE else _counted(seconds, "second")


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
