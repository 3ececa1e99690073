"""What the agent answers, before a form gives it a line."""

from typing import NamedTuple


class FileAnswer(NamedTuple):
    """The answer to a DAT: `reason` is blank when it is accepted, `stamp` is CCYYMMDDHHMMSS in London.

    `sequence` is None where the header could not be read; the reply then leaves it blank.
    """

    name: str
    sequence: int | None
    reason: str
    received_count: int
    stamp: str

    @property
    def decision(self) -> str:
        """Return ACCEPTED or REJECTED."""
        return "REJECTED" if self.reason else "ACCEPTED"


class RecordAnswer(NamedTuple):
    """The answer to one record; `errors` are the codes against it with commas, blank on success."""

    txn_ref: str
    telephone_no: str
    command: str
    code: str
    errors: str

    @property
    def error_count(self) -> int:
        """Return how many codes are against the record."""
        return len(self.errors.split(",")) if self.errors else 0
