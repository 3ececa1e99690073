"""The trail: what happened (chained, never changed), the personal values beside it, and the head of the chain."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId


class AuditEvent(Base):
    """One thing that happened; holds ids, codes, counts and digests, never a personal value.

    `detail` and `values_digest` are canonical JSON text, hashed as they stand.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_subject", "subject_kind", "subject_id", "seq"),
        Index("ix_audit_events_action", "action", "seq"),
        Index("ix_audit_events_actor", "actor", "seq"),
        Index("ix_audit_events_at", "at"),
    )

    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(30))
    origin: Mapped[str] = mapped_column(String(30))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(60))
    detail: Mapped[str] = mapped_column(Text)
    values_digest: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditValues(Base):
    """Personal values of one event; may be deleted, with an erasure event, and never changed.

    `part` is `values` for what was changed or seen, `origin` for the network address it was done from.
    `values` is canonical JSON text with a salt of its own, so that its digest tells nothing once it is gone.
    """

    __tablename__ = "audit_values"
    __table_args__ = (Index("ix_audit_values_subject", "subject", "seq"), Index("ix_audit_values_part", "part", "seq"))

    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(String(10), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    values: Mapped[str] = mapped_column(Text)


class AuditHead(Base):
    """Where the chain stands: one row, locked by whoever appends, so that the chain never forks.

    `seal` is an HMAC of the head under a key outside the database: a trail rewritten from end to end by SQL
    has no valid one.
    """

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigId)
    hash: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
