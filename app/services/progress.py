"""How far a long reading of a file is."""

import io
import time
from collections.abc import Callable
from typing import BinaryIO

from app.errors import Busy

EVERY = 2.0  # seconds


class Counted(io.BufferedReader):
    """A stream that knows how many bytes were read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._source = _Source(stream)
        super().__init__(self._source)

    @property
    def done(self) -> int:
        """Return how many bytes were read, a little ahead of what was worked on."""
        return self._source.done


class _Source(io.RawIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        self.done += len(content)
        return len(content)


class Heartbeat:
    """Tells every two seconds how many rows and bytes are done; to be called with the rows that were done more.

    Raises Busy once the process is to stop.
    """

    def __init__(
        self, stream: Counted, mark: Callable[[int, int], None] | None, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        self._stream = stream
        self._mark = mark
        self._stopped = stopped
        self._rows = 0
        self._last = time.monotonic()

    def __call__(self, more: int) -> None:
        """Take a few rows more."""
        self._rows += more
        if self._stopped():
            raise Busy("This process is stopping.")
        if self._mark is not None and time.monotonic() - self._last >= EVERY:
            self._mark(self._rows, self._stream.done)
            self._last = time.monotonic()
