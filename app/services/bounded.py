"""A bound over all of an act: a server that says a byte now and then keeps to every timeout and never ends."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

Answer = TypeVar("Answer")


class Late(Exception):
    """The act was not done in time; what it hangs on is left behind."""


def within(seconds: float, act: Callable[[], Answer]) -> Answer:
    """Return what `act` returns or raise what it raises; Late after `seconds`, whatever it hangs on.

    A resolver of names keeps to no timeout, and a host of several addresses is given it for each: so the act has
    a thread of its own.
    """
    told: SimpleQueue[tuple[Answer | None, Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            told.put((act(), None))
        except Exception as fault:  # noqa: BLE001  handed to who asked
            told.put((None, fault))

    Thread(target=run, name="bounded", daemon=True).start()
    try:
        answer, fault = told.get(timeout=seconds)
    except Empty:
        raise Late from None
    if fault is not None:
        raise fault
    return answer  # type: ignore[return-value]  # the answer may itself be None
