"""Webhooks: who wants to be told, what each number's status was when it was last told, and every try to tell it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.statuses import Status
from app.domain.webhooks import DeliveryState, SwitchedOff
from app.models.base import Base, BigId, word_of


class WebhookSubscription(Base):
    """An address of a customer's own to which status changes are told; `secret` is sealed, for `seal_name` alone.

    `failing_since` is the first try that failed since one last went well. `off_at` is set while it is switched off.
    One that was removed keeps the row for the trail's sake, but neither address nor secret.
    """

    __tablename__ = "webhook_subscriptions"
    __table_args__ = (Index("ix_webhook_subscriptions_account_id", "account_id", "removed_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    url: Mapped[str] = mapped_column(String(500))
    statuses: Mapped[list[Any]]
    seal_name: Mapped[str] = mapped_column(String(32), unique=True)
    secret: Mapped[str] = mapped_column(String(400))
    old_secret: Mapped[str] = mapped_column(String(400), default="")
    old_secret_ends_at: Mapped[datetime | None]
    made_by: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    off_at: Mapped[datetime | None]
    off_why: Mapped[SwitchedOff | None] = mapped_column(word_of(SwitchedOff, 10))
    removed_at: Mapped[datetime | None]


class WebhookWatch(Base):
    """How far the numbers of an account have been compared: the next round begins behind `number_id`."""

    __tablename__ = "webhook_watches"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    number_id: Mapped[int] = mapped_column(BigId, default=0)
    looked_at: Mapped[datetime]


class ToldStatus(Base):
    """The status of a number that an event was last made of, and how many events there were of it."""

    __tablename__ = "webhook_statuses"

    number_id: Mapped[int] = mapped_column(ForeignKey("numbers.id"), primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    status: Mapped[Status] = mapped_column(word_of(Status, 20))
    sequence: Mapped[int]


class WebhookEvent(Base):
    """A status change, or a test (without a number); never changed, so that every try says the same."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        UniqueConstraint("number_id", "sequence"),
        Index("ix_webhook_events_account_id", "account_id", "id"),
        Index("ix_webhook_events_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    number_id: Mapped[int | None] = mapped_column(ForeignKey("numbers.id"))
    sequence: Mapped[int | None]
    status: Mapped[Status | None] = mapped_column(word_of(Status, 20))
    previous: Mapped[Status | None] = mapped_column(word_of(Status, 20))
    at: Mapped[datetime]


class WebhookDelivery(Base):
    """One event on its way to one subscription. `tries` and `next_try_at` are written before a try is made."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("subscription_id", "event_id"),
        Index("ix_webhook_deliveries_state", "state", "next_try_at"),
        Index("ix_webhook_deliveries_number_id", "subscription_id", "number_id", "state", "event_id"),
        Index("ix_webhook_deliveries_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("webhook_subscriptions.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("webhook_events.id"))
    number_id: Mapped[int | None] = mapped_column(BigId)
    state: Mapped[DeliveryState] = mapped_column(word_of(DeliveryState, 10))
    replayed: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    first_try_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One try: written before it is made, so that one in the midst of which a process died is seen as well.

    `http_status` and `fault` are both empty until its end is known; `milliseconds` is how long it took.
    """

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        Index("ix_webhook_attempts_subscription_id", "subscription_id", "id"),
        Index("ix_webhook_attempts_delivery_id", "delivery_id"),
        Index("ix_webhook_attempts_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("webhook_subscriptions.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("webhook_deliveries.id"))
    at: Mapped[datetime]
    http_status: Mapped[int | None]
    fault: Mapped[str] = mapped_column(String(100), default="")
    milliseconds: Mapped[int | None]
    next_try_at: Mapped[datetime | None]
