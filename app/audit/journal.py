"""A journal beside the database: lines of JSON, each on disk for good before the call returns.

It lies outside the database and its backups, so that a restored database can be told from the one before.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.audit.chain import canonical
from app.errors import CallAPerson


def append_line(journal: Path, kind: str, **facts: Any) -> None:
    """Add one line; safe for several processes. What a crash left of a line that was never confirmed goes."""
    line = canonical({"kind": kind, **facts}).encode("ascii") + b"\n"
    journal.parent.mkdir(parents=True, exist_ok=True)
    fresh = not journal.exists()
    handle = os.open(journal, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        whole = _whole_length(file.fileno())
        if whole < os.fstat(file.fileno()).st_size:
            file.truncate(whole)
        file.write(line)
        os.fsync(file.fileno())
    if fresh:
        folder = os.open(journal.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read_lines(journal: Path, *kinds: str) -> Iterator[dict[str, Any]]:
    """Give the facts of every line of some kinds, first to last; nothing where there is no journal yet.

    A last line without its end was never confirmed and is passed over. Raises CallAPerson for any other that
    cannot be read.
    """
    if not journal.exists():
        return
    with journal.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                facts = json.loads(line)
                wanted = facts["kind"] in kinds
            except (ValueError, TypeError, KeyError):
                raise CallAPerson(f"Line {number} of the journal {journal.name} cannot be read.") from None
            if wanted:
                yield facts


def _whole_length(handle: int) -> int:
    """Return the length up to the last line's end, looking from the back."""
    at = os.fstat(handle).st_size
    while at > 0:
        start = max(0, at - 4096)
        end = os.pread(handle, at - start, start).rfind(b"\n")
        if end >= 0:
            return start + end + 1
        at = start
    return 0
