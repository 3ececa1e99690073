"""What the agent needs of the place that it shares with the CP, wherever that lies."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from emergency_export.agent.book import AgentError

# Enough for the first two lines of any form.
HEAD = 16_384


class Mark(NamedTuple):
    """What tells one copy of a file in the outbox from another of the same name, without reading it."""

    size: int
    mtime_ns: int
    inode: int


class ExchangeDownError(AgentError):
    """The shared place cannot be reached, or broke off; the next step may succeed."""


class Exchange(Protocol):
    """DATs lie in its `outbox/`, replies are put into its `inbox/`. ExchangeDownError where it is not reached."""

    def reached(self) -> AbstractContextManager[None]:
        """Hold the place open for one piece of work; every other call is made inside."""

    def names(self) -> list[str]:
        """Return the names of the files in the outbox."""

    def mark(self, name: str) -> Mark:
        """Return the mark of a file in the outbox."""

    def head(self, name: str) -> bytes:
        """Return the first HEAD bytes of a file in the outbox."""

    def open(self, name: str) -> AbstractContextManager[tuple[BinaryIO, Mark]]:
        """Give a file of the outbox to be read, more than once, with its mark."""

    def remove(self, name: str) -> None:
        """Take a file out of the outbox."""

    def lies(self, name: str) -> bool:
        """Tell whether the CP has not collected the reply of this name."""

    def put(self, name: str, content: Iterable[bytes]) -> bool:
        """Put a reply into the inbox: it is there whole or not at all.

        Return False, with nothing changed, while other content lies under that name: a reply that the CP has
        not collected yet is never overwritten.
        """

    def place(self, name: str) -> Path:
        """Return where a reply lies, as the other side names it."""
