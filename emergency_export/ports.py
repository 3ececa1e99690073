"""What the pipeline says it needs from outside, and the steps at which a night can be cut off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from emergency_export.profiles import Profile
from emergency_export.rows import DataRow, FileFacts


class Step(StrEnum):
    """The named steps of a file's way out, in their order; the first is the ledger's own."""

    ROWS_FIXED = "rows fixed"
    FILE_BEGUN = "file begun"
    FILE_WRITTEN = "file written"
    RENAMED = "renamed"
    DELIVERED = "delivered"
    MARKED = "marked"


STEPS = tuple(Step)


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file whose rows are fixed: its bytes follow from facts, profile and rows, and must have this digest."""

    facts: FileFacts
    profile: Profile
    sha256: str
    record_count: int


class Ledger(Protocol):
    """The record of what was fixed and what has left."""

    def undelivered(self) -> Sequence[FileToSend]:
        """Return the files that are EXTRACTED, in the order of their sequence."""

    def rows(self, file: FileToSend) -> Iterable[DataRow]:
        """Yield the rows of a file as they were fixed, in the order of their record numbers."""

    def note_leaving(self, file: FileToSend) -> None:
        """Note outside the ledger that a file is about to leave; an older copy of the ledger is known by it."""

    def mark_delivered(self, file: FileToSend) -> None:
        """Record that the transport has confirmed the whole file; a second call changes nothing."""
