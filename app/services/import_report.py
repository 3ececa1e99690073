"""What an import did: counts, and as much as there is of findings and refused rows without holding it in memory."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from app.errors import Problem
from app.services.spool import Spool
from app.services.tables import TableRow

COUNTS = ("rows", "accepted", "unchanged", "for_review", "refused")


@lru_cache(maxsize=1024)  # most rows say what others said
def _text(problem: Problem) -> str:
    return json.dumps(problem.as_dict())


class ProblemSpool(Spool[Problem]):
    """Findings, each with its row."""

    def __init__(self) -> None:
        super().__init__(problem_of)

    def add(self, problem: Problem, row: int | None = None) -> None:
        """Add a finding, about a row where one is given."""
        if row is None:
            self.append_line(json.dumps(problem.as_dict()))
        elif problem.row is None and problem.line is None:
            self.append_line(f'{_text(problem)[:-1]}, "row": {row}}}')
        else:
            self.append_line(json.dumps(replace(problem, row=row).as_dict()))


class RowSpool(Spool[TableRow]):
    """Refused rows as they were typed, each with its findings."""

    def __init__(self) -> None:
        super().__init__(_row_of)

    def add(self, row: TableRow, problems: Iterable[Problem]) -> None:
        """Add a row with what there is to say about it."""
        told = [problem.as_dict() for problem in problems]
        self.append_line(
            json.dumps({"row": row.row, "values": row.values, "problems": told, "surplus": list(row.surplus)})
        )


def problem_of(found: dict[str, Any]) -> Problem:
    """Return a finding from its JSON form."""
    return Problem(**{**found, "alternatives": tuple(found["alternatives"])})


def _row_of(found: dict[str, Any]) -> TableRow:
    problems = tuple(map(problem_of, found["problems"]))
    return TableRow(found["row"], found["values"], problems, tuple(found["surplus"]))


@dataclass
class ImportReport:
    """What an import did, or in a dry run would do; where nothing was saved, nothing was accepted.

    `problems` holds every finding with its row, `failed` the refused rows as they were typed, both in the order of
    the file; they can be gone through as often as wanted.
    """

    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    for_review: int = 0
    refused: int = 0
    dry_run: bool = False
    saved: bool = False
    problems: ProblemSpool = field(default_factory=ProblemSpool)
    failed: RowSpool = field(default_factory=RowSpool)

    def counts(self) -> dict[str, Any]:
        """Return the JSON form without the findings."""
        return {name: getattr(self, name) for name in (*COUNTS, "dry_run", "saved")}

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, with all findings: for reports that fit into memory."""
        return self.counts() | {"problems": [problem.as_dict() for problem in self.problems]}

    def as_pieces(self) -> Iterator[str]:
        """Return the JSON form as text, piece by piece, however long it is."""
        yield json.dumps(self.counts(), indent=2).removesuffix("\n}") + ',\n  "problems": ['
        between = "\n    "
        for line in self.problems.lines():
            yield between + line
            between = ",\n    "
        yield "\n  ]\n}\n" if self.problems else "]\n}\n"

    def refuse(self, row: TableRow, problems: Iterable[Problem]) -> None:
        """Count a row that is refused, and keep it with what there is to say about it."""
        told = tuple(problems)
        self.refused += 1
        self.failed.add(row, told)
        self.tell(row.row, told)

    def tell(self, row: int, problems: Iterable[Problem]) -> None:
        """Keep findings on a row."""
        for problem in problems:
            self.problems.add(problem, row)

    def nothing_saved(self) -> "ImportReport":
        """Say that nothing was kept."""
        self.accepted = self.for_review = 0
        return self
