"""Prove that nobody altered the trail: everything is recomputed, in one walk, in constant memory (A2)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Executable, Result, Row, String, func, select, type_coerce
from sqlalchemy.orm import Session

from app.audit.anchors import Anchor
from app.audit.chain import GENESIS, Entry
from app.audit.held_values import ROWS_AT_A_TIME, Bad, HeldValues, read_erasures
from app.audit.keys import KeyStore
from app.audit.seal import holds
from app.db.engine import Database
from app.models.audit import AuditEvent, AuditHead, AuditValues


@dataclass(frozen=True, slots=True)
class Verification:
    """What the walk found; `head` is the hash of the last entry, `first_bad` the first bad entry and why."""

    ok: bool
    events: int
    head: str | None
    first_bad: tuple[int, str] | None


def verify(database: Database, keys: KeyStore, anchors: Iterable[Anchor] = ()) -> Verification:
    """Recompute the whole trail and hold it against its head, its seal and the anchors.

    Finds an entry edited, deleted (first, middle, last), inserted or moved; a personal value edited, added, or
    missing where no erasure says so; a trail cut short or rewritten since an anchor. Names the first bad entry.
    """
    with database.reading() as look:
        session = look.session
        events = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
        last_hash = session.scalar(select(AuditEvent.hash).order_by(AuditEvent.seq.desc()).limit(1))
        try:
            with _any_text(session):
                _Walk(session, keys, anchors).check()
        except Bad as bad:
            return Verification(False, events, last_hash, (bad.seq, bad.why))
    return Verification(True, events, last_hash, None)


class _Walk:
    """One walk from the first entry to the head."""

    def __init__(self, session: Session, keys: KeyStore, anchors: Iterable[Anchor]) -> None:
        self._session = session
        self._keys = keys
        self._anchors: dict[int, set[str]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.seq, set()).add(anchor.hash)
        self._seq = 0
        self._hash = GENESIS

    def check(self) -> None:
        """Raise Bad at the first entry that is not right."""
        columns = [column for column in AuditEvent.__table__.c if column.name != "at"]
        # `at` as the driver gives it: a text that is no moment must be a finding, not an error.
        entries = select(type_coerce(AuditEvent.at, String).label("at"), *columns).order_by(AuditEvent.seq)
        held = select(AuditValues.seq, AuditValues.part, AuditValues.subject, AuditValues.values)
        with (
            self._stream(entries) as entry_rows,
            self._stream(held.order_by(AuditValues.seq, AuditValues.part)) as held_rows,
        ):
            values = HeldValues(held_rows, self._keys.reader(), read_erasures(self._session))
            for row in entry_rows:
                self._check_link(row)
                self._seq, self._hash = row.seq, row.hash
                self._check_anchor()
                values.check(row.seq, row.values_digest)
            # What is missing at the end comes before the values that it left behind.
            self._check_end()
            values.check_nothing_left()

    def _stream(self, statement: Executable) -> Result[Any]:
        return self._session.execute(statement, execution_options={"yield_per": ROWS_AT_A_TIME})

    def _check_link(self, row: Row[Any]) -> None:
        expected = self._seq + 1
        if row.seq > expected:
            raise Bad(expected, "is missing")
        if row.seq < expected:
            raise Bad(row.seq, "does not belong to the trail")
        if row.prev_hash != self._hash:
            raise Bad(row.seq, "does not follow from the entry before it")
        if _hash_of(row) != row.hash:
            raise Bad(row.seq, "is not as it was written")

    def _check_anchor(self) -> None:
        if self._anchors.get(self._seq, {self._hash}) != {self._hash}:
            raise Bad(self._seq, "is not the entry that was anchored outside the database")

    def _check_end(self) -> None:
        self._check_head()
        beyond = [seq for seq in self._anchors if seq > self._seq]
        if beyond:
            raise Bad(self._seq + 1, f"is missing: an anchor has seen the trail as far as {max(beyond)}")

    def _check_head(self) -> None:
        head = self._session.execute(select(AuditHead.seq, AuditHead.hash, AuditHead.seal)).one_or_none()
        if head is None:
            raise Bad(self._seq + 1, "the head of the chain is missing")
        if head.seq > self._seq:
            raise Bad(self._seq + 1, f"is missing: the head of the chain stands at {head.seq}")
        if head.seq < self._seq:
            raise Bad(head.seq + 1, "stands behind the head of the chain")
        if head.hash != self._hash:
            raise Bad(self._seq, "is not the head of the chain")
        if self._seq and not holds(self._keys, head.seq, head.hash, head.seal):
            raise Bad(self._seq, "the head's seal does not fit: the trail was rewritten, or the keys are others")


def _hash_of(row: Row[Any]) -> str:
    fields = {name: getattr(row, name) for name in Entry.__slots__ if name != "at"}
    try:
        return Entry(at=_moment(row.at), **fields).hash
    except (TypeError, ValueError):
        return ""


def _moment(value: object) -> datetime:
    """Read PostgreSQL's moment or SQLite's text; ValueError for a text that this program did not write."""
    if isinstance(value, datetime):
        return value
    read = datetime.fromisoformat(str(value))
    if read.tzinfo is not None or read.isoformat(" ", "microseconds") != value:
        raise ValueError("not a moment")
    return read.replace(tzinfo=UTC)


@contextmanager
def _any_text(session: Session) -> Iterator[None]:
    """Have SQLite give even text that is not UTF-8, so that the walk comes to the entry that holds it."""
    connection: Any = session.connection().connection.dbapi_connection
    if session.connection().dialect.name != "sqlite":
        yield
        return
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = str
