"""The line to the agent's server: opened at the first use, kept for the next one, closed soon after the last."""

from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emergency_export.sftp.session import SftpSession


class SftpLine:
    """One connection at most, for one use at a time; a night is one log-in, and between nights there is none.

    Whatever goes wrong in a use ends the connection: no answer to an old request is ever taken for a new one's.
    """

    def __init__(self, dial: "Callable[[], SftpSession]", idle: float) -> None:
        self._dial, self._idle = dial, idle
        self._lock = Lock()
        self._session: SftpSession | None = None
        self._rest: Timer | None = None

    @contextmanager
    def use(self) -> "Iterator[SftpSession]":
        """Give the open session."""
        with self._lock:
            if self._rest is not None:
                self._rest.cancel()
            if self._session is None or not self._session.alive:
                self._hang_up()
                self._session = self._dial()
            try:
                yield self._session
            except BaseException:
                self._hang_up()
                raise
            self._rest = Timer(self._idle, self.close)
            self._rest.daemon = True
            self._rest.start()

    def close(self) -> None:
        """Close the connection, if there is one; the next use opens another."""
        with self._lock:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None
