"""The log of every try, and how long it is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select

from app.domain.actors import Actor
from app.domain.statuses import Status
from app.domain.webhooks import KEPT, DeliveryState
from app.models.numbers import Number
from app.models.webhooks import WebhookAttempt, WebhookDelivery, WebhookEvent
from app.services.access import note_reading
from app.services.system import System
from app.services.webhooks.listing import show_subscription
from validators.numbers import national

TRIES_A_PAGE = 25


@dataclass(frozen=True)
class AttemptLine:
    """One try. Without a fault, a status says that it was taken; without both nobody heard how it ended.

    `number` is as it is dialled, `sequence` and `status` those of the event; all empty for a test.
    """

    id: int
    event_id: int
    message_id: str
    number_id: int | None
    number: str
    sequence: int | None
    status: Status | None
    replayed: bool
    state: DeliveryState
    at: datetime
    http_status: int | None
    fault: str
    milliseconds: int | None
    next_try_at: datetime | None

    @property
    def taken(self) -> bool:
        """Say whether the receiver took the event with this try."""
        return self.http_status is not None and not self.fault


@dataclass(frozen=True)
class AttemptPage:
    """Some tries, the newest first; `older` is what to ask for next, None at the end."""

    attempts: list[AttemptLine]
    older: int | None


def list_attempts(
    system: System, actor: Actor, subscription_id: int, before: int | None = None, limit: int = TRIES_A_PAGE
) -> AttemptPage:
    """Return a page of a subscription's tries; `before` is the `older` of the page before."""
    subscription = show_subscription(system, actor, subscription_id)
    query = (
        select(WebhookAttempt, WebhookDelivery, WebhookEvent, Number.number)
        .join(WebhookDelivery, WebhookDelivery.id == WebhookAttempt.delivery_id)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        # A number that has another account's use by now is named to nobody here.
        .outerjoin(Number, (Number.id == WebhookEvent.number_id) & (Number.account_id == WebhookEvent.account_id))
        .where(WebhookAttempt.subscription_id == subscription_id)
        .order_by(WebhookAttempt.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(WebhookAttempt.id < before)
    with system.database.reading() as look:
        rows = look.session.execute(query).all()
        found = [
            AttemptLine(
                id=attempt.id,
                event_id=event.id,
                message_id=event.message_id,
                number_id=event.number_id,
                number="" if number is None else national(number),
                sequence=event.sequence,
                status=event.status,
                replayed=delivery.replayed,
                state=delivery.state,
                at=attempt.at,
                http_status=attempt.http_status,
                fault=attempt.fault,
                milliseconds=attempt.milliseconds,
                next_try_at=attempt.next_try_at,
            )
            for attempt, delivery, event, number in rows[:limit]
        ]
    note_reading(system, actor, "webhook-log", ("account", subscription.account_id), len(found))
    return AttemptPage(found, found[-1].id if len(rows) > limit else None)


def expire_webhooks(system: System) -> dict[str, int]:
    """Delete what is past 30 days and return how many rows of each table went; an event that waits is kept."""
    old = system.clock.now() - KEPT
    tried = exists().where(WebhookAttempt.delivery_id == WebhookDelivery.id)
    of_old = WebhookDelivery.event_id.in_(select(WebhookEvent.id).where(WebhookEvent.at < old))
    on_its_way = exists().where(WebhookDelivery.event_id == WebhookEvent.id)
    past: list[tuple[type[Any], list[ColumnElement[bool]]]] = [
        (WebhookAttempt, [WebhookAttempt.at < old]),
        (WebhookDelivery, [of_old, WebhookDelivery.state != DeliveryState.WAITING, ~tried]),
        (WebhookEvent, [WebhookEvent.at < old, ~on_its_way]),
    ]
    gone = {}
    with system.database.unit_of_work() as work:
        for row, which in past:
            key = row.__mapper__.primary_key[0]
            chosen = delete(row).where(*which).returning(key).execution_options(synchronize_session=False)
            gone[row.__tablename__] = len(work.session.scalars(chosen).all())
        work.commit()
    return gone
