"""Alarms to operations (U4): one row for as long as what it tells of lasts."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.alarms import AlarmKind
from app.models.base import Base, BigId, word_of


class Alarm(Base):
    """Something that operations must know of; it clears by itself when it is over.

    `mailed_at` and `posted_at` are when the last e-mail and webhook got through, `mail_fault` and `post_fault` why
    the last one did not.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        Index(
            "ux_alarms_standing",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("cleared_at IS NULL"),
            sqlite_where=text("cleared_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[AlarmKind] = mapped_column(word_of(AlarmKind, 20))
    subject: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(String(500))
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    mail_fault: Mapped[str] = mapped_column(String(200), default="")
    posted_at: Mapped[datetime | None]
    post_fault: Mapped[str] = mapped_column(String(200), default="")
