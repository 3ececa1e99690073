"""What came back from the agent, kept as it came, and the cases that it opened."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.cases import CaseState, CaseStep
from app.domain.files import ReplyFileOutcome
from app.domain.outcomes import Effect
from app.models.base import Base, BigId, word_of


class ReplyFile(Base):
    """A FCO or CAR that was collected, and what became of it; `sequence` is a CAR's own number."""

    __tablename__ = "reply_files"
    __table_args__ = (Index("ix_reply_files_sha256", "sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(4))
    sha256: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[ReplyFileOutcome] = mapped_column(word_of(ReplyFileOutcome, 12))
    export_file_id: Mapped[int | None] = mapped_column(ForeignKey("export_files.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20), default="")
    sequence: Mapped[int | None]
    collected_at: Mapped[datetime]


class Reply(Base):
    """One record-level reply as it came.

    `effect` says what it did (see app.domain.outcomes); `marked` where class or final differ from the table.
    """

    __tablename__ = "replies"
    __table_args__ = (Index("ix_replies_transaction_id", "transaction_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reply_file_id: Mapped[int] = mapped_column(ForeignKey("reply_files.id"), index=True)
    line: Mapped[int]
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    txn_ref: Mapped[str] = mapped_column(String(20))
    telephone_no: Mapped[str] = mapped_column(String(15))
    command: Mapped[str] = mapped_column(String(1))
    code: Mapped[str] = mapped_column(String(4))
    reply_class: Mapped[str] = mapped_column(String(5))
    final: Mapped[bool]
    error_list: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    effect: Mapped[Effect] = mapped_column(word_of(Effect, 14))
    marked: Mapped[bool]


class Case(Base):
    """Something that a person must put right; `number_id` is empty where it is about a file.

    It closes by an accepted record or by a recorded reason, never by itself. `urgent` is due at once.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "ux_cases_one_a_number",
            "number_id",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
            sqlite_where=text("state <> 'closed'"),
        ),
        Index("ix_cases_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number_id: Mapped[int | None] = mapped_column(ForeignKey("numbers.id"), index=True)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    code: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(500))
    field: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[CaseState] = mapped_column(word_of(CaseState, 8))
    urgent: Mapped[bool] = mapped_column(default=False)
    owner: Mapped[str] = mapped_column(String(254), default="")
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_why: Mapped[str] = mapped_column(String(500), default="")


class CaseNote(Base):
    """What a person wrote on a case, or what became of it: one line of its history."""

    __tablename__ = "case_notes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(254))
    step: Mapped[CaseStep] = mapped_column(word_of(CaseStep, 12))
    text: Mapped[str] = mapped_column(String(1000), default="")
