"""Bulk registration (L5): dry run, findings row by row, unchanged rows skipped, all or nothing or good rows only."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, BinaryIO

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import Problem, Refused
from app.services.access import authorise_account
from app.services.locations.judgement import ACCEPTED, FOR_REVIEW, REFUSED, UNCHANGED, Judgement
from app.services.locations.judging import Judge
from app.services.locations.registering import STORED, judge_for
from app.services.locations.storing import Store
from app.services.system import System
from app.services.tables import TableRow, read_table
from validators.columns import COLUMNS, Location

REQUIRED = ("number", "name", "premises", "post_town", "postcode")
# What the download of refused rows adds for people: the file comes back as it is, and this column says nothing.
REASONS = "reasons"
BATCH = 1000
Progress = Callable[[int], None]


@dataclass
class ImportReport:
    """What an import did, or in a dry run would do; where nothing was saved, nothing was accepted.

    `problems` holds every finding with its row, `failed` the refused rows as they were typed.
    """

    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    for_review: int = 0
    refused: int = 0
    dry_run: bool = False
    saved: bool = False
    problems: list[Problem] = field(default_factory=list)
    failed: list[TableRow] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        names = ("rows", "accepted", "unchanged", "for_review", "refused", "dry_run", "saved")
        return {name: getattr(self, name) for name in names} | {
            "problems": [problem.as_dict() for problem in self.problems]
        }


def import_locations(
    system: System,
    actor: Actor,
    account_id: int,
    stream: BinaryIO,
    *,
    size: int | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress = lambda _: None,
) -> ImportReport:
    """Import the rows of a CSV for one account in one transaction.

    Without `skip_bad` one refused row means that nothing is saved. `progress` is told how many rows are done.
    A fault of the file as a whole is in the report too, with nothing saved.
    """
    authorise_account(actor, Permission.IMPORT_LOCATIONS, account_id)
    report = ImportReport(dry_run=dry_run)
    with system.database.unit_of_work() as work:
        run = _Import(system, work, actor, account_id, report)
        try:
            run.take(stream, size, progress)
        except Refused as wrong:
            # The file as a whole cannot be read to its end: nothing of it is kept.
            report.problems.extend(wrong.problems)
            report.refused += 1
            return _nothing_saved(report)
        if dry_run:
            return report
        if report.refused and not skip_bad:
            return _nothing_saved(report)
        run.note()
        work.commit()
        report.saved = True
    return report


def _nothing_saved(report: ImportReport) -> ImportReport:
    report.accepted = report.for_review = 0
    return report


@dataclass
class _Import:
    """One import in the caller's unit of work."""

    system: System
    work: UnitOfWork
    actor: Actor
    account_id: int
    report: ImportReport
    _seen: dict[str, int] = field(default_factory=dict)
    _digest: Any = field(default_factory=hashlib.sha256)

    def take(self, stream: BinaryIO, size: int | None, progress: Progress) -> None:
        """Judge and store row by row, in batches."""
        judge = judge_for(self.system, self.work, self.account_id)
        store = Store(self.system, self.work, self.actor, self.account_id)
        columns = (*COLUMNS, REASONS)
        rows = read_table(stream, columns, REQUIRED, limit=self.system.settings.upload_limit, size=size)
        for batch in _batches(rows):
            self._batch(judge, store, batch)
            progress(len(batch))

    def _batch(self, judge: Judge, store: Store, batch: list[TableRow]) -> None:
        readable = [row for row in batch if not row.problems]
        judged = judge.judge([_location(row) for row in readable])
        chosen: list[Judgement] = []
        for row, item in zip(readable, judged, strict=True):
            item_standing = self._count(row, item)
            if item_standing in STORED:
                chosen.append(item)
        for row in batch:
            self._digest.update(repr(sorted(row.values.items())).encode())
            if row.problems:
                self._refuse(row, row.problems)
        self.report.rows += len(batch)
        store.store(chosen, judge.known)
        self.work.session.flush()
        self.work.session.expunge_all()

    def _count(self, row: TableRow, item: Judgement) -> str:
        """Count a judged row and return its standing, which its own file may have spoilt."""
        problems = [*item.problems, *self._of_the_file(item)]
        if any(problem.severity == "error" for problem in problems):
            self._refuse(row, tuple(problems))
            return REFUSED
        self._tell(row, problems)
        if item.number:
            self._seen[item.number] = row.row
        if item.standing == ACCEPTED:
            self.report.accepted += 1
        elif item.standing == UNCHANGED:
            self.report.unchanged += 1
        elif item.standing == FOR_REVIEW:
            self.report.for_review += 1
        return item.standing

    def _of_the_file(self, item: Judgement) -> list[Problem]:
        """What only the file as a whole can show: a number that stands in it twice."""
        first = self._seen.get(item.number or "")
        if first is None:
            return []
        return [Problem("U11", "number", "error", f"This number stands in row {first} already.")]

    def _refuse(self, row: TableRow, problems: tuple[Problem, ...]) -> None:
        self.report.refused += 1
        self.report.failed.append(row)
        self._tell(row, list(problems))

    def _tell(self, row: TableRow, problems: list[Problem]) -> None:
        self.report.problems.extend(replace(problem, row=row.row) for problem in problems)

    def note(self) -> None:
        """One entry for the whole import, with the digest of its rows."""
        report = self.report
        names = ("rows", "accepted", "unchanged", "for_review", "refused")
        detail = {name: getattr(report, name) for name in names} | {"digest": self._digest.hexdigest()}
        self.system.record(self.work, self.actor, Action.LOCATIONS_IMPORTED, ("account", self.account_id), detail)


def _location(row: TableRow) -> Location:
    return Location(**{name: value for name, value in row.values.items() if name in COLUMNS})


def _batches(rows: Iterator[TableRow]) -> Iterator[list[TableRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
