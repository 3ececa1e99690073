"""What one act on many numbers did: counts, and each finding once with the numbers that it is about."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from app.errors import Problem
from app.services.locations.judgement import Judgement
from app.services.locations.spans import some

NAMED = 5
COUNTS = ("accepted", "unchanged", "for_review", "refused")


@dataclass
class CommonFinding:
    """A finding on `count` of the numbers; `numbers` are the first of them, as they are dialled."""

    problem: Problem
    count: int = 0
    numbers: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return self.problem.as_dict() | {"count": self.count, "numbers": list(self.numbers)}

    def told(self, total: int) -> Problem:
        """Return the finding with the numbers that it is about in its words, unless it is about all of them."""
        if self.count == total:
            return self.problem
        named = some(self.numbers) + (f" and {self.count - NAMED:,} more" if self.count > NAMED else "")
        return replace(self.problem, message=f"{self.problem.message} ({self.count:,} of {total:,}: {named})")


@dataclass
class Placed:
    """What an act did, or in a dry run would do; where nothing was saved, nothing was accepted.

    `sample` is the judgement on the first number that has a record to be sent.
    """

    numbers: int = 0
    accepted: int = 0
    unchanged: int = 0
    for_review: int = 0
    refused: int = 0
    dry_run: bool = False
    saved: bool = False
    sample: Judgement | None = None
    findings: list[CommonFinding] = field(default_factory=list)
    _by_key: dict[tuple[str, ...], CommonFinding] = field(default_factory=dict, repr=False)

    @property
    def problems(self) -> list[Problem]:
        """Return each finding once, with its numbers in its words."""
        return [finding.told(self.numbers) for finding in self.findings]

    def tell(self, number: str, problems: Iterable[Problem]) -> None:
        """Keep what was found on one number."""
        for problem in problems:
            key: tuple[str, ...] = (
                problem.code,
                problem.field,
                problem.severity,
                problem.message,
                problem.suggestion or "",
            )
            if problem.code == "A05" and problem.severity == "warning":
                key = key[:3]  # it counts on with each number: the last word is the whole
            finding = self._by_key.get(key)
            if finding is None:
                finding = self._by_key[key] = CommonFinding(problem)
                self.findings.append(finding)
            finding.problem = problem
            finding.count += 1
            if len(finding.numbers) < NAMED:
                finding.numbers.append(number)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: that of an import, and how many numbers there were."""
        counts = {name: getattr(self, name) for name in (*COUNTS, "dry_run", "saved")}
        problems = [finding.as_dict() for finding in self.findings]
        return {"rows": self.numbers, **counts, "numbers": self.numbers, "problems": problems}
