"""The deadline over all of a message."""

from collections.abc import Callable
from typing import TypeVar

from app.services.alarms.messages import NotSent
from app.services.bounded import Late, within

Answer = TypeVar("Answer")
IN_ALL_SECONDS = 30.0


def in_time(act: Callable[[], Answer]) -> Answer:
    """Return what `act` returns or raise what it raises; NotSent after 30 seconds."""
    try:
        return within(IN_ALL_SECONDS, act)
    except Late:
        raise NotSent("no answer in time") from None
