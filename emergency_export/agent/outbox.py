"""What lies in the outbox: new files, resends, and copies that have been answered."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from emergency_export.agent.book import Book
from emergency_export.agent.desk import Desk
from emergency_export.agent.folder import ExchangeFolder, mark_of
from emergency_export.agent.intake import sequence_of
from emergency_export.agent.sequence import (
    forget_absent,
    is_same_copy,
    lying,
    next_expected,
    remember_lying,
)


def due_files(book: Book, folder: ExchangeFolder, desk: Desk, *, keep: bool) -> Iterator[Path]:
    """Give the DATs to be taken in, in the order of their file numbers; those without one come last.

    Whether a file is due is asked when its turn comes: the file before it may have closed its gap.
    """
    for path in sorted(folder.dats(desk.form.naming), key=lambda path: _place(book, path, desk)):
        if not _is_answered(book, path, keep=keep) or _gap_is_closed(book, path):
            yield path


def clear_answered(book: Book, folder: ExchangeFolder, desk: Desk, *, keep: bool) -> None:
    """Delete answered copies from the outbox unless they are kept, and forget those that are gone."""
    paths = folder.dats(desk.form.naming)
    if not keep:
        for path in paths:
            if _is_answered(book, path, keep=False):
                path.unlink()
        paths = folder.dats(desk.form.naming)
    forget_absent(book, {path.name for path in paths})


def _place(book: Book, path: Path, desk: Desk) -> tuple[bool, int, str]:
    row = lying(book, path.name)
    untouched = row is not None and is_same_copy(row, path)
    number = row["file_sequence"] if row is not None and untouched else sequence_of(path, desk)
    return number is None, number or 0, path.name


def _is_answered(book: Book, path: Path, *, keep: bool) -> bool:
    """Tell whether this very copy has been answered.

    Kept copies are known by their digest. Where copies are deleted, one that is still there after a crash is
    known by its mark: the same bytes delivered anew are a resend.
    """
    row = lying(book, path.name)
    if row is None:
        return False
    if is_same_copy(row, path):
        return True
    if not keep:
        return False
    with path.open("rb") as stream:
        mark = mark_of(stream.fileno())
        if hashlib.file_digest(stream, "sha256").hexdigest() != row["sha256"]:
            return False
    remember_lying(book, path, row["file_id"], mark)
    return True


def _gap_is_closed(book: Book, path: Path) -> bool:
    """Tell whether a kept file was refused as SEQGAP and its number has become the next.

    A resend cannot be seen while the same bytes lie in the outbox, so the copy itself is taken again.
    """
    row = lying(book, path.name)
    return row is not None and row["reason"] == "SEQGAP" and row["file_sequence"] == next_expected(book)
