"""Uploads between the dry run and its application: files beside the database, each under a random token.

What is kept is personal data: folder and files are the service's own alone, and go after a day.
"""

import csv
import json
import os
import re
import secrets
import shutil
import time
from array import array
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, BinaryIO

from app.errors import NotFound, Problem
from app.services.import_report import ImportReport, problem_of
from app.services.spreadsheet_cells import guarded
from app.services.tables import TableRow
from validators.columns import COLUMNS

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
KEPT_FOR = timedelta(days=1)
FINDINGS_A_PAGE = 100
REASONS = "reasons"
SEVERITIES = ("error", "review", "warning")
UNCHANGED = "R04"  # said once for all, by the count


@dataclass(frozen=True)
class ShelfPlace:
    """The files of one upload: the rows as they came, the findings with where each page begins, the refused rows."""

    rows: Path
    findings: Path
    pages: Path
    refused: Path

    def keep_report(self, report: ImportReport) -> None:
        """Put the findings, the worst first, and the refused rows beside the upload; whole or not at all."""
        begins = array("Q")
        with _written(self.findings, "wb") as file:
            for count, line in enumerate(_worst_first(report)):
                if count % FINDINGS_A_PAGE == 0:
                    begins.append(file.tell())
                file.write(line.encode("ascii") + b"\n")
        with _written(self.pages, "wb") as file:
            begins.tofile(file)
        if not report.failed:
            self.refused.unlink(missing_ok=True)
            return
        with _written(self.refused, "w") as file:
            _write_refused(file, report)

    def findings_page(self, page: int) -> tuple[list[Problem], int]:
        """Return a page of the findings and how many pages there are; the nearest where there is no such page."""
        begins = array("Q")
        try:
            begins.frombytes(self.pages.read_bytes())
        except FileNotFoundError:
            return [], 1
        count = max(1, len(begins))
        if not begins:
            return [], count
        with self.findings.open("rb") as file:
            file.seek(begins[min(max(page, 1), count) - 1])
            lines = (file.readline() for _ in range(FINDINGS_A_PAGE))
            return [problem_of(json.loads(line)) for line in lines if line], count


class UploadShelf:
    """The folder of the uploads."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "uploads"

    def keep(self, stream: BinaryIO) -> tuple[str, int]:
        """Put an upload on the shelf and return its token and size."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        token = secrets.token_urlsafe(24)
        place = self.place(token)
        with _written(place.rows, "wb") as file:
            shutil.copyfileobj(stream, file)
        return token, place.rows.stat().st_size

    def place(self, token: str) -> ShelfPlace:
        """Return the files of an upload; NotFound for what is no token, whatever it is."""
        if not TOKEN.fullmatch(token):
            raise NotFound("there is no such upload")
        place = self._folder / token
        return ShelfPlace(*(place.with_suffix(kind) for kind in (".csv", ".findings", ".pages", ".refused")))

    def drop(self, token: str) -> None:
        """Take an upload down."""
        self.place(token)
        for path in self._folder.glob(f"{token}.*"):
            path.unlink(missing_ok=True)

    def forget(self, known: Collection[str]) -> None:
        """Take down what no upload is known of: its process died between the file and the row."""
        if not self._folder.is_dir():
            return
        # By the file system's own clock, since that is what the files bear.
        before = time.time() - KEPT_FOR.total_seconds()
        for path in self._folder.iterdir():
            if path.name.partition(".")[0] not in known and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)


def reasons_of(row: TableRow) -> str:
    """Say in one cell why a row was refused, each reason with the column that it is about."""
    told = [
        f"{problem.field.replace('_', ' ').capitalize()}: {problem.message}" if problem.field else problem.message
        for problem in row.problems
        if problem.severity == "error"
    ]
    if row.surplus:
        told.append(f"Without a column: {', '.join(row.surplus)}")
    return " ".join(told)


def _worst_first(report: ImportReport) -> Iterator[str]:
    """Yield the findings' JSON, errors before reviews before warnings, each in the order of the file."""
    for severity in SEVERITIES:
        mark = f'"severity": "{severity}"'  # inside a message its quotes would be escaped
        for line in report.problems.lines():
            if mark in line and not (severity == SEVERITIES[-1] and f'"code": "{UNCHANGED}"' in line):
                yield line


def _write_refused(file: IO[str], report: ImportReport) -> None:
    used = {name for row in report.failed for name in row.values}
    columns = [name for name in COLUMNS if name in used]
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow([*columns, REASONS])
    for row in report.failed:
        cells = [*(row.values.get(name, "") for name in columns), reasons_of(row)]
        writer.writerow([guarded(cell) for cell in cells])


@contextmanager
def _written(path: Path, mode: str) -> Iterator[IO]:  # type: ignore[type-arg]  # bytes or text, by the mode
    """Write a file under another name and give it its own when it is whole."""
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    as_text = "b" not in mode
    with os.fdopen(handle, mode, encoding="utf-8" if as_text else None, newline="" if as_text else None) as file:
        yield file
    draft.replace(path)
