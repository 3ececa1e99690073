"""People at the door: links that are good once, mails that wait, sessions, second factors, and who came when."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.actors import AccountRole
from app.domain.people import AccessKind, Ended, LinkKind, MailKind, SessionState
from app.models.base import Base, BigId, word_of


class OneTimeLink(Base):
    """A link that is mailed and good for one act; `digest` is of its token, which nobody keeps.

    The token is made when the mail is sent: until then there is no `digest`. `handle` is a digest as well, of what the
    one who signs up holds to have the mail sent again. `particulars` are the account data that a sign-up waits with.
    """

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[LinkKind] = mapped_column(word_of(LinkKind, 12))
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    handle: Mapped[str | None] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    account_role: Mapped[AccountRole | None] = mapped_column(word_of(AccountRole, 10))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    particulars: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class WaitingMail(Base):
    """A mail to one person; the text is written when it is sent, and what is personal is blanked then.

    `message_key` is the same however often it is tried. `tries` and `next_try_at` are written before a try.
    """

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_next_try_at", "next_try_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_key: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[MailKind] = mapped_column(word_of(MailKind, 20))
    email: Mapped[str] = mapped_column(String(254))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("one_time_links.id"), index=True)
    enquiry_id: Mapped[int | None] = mapped_column(ForeignKey("enquiries.id"), index=True)
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(10), default="")
    fault: Mapped[str] = mapped_column(String(200), default="")


class UserSession(Base):
    """One log-in, kept here and not in a cookie: `digest` is of the token that the browser holds."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[SessionState] = mapped_column(word_of(SessionState, 12))
    second_factor: Mapped[bool]
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(String(45))
    device: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[Ended | None] = mapped_column(word_of(Ended, 12))


class KnownDevice(Base):
    """A browser from which a person logged in to the end; `digest` is of the token in its cookie."""

    __tablename__ = "known_devices"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class SecondFactor(Base):
    """The secret of a person's app of codes, sealed under a key outside the database.

    `last_step` is the time step (30 seconds) of the last code that was taken: it and older ones are not taken again.
    """

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(String(400))
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """A code for when the app of codes is lost; good once, kept as a digest."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class AccessEntry(Base):
    """A log-in, one that was refused, or a day's API calls of a key from one address (P2); goes by retention.

    `account_id` and `user_id` are empty where a log-in named nobody whom we know.
    """

    __tablename__ = "access_log"
    __table_args__ = (
        Index("ix_access_log_account_id", "account_id", "id"),
        Index("ix_access_log_key_id", "key_id", "origin", "at"),
        Index("ix_access_log_last_at", "last_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[AccessKind] = mapped_column(word_of(AccessKind, 10))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    origin: Mapped[str] = mapped_column(String(45))
    device: Mapped[str] = mapped_column(String(60), default="")
    at: Mapped[datetime]
    last_at: Mapped[datetime]


class Throttle(Base):
    """Failures that slow the next tries down; `key` is a kind and a digest of address or name under a key of ours."""

    __tablename__ = "throttles"
    __table_args__ = (Index("ix_throttles_last_at", "last_at"),)

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
