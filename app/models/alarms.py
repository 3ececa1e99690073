"""Alarms to operations (U4): one row for as long as what it tells of lasts, and what each channel was told of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.alarms import AlarmKind, Channel
from app.models.base import Base, BigId, word_of


class Alarm(Base):
    """Something that operations must know of; it clears by itself when it is over."""

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


class AlarmTelling(Base):
    """What one channel was told of one alarm.

    `told` messages got through, the last at `told_at`. `tries` counts those begun since then, the last at `tried_at`:
    it is written before anything is sent, so that whoever dies in between is followed after a pause and not at once.
    `fault` says why the last one failed; `done` that nothing more is to be told.
    """

    __tablename__ = "alarm_tellings"
    __table_args__ = (
        Index("ix_alarm_tellings_open", "alarm_id", postgresql_where=text("NOT done"), sqlite_where=text("NOT done")),
    )

    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarms.id"), primary_key=True, autoincrement=False)
    channel: Mapped[Channel] = mapped_column(word_of(Channel, 8), primary_key=True)
    told: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(String(200), default="")
    done: Mapped[bool] = mapped_column(default=False)


class JobFault(Base):
    """A job of a scheduler that fails, until it succeeds: `node` is the process, `faults` counts them in a row."""

    __tablename__ = "job_faults"

    job: Mapped[str] = mapped_column(String(20), primary_key=True)
    node: Mapped[str] = mapped_column(String(100), primary_key=True)
    faults: Mapped[int]
    permanent: Mapped[bool]
    error: Mapped[str] = mapped_column(String(80))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
