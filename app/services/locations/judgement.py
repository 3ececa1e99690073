"""What the rules say of one location, as every face shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import Problem
from validators.findings import Finding, Severity
from validators.location import CLAIMED, Location
from validators.wording import Change

ACCEPTED, UNCHANGED, FOR_REVIEW, REFUSED = "accepted", "unchanged", "for_review", "refused"


@dataclass(frozen=True)
class Judgement:
    """What the rules say of one location; `sent` is the record's content as it will be sent, where it can be.

    `standing` is `accepted`, `unchanged`, `for_review` or `refused`.
    """

    location: Location
    standing: str
    problems: tuple[Problem, ...]
    number: str | None
    effective_date: date | None
    sent: dict[str, str] | None
    changes: tuple[Change, ...]
    postcode: str | None

    @property
    def claims(self) -> bool:
        """Say whether the number is not in use until a person has seen that it is the account's (N13)."""
        return any(problem.code == CLAIMED for problem in self.problems)

    @property
    def losing_cupid(self) -> str:
        """Return the provider that the number comes from, empty where it is not being brought here."""
        return self.location.losing_cupid.strip()


def as_problem(finding: Finding) -> Problem:
    """Return a finding as every face shows it."""
    return Problem(
        finding.code, finding.field, str(finding.severity), finding.message, finding.suggestion, finding.alternatives
    )


def refusing(problems: Sequence[Problem]) -> list[Problem]:
    """Return those that refuse."""
    return [problem for problem in problems if problem.severity == Severity.ERROR]
