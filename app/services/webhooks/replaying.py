"""Events sent once more: one, or all since a moment; and a test, which tells of no number."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, insert, literal, select, true, update

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.webhooks import KEPT, DeliveryState
from app.errors import Conflict, NotFound, Problem, Refused
from app.models.webhooks import WebhookDelivery, WebhookEvent, WebhookSubscription
from app.services.system import System
from app.services.webhooks.comparing import delivery_of, new_event
from app.services.webhooks.subscriptions import own_subscription

TESTS_AN_HOUR = 20


def replay_event(system: System, actor: Actor, subscription_id: int, event_id: int) -> None:
    """Send one event of the account to the subscription again; Conflict where that is off."""
    with system.database.unit_of_work() as work:
        subscription = _turned_on(work, actor, subscription_id)
        chosen = (WebhookEvent.id == event_id, WebhookEvent.account_id == subscription.account_id)
        if not _replay(system, work, actor, subscription, *chosen):
            raise NotFound("there is no such event")
        work.commit()


def count_since(system: System, actor: Actor, subscription_id: int, since: datetime) -> int:
    """Return how many events `replay_since` would send."""
    with system.database.unit_of_work() as work:
        subscription = own_subscription(work, actor, subscription_id)
        return work.session.scalar(_events(func.count(), *_since(system, subscription, since))) or 0


def replay_since(system: System, actor: Actor, subscription_id: int, since: datetime) -> int:
    """Send all since a moment again that the subscription wants, and return how many; Conflict where it is off.

    Those that were never taken are among them, so this brings what was missed while it was off.
    """
    with system.database.unit_of_work() as work:
        subscription = _turned_on(work, actor, subscription_id)
        count = _replay(system, work, actor, subscription, *_since(system, subscription, since))
        work.commit()
    return count


def send_test(system: System, actor: Actor, subscription_id: int) -> int:
    """Send an event that tells of no number and return its id; Refused (W05) after many within an hour."""
    now = system.clock.now()
    with system.database.unit_of_work() as work:
        subscription = _turned_on(work, actor, subscription_id)
        recent = select(func.count()).where(
            WebhookEvent.account_id == subscription.account_id,
            WebhookEvent.number_id.is_(None),
            WebhookEvent.at > now - timedelta(hours=1),
        )
        if (work.session.scalar(recent) or 0) >= TESTS_AN_HOUR:
            message = f"{TESTS_AN_HOUR} tests were sent within the hour: wait before you send another."
            raise Refused([Problem("W05", "", "error", message)])
        event = new_event(subscription.account_id, now)
        work.session.add(event)
        work.session.flush()
        work.session.add(delivery_of(event, subscription, now))
        detail = {"subscription_id": subscription.id, "event_id": event.id}
        system.record(work, actor, Action.WEBHOOK_TESTED, ("account", subscription.account_id), detail)
        work.commit()
    return event.id


def _turned_on(work: UnitOfWork, actor: Actor, subscription_id: int) -> WebhookSubscription:
    subscription = own_subscription(work, actor, subscription_id)
    if subscription.off_at is not None:
        raise Conflict("this webhook is switched off: turn it on first")
    return subscription


def _since(system: System, subscription: WebhookSubscription, since: datetime) -> tuple[ColumnElement[bool], ...]:
    # Within what is kept: a moment at the end of the calendar is none in every zone.
    now = system.clock.now()
    since = min(max(since, now - KEPT), now)
    return (
        WebhookEvent.account_id == subscription.account_id,
        WebhookEvent.at >= since,
        WebhookEvent.status.in_(subscription.statuses),
    )


def _events(what: ColumnElement[int], *which: ColumnElement[bool]) -> Select[int]:
    return select(what).select_from(WebhookEvent).where(*which)


def _replay(
    system: System, work: UnitOfWork, actor: Actor, subscription: WebhookSubscription, *which: ColumnElement[bool]
) -> int:
    """Make the events due now, whatever became of them; return how many there are."""
    count = work.session.scalar(_events(func.count(), *which)) or 0
    if not count:
        return 0
    now = system.clock.now()
    chosen = select(WebhookEvent.id).where(*which)
    again = {
        "state": DeliveryState.WAITING,
        "replayed": true(),
        "tries": 0,
        "first_try_at": None,
        "next_try_at": now,
        "done_at": None,
    }
    mine = WebhookDelivery.subscription_id == subscription.id
    work.session.execute(
        update(WebhookDelivery).where(mine, WebhookDelivery.event_id.in_(chosen)).values(**again),
        execution_options={"synchronize_session": False},
    )
    known = exists().where(mine, WebhookDelivery.event_id == WebhookEvent.id)
    fresh = select(
        literal(subscription.id),
        WebhookEvent.id,
        WebhookEvent.number_id,
        literal(str(DeliveryState.WAITING)),
        true(),
        literal(0),
        literal(now, WebhookDelivery.next_try_at.type),
    ).where(*which, ~known)
    columns = ["subscription_id", "event_id", "number_id", "state", "replayed", "tries", "next_try_at"]
    work.session.execute(insert(WebhookDelivery).from_select(columns, fresh))
    detail = {"subscription_id": subscription.id, "events": count}
    system.record(work, actor, Action.WEBHOOK_REPLAYED, ("account", subscription.account_id), detail)
    return count
