"""Control totals: counted by the same class on writing and on reading."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from emergency_export.fields import FieldValue
from emergency_export.profiles import Checksum, Profile


@dataclass(frozen=True, slots=True)
class Totals:
    """What a whole file holds: `counts` by command, '' the blank one; `sha256` over every byte of the file."""

    record_count: int
    counts: Mapping[str, int]
    sha256: str
    size: int


class _Digest(Protocol):
    def update(self, content: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...
    def copy(self) -> "_Digest": ...


class ControlTotals:
    """Takes the bytes and the commands of a file in order; memory does not grow with the file."""

    def __init__(self, profile: Profile) -> None:
        self._trailer = profile.trailer
        self._checksum: Checksum | None = profile.checksum
        self._whole: _Digest = hashlib.sha256()
        self._before: _Digest = self._whole
        if self._checksum is not None and self._checksum.algorithm != "sha256":
            # usedforsecurity: a checksum that the agent prescribes guards against accidents, not against people
            self._before = hashlib.new(self._checksum.algorithm, usedforsecurity=False)
        self._counts: Counter[str] = Counter()
        self._size = 0

    def take(self, content: bytes, commands: Iterable[str] = ()) -> None:
        """Take bytes that stand before the trailer, and the commands of the records among them."""
        self._whole.update(content)
        if self._before is not self._whole:
            self._before.update(content)
        for command in commands:  # most often one: Counter.update would cost more than the digest
            self._counts[command] += 1
        self._size += len(content)

    def trailer_values(self) -> dict[str, FieldValue]:
        """Return what the trailer must say of all that was taken so far."""
        record_count = self._counts.total()
        found: dict[str, FieldValue] = {"record_count": record_count}
        for spec in self._trailer.fields:
            if spec.counts:
                found[spec.name] = sum(self._counts[command] for command in spec.counts)
        if self._checksum is not None:
            found["checksum"] = self._checksum.shown(self._before.hexdigest())
        return found

    def close(self, trailer: bytes) -> Totals:
        """Take the trailer and whatever follows it, and return the totals of the whole file."""
        whole = self._whole.copy()
        whole.update(trailer)
        return Totals(self._counts.total(), dict(self._counts), whole.hexdigest(), self._size + len(trailer))
