"""Long lists outside of memory: written once, read as often as wanted; they go with whoever holds them."""

import json
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any, Generic, TypeVar
from weakref import finalize

Item = TypeVar("Item")
IN_MEMORY = 1_000_000  # bytes; what is longer goes to a temporary file that nobody else can open


class Spool(Generic[Item]):
    """A list of things with a JSON form, each on a line of its own."""

    def __init__(self, decode: Callable[[dict[str, Any]], Item]) -> None:
        # Unnamed where the system can, and in any case the process's own (mode 600).
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  closed with the spool
        finalize(self, self._file.close)
        self._decode = decode
        self._count = 0
        self._end = 0

    def append_line(self, line: str) -> None:
        """Add one thing by its JSON text, which must be one line of ASCII."""
        self._file.seek(self._end)
        self._end += self._file.write(line.encode("ascii") + b"\n")
        self._count += 1

    def lines(self) -> Iterator[str]:
        """Yield the JSON text of each, without holding more than one."""
        at = 0
        while at < self._end:
            self._file.seek(at)  # another reader, or the writer, may have moved it
            line = self._file.readline()
            at += len(line)
            yield line.rstrip(b"\n").decode("ascii")

    def __iter__(self) -> Iterator[Item]:
        return (self._decode(json.loads(line)) for line in self.lines())

    def __len__(self) -> int:
        return self._count
