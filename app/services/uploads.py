"""Bulk registration (L5): dry run, findings row by row, unchanged rows skipped, all or nothing or good rows only."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from app.audit.events import Action
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import Problem, Refused
from app.services.access import authorise_account
from app.services.import_report import COUNTS, ImportReport
from app.services.locations.judgement import ACCEPTED, FOR_REVIEW, UNCHANGED, Judgement
from app.services.locations.judging import Judge
from app.services.locations.registering import STORED, judge_for
from app.services.locations.storing import Store
from app.services.sightings import Sightings
from app.services.spreadsheet_cells import unguarded
from app.services.system import System
from app.services.tables import TableRow, read_table
from validators.columns import COLUMNS, PAF_COLUMNS, Location

__all__ = ["BATCH", "NOTES", "REQUIRED", "ImportReport", "import_locations"]

REQUIRED = ("number", "name", "premises", "post_town", "postcode")
# PAF elements say the premises as well: they are composed (A10).
INSTEAD = {"premises": PAF_COLUMNS}
# What our own files tell people of their rows: they come back as they are, and these columns say nothing.
NOTES = ("status", "reasons", "since")
BATCH = 1000
Progress = Callable[[int], None]
Finish = Callable[[UnitOfWork, ImportReport], None]


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
    finish: Finish = lambda _work, _report: None,
) -> ImportReport:
    """Import the rows of a CSV for one account in one transaction, in constant memory.

    Without `skip_bad` one refused row means that nothing is saved. `progress` is told how many rows are done more.
    `finish` is called in the transaction when all is to be saved. A dry run locks nothing and keeps nobody waiting.
    A fault of the file as a whole is in the report too, with nothing saved.
    """
    authorise_account(actor, Permission.IMPORT_LOCATIONS, account_id)
    report = ImportReport(dry_run=dry_run)
    if dry_run:
        with system.database.reading() as look, Sightings() as seen:
            _Import(system, look, actor, account_id, report, seen).take(stream, size, progress)
        return report
    with system.database.unit_of_work() as work, Sightings() as seen:
        run = _Import(system, work, actor, account_id, report, seen)
        whole = run.take(stream, size, progress)
        if not whole or (report.refused and not skip_bad):
            return report.nothing_saved()
        run.note(work)
        report.saved = True
        finish(work, report)
        work.commit()
    return report


@dataclass
class _Import:
    """One import in the caller's unit of work, or one that is only looked at."""

    system: System
    look: Reading
    actor: Actor
    account_id: int
    report: ImportReport
    seen: Sightings
    _digest: Any = field(default_factory=hashlib.sha256)

    def take(self, stream: BinaryIO, size: int | None, progress: Progress) -> bool:
        """Judge and store row by row, in batches; say whether the file could be read to its end."""
        judge = judge_for(self.system, self.look, self.actor, self.account_id)
        store = None
        if isinstance(self.look, UnitOfWork):
            store = Store(self.system, self.look, self.actor, self.account_id)
        else:
            judge.remember(self.seen)  # nothing of this file can be counted in the database
        columns = (*COLUMNS, *NOTES)
        rows = read_table(
            stream, columns, REQUIRED, limit=self.system.settings.upload_limit, size=size, instead=INSTEAD
        )
        try:
            for batch in _batches(rows):
                chosen = self._batch(judge, batch)
                if store is not None:
                    store.store(chosen, judge.known)
                    self.look.session.flush()
                self.look.session.expunge_all()
                progress(len(batch))
        except Refused as wrong:
            # The file as a whole cannot be read to its end: nothing of it is kept.
            self.report.refused += 1
            for problem in wrong.problems:
                self.report.problems.add(problem)
            self.report.nothing_saved()
            return False
        return True

    def _batch(self, judge: Judge, batch: list[TableRow]) -> list[Judgement]:
        """Count the rows of a batch and return what is to be stored of them."""
        judged = iter(judge.judge([_location(row) for row in batch if not row.problems]))
        standing = [(row, None if row.problems else next(judged)) for row in batch]
        before = self.seen.rows_of([item.number for _, item in standing if item is not None and item.number])
        here: dict[str, int] = {}
        chosen = []
        for row, item in standing:
            self._digest.update(repr(sorted(row.values.items())).encode())
            if item is None:
                self.report.refuse(row, row.problems)
                continue
            number = item.number or ""
            problems = [*item.problems, *_repeated(before.get(number) or here.get(number))]
            if any(problem.severity == "error" for problem in problems):
                self.report.refuse(row, problems)
                continue
            self.report.tell(row.row, problems)
            if number:
                here[number] = row.row
            self._count(item)
            if item.standing in STORED:
                chosen.append(item)
        self.report.rows += len(batch)
        self.seen.note(here)
        return chosen

    def _count(self, item: Judgement) -> None:
        self.report.accepted += item.standing == ACCEPTED
        self.report.unchanged += item.standing == UNCHANGED
        self.report.for_review += item.standing == FOR_REVIEW

    def note(self, work: UnitOfWork) -> None:
        """One entry for the whole import, with the digest of its rows."""
        detail = {name: getattr(self.report, name) for name in COUNTS} | {"digest": self._digest.hexdigest()}
        self.system.record(work, self.actor, Action.LOCATIONS_IMPORTED, ("account", self.account_id), detail)


def _repeated(first: int | None) -> list[Problem]:
    """What only the file as a whole can show: a number that stands in it twice."""
    if first is None:
        return []
    return [Problem("U11", "number", "error", f"This number stands in row {first} already.")]


def _location(row: TableRow) -> Location:
    if row.values.keys().isdisjoint(NOTES):
        return Location(**row.values)
    # A file of ours, that was perhaps mended in a spreadsheet.
    return Location(**{name: unguarded(value) for name, value in row.values.items() if name not in NOTES})


def _batches(rows: Iterator[TableRow]) -> Iterator[list[TableRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
