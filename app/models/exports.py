"""Transactions, the files that carried them, and the profile that each file was written with."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    case,
    text,
    type_coerce,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.files import FileState, HoldKind
from app.domain.transactions import IN_FLIGHT, WAITING, TransactionState
from app.models.base import Base, BigId, word_of


def state_in(states: tuple[TransactionState, ...]) -> str:
    """Return the condition of a partial index over `states`."""
    return "state IN (" + ", ".join(f"'{state}'" for state in states) + ")"


class FormatProfile(Base):
    """The text of a profile that a file was written with, so that its bytes can be made again after a change."""

    __tablename__ = "format_profiles"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)


class ExportFile(Base):
    """A file that was given a number; its bytes are determined from then on.

    `day_number` is the nn of its name. `holds` is set where its refusal would come again for the next file:
    no further file leaves until a person releases it. `incident` is what an urgent file was sent for. `resends`
    counts how often it was put there again since it left, the last time at `resent_at`.
    """

    __tablename__ = "export_files"
    __table_args__ = (
        UniqueConstraint("cupid", "file_sequence"),
        UniqueConstraint("cupid", "created_on", "day_number"),
        Index("ix_export_files_state", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(60), unique=True)
    cupid: Mapped[str] = mapped_column(String(3))
    file_sequence: Mapped[int]
    created_on: Mapped[date]
    day_number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(1))
    environment: Mapped[str] = mapped_column(String(1))
    state: Mapped[FileState] = mapped_column(word_of(FileState, 12))
    profile_digest: Mapped[str] = mapped_column(ForeignKey("format_profiles.digest"))
    created_at: Mapped[datetime]
    record_count: Mapped[int]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    size: Mapped[int] = mapped_column(BigId)
    sha256: Mapped[str] = mapped_column(String(64))
    delivered_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(20), default="")
    holds: Mapped[bool] = mapped_column(default=False)
    incident: Mapped[str] = mapped_column(String(40), default="")
    resends: Mapped[int] = mapped_column(default=0)
    resent_at: Mapped[datetime | None]


class Transaction(Base):
    """One command for one number. Its id is the 12-digit number of its reference and never used again.

    Command, values, dates and place in the file are fixed when it is EXTRACTED; `values_id` is empty for C and E.
    `incident` makes it urgent: it goes out at once, in a file of its own.
    From EXTRACTED until an answer of its own it shares the fate of its file, so the column says EXTRACTED
    throughout and `state_shown` reads DELIVERED or FCO_ACCEPTED off the file: a file of 200,000 moves by one row.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        # One number never has two commands in flight: the database itself says so.
        Index(
            "ux_transactions_in_flight",
            "number_id",
            unique=True,
            postgresql_where=text(state_in(IN_FLIGHT)),
            sqlite_where=text(state_in(IN_FLIGHT)),
        ),
        Index(
            "ix_transactions_waiting",
            "due_on",
            "number_id",
            postgresql_where=text(state_in(WAITING)),
            sqlite_where=text(state_in(WAITING)),
        ),
        Index("ix_transactions_number_id", "number_id", "id"),
        Index(
            "ux_transactions_place",
            "file_id",
            "rec_no",
            unique=True,
            postgresql_where=text("file_id IS NOT NULL"),
            sqlite_where=text("file_id IS NOT NULL"),
        ),
        Index(
            "ix_transactions_urgent",
            "incident",
            "number_id",
            postgresql_where=text("incident <> ''"),
            sqlite_where=text("incident <> ''"),
        ),
        # Which files still wait for a final answer, and for how many, without looking at those that have theirs.
        Index(
            "ix_transactions_unanswered",
            "file_id",
            postgresql_where=text(state_in(IN_FLIGHT)),
            sqlite_where=text(state_in(IN_FLIGHT)),
        ),
        CheckConstraint("(file_id IS NULL) = (rec_no IS NULL)", name="place_whole"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number_id: Mapped[int] = mapped_column(ForeignKey("numbers.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    cause: Mapped[str] = mapped_column(String(20))
    state: Mapped[TransactionState] = mapped_column(word_of(TransactionState, 12))
    due_on: Mapped[date]
    command: Mapped[str | None] = mapped_column(String(1))
    effective_date: Mapped[date | None]
    # No foreign keys on these two: both are copied from the registration, which has them, and checking
    # them again doubles the time in which a night of 200,000 is fixed.
    values_id: Mapped[int | None] = mapped_column(BigId)
    account_id: Mapped[int | None] = mapped_column(BigId)
    child_cupid: Mapped[str] = mapped_column(String(3), default="")
    change_cupid: Mapped[str] = mapped_column(String(3), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("export_files.id"))
    rec_no: Mapped[int | None] = mapped_column(Integer)
    folded_into: Mapped[int | None] = mapped_column(BigId)
    why: Mapped[str] = mapped_column(String(200), default="")
    incident: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]


class FullFileRow(Base):
    """One line of a full file, fixed when the file got its number; it carries no command and is no transaction."""

    __tablename__ = "full_file_rows"

    file_id: Mapped[int] = mapped_column(ForeignKey("export_files.id"), primary_key=True, autoincrement=False)
    rec_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"))
    values_id: Mapped[int] = mapped_column(ForeignKey("record_values.id"))
    effective_date: Mapped[date]


class NightRun(Base):
    """The scheduler's run of one date: the key makes it happen once, however many schedulers there are."""

    __tablename__ = "night_runs"

    run_date: Mapped[date] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class NightHold(Base):
    """What keeps nights from being built: the brake, for the night of one date, or a person, until they end it.

    `changes`, `ceases` and `live` are what the brake counted; whoever releases it releases no more than that, and
    once: `used_at` is when a run went by it.
    """

    __tablename__ = "night_holds"
    __table_args__ = (
        Index(
            "ix_night_holds_standing",
            "kind",
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[HoldKind] = mapped_column(word_of(HoldKind, 8))
    night: Mapped[date]
    why: Mapped[str] = mapped_column(String(500), default="")
    changes: Mapped[int] = mapped_column(default=0)
    ceases: Mapped[int] = mapped_column(default=0)
    live: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[str] = mapped_column(String(254))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(254), default="")
    used_at: Mapped[datetime | None]


class HoldRelease(Base):
    """One person's word that a night which the brake holds may go; it takes two."""

    __tablename__ = "hold_releases"

    hold_id: Mapped[int] = mapped_column(ForeignKey("night_holds.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime]


class Resumption(Base):
    """A person's answer after an older copy was restored: what the agent took last, so that no number is used twice.

    `names_through` is the last nn of `names_on` that a lost file may have used.
    """

    __tablename__ = "resumptions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cupid: Mapped[str] = mapped_column(String(3))
    file_sequence: Mapped[int]
    txn_number: Mapped[int] = mapped_column(BigId)
    names_on: Mapped[date]
    names_through: Mapped[int]
    resumed_by: Mapped[str] = mapped_column(String(254))
    resumed_at: Mapped[datetime]


# What a person is told of a transaction's state: its own, or its file's while it shares the file's fate.
state_shown = case(
    (Transaction.state == TransactionState.EXTRACTED, type_coerce(ExportFile.state, String)),
    else_=type_coerce(Transaction.state, String),
)
