"""What a rule has to say about a value."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How far a finding stands in the way of a record."""

    ERROR = "error"  # refuses the value
    REVIEW = "review"  # lets it through only after a person in operations approves
    WARNING = "warning"  # is shown and recorded


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of one rule: `code` is the contract, `message` says what to do.

    `field` is the name of the CSV column. `suggestion` is one value that could be taken as it stands,
    `alternatives` holds up to three others.
    """

    code: str
    field: str
    severity: Severity
    message: str
    suggestion: str | None = None
    alternatives: tuple[str, ...] = ()


def error(
    code: str, field: str, message: str, suggestion: str | None = None, alternatives: tuple[str, ...] = ()
) -> Finding:
    """Make a finding that refuses the value."""
    return Finding(code, field, Severity.ERROR, message, suggestion, alternatives)


def review(
    code: str, field: str, message: str, suggestion: str | None = None, alternatives: tuple[str, ...] = ()
) -> Finding:
    """Make a finding that a person has to approve."""
    return Finding(code, field, Severity.REVIEW, message, suggestion, alternatives)


def warning(
    code: str, field: str, message: str, suggestion: str | None = None, alternatives: tuple[str, ...] = ()
) -> Finding:
    """Make a finding that is shown and recorded."""
    return Finding(code, field, Severity.WARNING, message, suggestion, alternatives)


def sort_by_weight(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Put errors before reviews before warnings; within one weight the order stays."""
    weights = list(Severity)
    return tuple(sorted(findings, key=lambda finding: weights.index(finding.severity)))
