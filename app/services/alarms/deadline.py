"""A deadline over all of a message: a server that says a byte now and then keeps to every timeout and never ends."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from app.services.alarms.messages import NotSent

Answer = TypeVar("Answer")
IN_ALL_SECONDS = 30.0


def in_time(act: Callable[[], Answer]) -> Answer:
    """Return what `act` returns or raise what it raises; NotSent after 30 seconds, and it is left behind."""
    told: SimpleQueue[tuple[Answer | None, Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            told.put((act(), None))
        except Exception as fault:  # noqa: BLE001  handed to who asked
            told.put((None, fault))

    Thread(target=run, name="alarm", daemon=True).start()
    try:
        answer, fault = told.get(timeout=IN_ALL_SECONDS)
    except Empty:
        raise NotSent("no answer in time") from None
    if fault is not None:
        raise fault
    return answer  # type: ignore[return-value]  # the answer may itself be None
