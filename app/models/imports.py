"""Imports that run beside the page that asked for them (L5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.jobs import JobState
from app.models.base import Base, BigId, word_of


class ImportJob(Base):
    """One upload, looked through and applied by a worker; `token` names its files on the shelf.

    `seen_at` is moved on while a worker is at it: a job whose worker died is taken up by another, a few times;
    `attempts` counts them. It belongs to the person who sent it, or to the key of the program that did.
    """

    __tablename__ = "import_jobs"
    __table_args__ = (
        Index("ix_import_jobs_state", "state", "id"),
        CheckConstraint("(user_id IS NULL) <> (key_id IS NULL)", name="person_or_key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    state: Mapped[JobState] = mapped_column(word_of(JobState, 10))
    skip_bad: Mapped[bool] = mapped_column(default=False)
    bytes_total: Mapped[int] = mapped_column(BigInteger)
    bytes_done: Mapped[int] = mapped_column(BigInteger, default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    why: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
