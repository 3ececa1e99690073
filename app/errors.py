"""What can go wrong, as types that say whether trying again can help."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, the same by form, API, CSV and command line; the code is the contract.

    `row` counts data rows of a CSV from 1 (the header is not one), `line` counts lines of a file from 1.
    """

    code: str
    field: str
    severity: str
    message: str
    suggestion: str | None = None
    alternatives: tuple[str, ...] = ()
    row: int | None = None
    line: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: `row` or `line` only where there is one."""
        found = asdict(self)
        return {key: value for key, value in found.items() if key not in {"row", "line"} or value is not None}


class AppError(Exception):
    """A condition that a person can be told about; `retryable` says whether the same call may succeed later."""

    code = "E00"
    retryable = False


class Refused(AppError):
    """The work was refused; every reason is in `problems`."""

    code = "E01"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


class NotFound(AppError):
    """There is no such thing, or none that this actor may see."""

    code = "E02"


class NotAllowed(AppError):
    """The actor's role does not permit this, or they made what they are asked to judge (U7)."""

    code = "E03"


class Conflict(AppError):
    """The thing has moved on since it was read."""

    code = "E04"


class Moved(Conflict):
    """What was seen before is not what is there now: whoever changes it looks again first."""

    code = "E14"


class Misconfigured(AppError):
    """A setting is missing, wrong, or contradicts another."""

    code = "E05"


class Busy(AppError):
    """Another process holds the lock that this work needs."""

    code = "E06"
    retryable = True


class CallAPerson(AppError):
    """The system stopped because going on could do harm; the message says what a person must decide."""

    code = "E07"


class NightHeld(CallAPerson):
    """The night waits for people: the brake, or somebody's word, holds it. Nothing was numbered."""

    code = "E09"


class RefusalHolds(CallAPerson):
    """A file was refused for what would come again: nothing further leaves until a person releases it."""
