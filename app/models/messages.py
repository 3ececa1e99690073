"""What operations and a customer write to each other about a number."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId


class MessageThread(Base):
    """A conversation with one account about one number; one at a time is open. It stays with the account.

    `case_id` names the case that it was last written from. `awaits_us` is set while the customer's word is the last.
    """

    __tablename__ = "message_threads"
    __table_args__ = (
        Index(
            "ux_message_threads_open",
            "number_id",
            "account_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index("ix_message_threads_account_id", "account_id", "last_at"),
        Index("ix_message_threads_awaits_us", "awaits_us", "last_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    number_id: Mapped[int] = mapped_column(ForeignKey("numbers.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    awaits_us: Mapped[bool]
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Message(Base):
    """One message; `read_at` is when somebody of the account first saw what operations wrote."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_thread_id", "thread_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("message_threads.id"))
    at: Mapped[datetime]
    of_staff: Mapped[bool]
    author: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime | None]
