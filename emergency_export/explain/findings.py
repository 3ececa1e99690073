"""What an explanation points at: faults, and what is no fault and still worth a word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from emergency_export.faults import Fault
from emergency_export.records import Columns

ERROR, WARNING = "error", "warning"


class ExplainCode(StrEnum):
    """What only an explanation says; the faults keep their own codes (FaultCode)."""

    KIND = "X01"
    NAME = "X02"
    OTHER_KIND = "X03"
    UNKNOWN_RESPONSE = "X04"
    OTHER_COMMAND = "X05"
    UNLIKE_TABLE = "X06"
    ERROR_COUNT = "X07"
    BYTE_ORDER_MARK = "X08"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing pointed at: `line` counts from 1, `record` is the how-manieth data record or reply it stands in.

    `columns` are first and last, from 1. The message repeats at most one character of a personal value.
    """

    code: str
    severity: str
    message: str
    line: int
    record: int | None = None
    field: str | None = None
    columns: Columns | None = None
    suggestion: str | None = None
    alternatives: tuple[str, ...] = ()

    @classmethod
    def of_fault(cls, fault: Fault, line: int, record: int | None, columns: Columns | None) -> "Finding":
        """Return a fault as a finding, where it stands."""
        return cls(fault.code.value, ERROR, fault.message, line, record, fault.field, columns)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form of a problem (interfaces: PROBLEM), with the columns and the record beside it."""
        return {
            "line": self.line,
            "record": self.record,
            "columns": list(self.columns) if self.columns else None,
            "field": self.field or "",
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "suggestion": self.suggestion,
            "alternatives": list(self.alternatives),
        }


class FindingList:
    """Keeps the first `most` errors and as many warnings, counts the others, and hands all of them on."""

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._kept: list[Finding] = []
        self.counts = {ERROR: 0, WARNING: 0}

    def take(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """Take findings in order, and yield each."""
        for finding in found:
            self.counts[finding.severity] += 1
            if self.counts[finding.severity] <= self._most:
                self._kept.append(finding)
            yield finding

    @property
    def kept(self) -> tuple[Finding, ...]:
        """Return what is kept, in the order in which it was found."""
        return tuple(self._kept)

    @property
    def left_out(self) -> dict[str, int]:
        """Return by severity how many were found and are not kept."""
        return {severity: max(0, count - self._most) for severity, count in self.counts.items()}
