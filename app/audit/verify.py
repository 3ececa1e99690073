"""Prove that nobody altered the trail: everything is recomputed, in one walk, in constant memory (A2)."""

import hmac
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Executable, Result, Row, String, func, select, type_coerce
from sqlalchemy.orm import Session

from app.audit.anchors import Anchor
from app.audit.chain import GENESIS, Entry, read_digests
from app.audit.events import Action
from app.audit.keys import KeyMissing, KeyReader, KeyStore
from app.audit.log import ORIGIN
from app.audit.seal import holds
from app.db.engine import Database
from app.models.audit import AuditEvent, AuditHead, AuditValues

ROWS_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class Verification:
    """What the walk found; `head` is the hash of the last entry, `first_bad` the first bad entry and why."""

    ok: bool
    events: int
    head: str | None
    first_bad: tuple[int, str] | None


class Bad(Exception):
    """An entry that is not as it was written."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(seq, why)
        self.seq = seq
        self.why = why


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
            values = _HeldValues(held_rows, self._keys.reader(), _erasures(self._session))
            for row in entry_rows:
                self._check_link(row)
                self._seq, self._hash = row.seq, row.hash
                self._check_anchor()
                values.check(row.seq, row.values_digest)
            values.check_nothing_left()
        self._check_head()
        beyond = [seq for seq in self._anchors if seq > self._seq]
        if beyond:
            raise Bad(self._seq + 1, f"is missing: an anchor has seen the trail as far as {max(beyond)}")

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


@dataclass(frozen=True, slots=True)
class _Erasures:
    """How far each subject's values were erased, and all network addresses."""

    through: dict[str, int]
    origins_through: int

    def cover(self, seq: int, part: str, subject: str) -> bool:
        """Say whether the trail says that these values were erased."""
        return seq <= self.through.get(subject, 0) or (part == ORIGIN and seq <= self.origins_through)


class _HeldValues:
    """The personal values beside the chain, walked in step with it."""

    def __init__(self, rows: Iterable[Row[Any]], keys: KeyReader, erasures: _Erasures) -> None:
        self._keys = keys
        self._erasures = erasures
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def check(self, seq: int, values_digest: str) -> None:
        """Raise Bad unless exactly the values that the entry promises are held, or an erasure took them."""
        held = {}
        while self._next is not None and self._next.seq <= seq:
            if self._next.seq < seq:
                raise Bad(self._next.seq, "personal values lie beside no entry")
            held[self._next.part] = self._next
            self._next = next(self._rows, None)
        promised = read_digests(values_digest)
        if held.keys() - promised.keys():
            raise Bad(seq, "personal values were added to it")
        for part, (subject, digest) in promised.items():
            self._check_part(seq, part, subject, digest, held.get(part))

    def check_nothing_left(self) -> None:
        """Raise Bad when values are held for an entry that does not exist."""
        if self._next is not None:
            raise Bad(self._next.seq, "personal values lie beside no entry")

    def _check_part(self, seq: int, part: str, subject: str, digest: str, row: Row[Any] | None) -> None:
        erased = self._erasures.cover(seq, part, subject)
        if row is None:
            if not erased:
                raise Bad(seq, "personal values are missing and no erasure says so")
            return
        if erased:
            raise Bad(seq, "personal values are there that the trail says were erased")
        try:
            right = row.subject == subject and hmac.compare_digest(self._keys.digest(subject, row.values), digest)
        except KeyMissing:
            raise Bad(seq, f"the key of {subject} is missing and no erasure says so") from None
        except (AttributeError, ValueError):  # SQLite holds what it is given: bytes, or text that is none
            right = False
        if not right:
            raise Bad(seq, "personal values are not as they were written")


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


def _erasures(session: Session) -> _Erasures:
    """Read all erasures ahead of the walk, since they stand behind what they erased; the walk itself proves them."""
    statement = select(AuditEvent.seq, AuditEvent.action, AuditEvent.detail).where(
        AuditEvent.action.in_([Action.VALUES_ERASED.value, Action.ORIGINS_EXPIRED.value])
    )
    through: dict[str, int] = {}
    origins_through = 0
    with session.execute(statement, execution_options={"yield_per": ROWS_AT_A_TIME}) as rows:
        for row in rows:
            try:
                detail = json.loads(row.detail)
                end = int(detail["through_seq"])
                if row.action == Action.ORIGINS_EXPIRED.value:
                    origins_through = max(origins_through, end)
                else:
                    through[detail["subject_key"]] = max(through.get(detail["subject_key"], 0), end)
            except (ValueError, TypeError, KeyError):
                # The walk comes to it and names it, or one before it; what it says excuses nothing.
                continue
    return _Erasures(through, origins_through)
