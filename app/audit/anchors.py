"""Anchors: the head of the chain, noted outside the database; a shorter or rewritten trail disagrees with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from app.audit.journal import append_line, read_lines
from app.clock import Clock
from app.db.engine import Database
from app.db.unit_of_work import Reading
from app.errors import CallAPerson
from app.models.audit import AuditEvent, AuditHead

KIND, RESUMED = "anchor", "resumed"


@dataclass(frozen=True, slots=True)
class Anchor:
    """An entry of the trail and the hash that it had."""

    seq: int
    hash: str


def append_anchor(journal: Path, clock: Clock, anchor: Anchor) -> None:
    """Note an anchor in the journal, on disk for good."""
    append_line(journal, KIND, at=clock.now(), seq=anchor.seq, hash=anchor.hash)


def read_anchors(journal: Path) -> list[Anchor]:
    """Return the anchors of a journal, first to last; CallAPerson for one that cannot be read.

    Those that saw what an older copy lost are void once a person has resumed from it.
    """
    found: list[Anchor] = []
    for facts in read_lines(journal, KIND, RESUMED):
        if facts["kind"] == RESUMED:
            found = [anchor for anchor in found if anchor.seq <= facts["seq"]]
            continue
        seq, last_hash = facts.get("seq"), facts.get("hash")
        if type(seq) is not int or not isinstance(last_hash, str):
            raise CallAPerson(f"An anchor in the journal {journal.name} has no number or no hash.")
        found.append(Anchor(seq, last_hash))
    return found


def last_anchor(journal: Path) -> tuple[Anchor, datetime] | None:
    """Return the last anchor and when it was noted; None where there is none yet."""
    found = None
    for facts in read_lines(journal, KIND):
        found = facts
    if found is None:
        return None
    return Anchor(found["seq"], found["hash"]), datetime.fromisoformat(found["at"])


def common_past(look: Reading, anchors: Iterable[Anchor]) -> int:
    """Return the last anchored entry that this database has as it was anchored; 0 where it has none.

    A database that lacks a later one is an older copy, or has gone another way since.
    """
    for anchor in sorted(anchors, key=lambda anchor: anchor.seq, reverse=True):
        found = look.session.scalar(select(AuditEvent.hash).where(AuditEvent.seq == anchor.seq))
        if found == anchor.hash:
            return anchor.seq
    return 0


def anchor_head(database: Database, journal: Path, clock: Clock) -> Anchor | None:
    """Note where the chain stands now; nothing where it has not begun."""
    with database.reading() as look:
        row = look.session.execute(select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1)).one_or_none()
    if row is None or row.seq == 0:
        return None
    anchor = Anchor(row.seq, row.hash)
    append_anchor(journal, clock, anchor)
    return anchor
