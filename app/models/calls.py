"""Calls of the API that change something, by the key that their program gave them, so that none is done twice."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId


class IdempotentCall(Base):
    """One call under one Idempotency-Key: made before the call begins, answered when it has ended.

    `word` is a digest of the Idempotency-Key and `digest` one of all that was asked; `answer` is sealed, since it may
    hold what is personal. A call that broke off has no answer, and whoever asks again is told so.
    """

    __tablename__ = "idempotent_calls"
    __table_args__ = (
        UniqueConstraint("key_id", "word"),
        CheckConstraint("(ended_at IS NULL) = (answer IS NULL)", name="ended_whole"),
        Index("ix_idempotent_calls_begun_at", "begun_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    word: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
