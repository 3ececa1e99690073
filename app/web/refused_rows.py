"""The refused rows for download: as they were typed, with the reasons, safe to open in a spreadsheet."""

import csv
import os
import re
from collections.abc import Iterable

from app.services.uploads import ImportReport
from app.web.findings import about, by_row
from app.web.upload_shelf import Upload

REASONS = "reasons"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?[0-9. ]+")


def guarded(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula; numbers, also with a sign, stay as they are."""
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) and not NUMBER.fullmatch(cell) else cell


def keep_refused(upload: Upload, report: ImportReport) -> None:
    """Put the refused rows beside the upload; none, no file."""
    upload.refused.unlink(missing_ok=True)
    if not report.failed:
        return
    reasons = by_row(problem for problem in report.problems if problem.severity == "error")
    columns = list(dict.fromkeys(name for row in report.failed for name in row.values))
    handle = os.open(upload.refused, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, REASONS])
        for row in report.failed:
            why = " ".join(about(problem) for problem in reasons.get(row.row, []))
            writer.writerow(_cells([*(row.values.get(name, "") for name in columns), why]))


def _cells(values: Iterable[str]) -> list[str]:
    return [guarded(value) for value in values]
