"""What lies in the outbox: new files, resends, and copies that have been answered."""

import hashlib
from collections.abc import Iterator

from emergency_export.agent.book import Book
from emergency_export.agent.desk import Desk
from emergency_export.agent.exchange import Exchange
from emergency_export.agent.intake import sequence_of
from emergency_export.agent.sequence import (
    forget_absent,
    is_same_copy,
    lying,
    next_expected,
    remember_lying,
)


def due_files(book: Book, exchange: Exchange, desk: Desk, *, keep: bool) -> Iterator[str]:
    """Give the DATs to be taken in, in the order of their file numbers; those without one come last.

    Whether a file is due is asked when its turn comes: the file before it may have closed its gap.
    """
    for name in sorted(_dats(exchange, desk), key=lambda name: _place(book, exchange, name, desk)):
        if not _is_answered(book, exchange, name, keep=keep) or _gap_is_closed(book, name):
            yield name


def clear_answered(book: Book, exchange: Exchange, desk: Desk, *, keep: bool) -> None:
    """Delete answered copies from the outbox unless they are kept, and forget those that are gone."""
    names = _dats(exchange, desk)
    if not keep:
        for name in names:
            if _is_answered(book, exchange, name, keep=False):
                exchange.remove(name)
        names = _dats(exchange, desk)
    forget_absent(book, set(names))


def _dats(exchange: Exchange, desk: Desk) -> list[str]:
    """Return the whole DATs by name; a `.part` is not there yet."""
    return sorted(name for name in exchange.names() if desk.form.naming.is_dat(name))


def _place(book: Book, exchange: Exchange, name: str, desk: Desk) -> tuple[bool, int, str]:
    row = lying(book, name)
    untouched = row is not None and is_same_copy(row, exchange.mark(name))
    number = row["file_sequence"] if row is not None and untouched else sequence_of(exchange, name, desk)
    return number is None, number or 0, name


def _is_answered(book: Book, exchange: Exchange, name: str, *, keep: bool) -> bool:
    """Tell whether this very copy has been answered.

    Kept copies are known by their digest. Where copies are deleted, one that is still there after a crash is
    known by its mark: the same bytes delivered anew are a resend.
    """
    row = lying(book, name)
    if row is None:
        return False
    if is_same_copy(row, exchange.mark(name)):
        return True
    if not keep:
        return False
    with exchange.open(name) as (stream, mark):
        digest = hashlib.sha256()
        while piece := stream.read(2**20):
            digest.update(piece)
    if digest.hexdigest() != row["sha256"]:
        return False
    remember_lying(book, name, row["file_id"], mark)
    return True


def _gap_is_closed(book: Book, name: str) -> bool:
    """Tell whether a kept file was refused as SEQGAP and its number has become the next.

    A resend cannot be seen while the same bytes lie in the outbox, so the copy itself is taken again.
    """
    row = lying(book, name)
    return row is not None and row["reason"] == "SEQGAP" and row["file_sequence"] == next_expected(book)
