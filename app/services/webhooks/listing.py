"""An account's subscriptions as they are listed, with what is on its way to each; never a secret."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true

from app.domain.actors import Actor, Role
from app.domain.permissions import Permission
from app.domain.webhooks import DeliveryState, SwitchedOff
from app.errors import NotFound
from app.models.webhooks import WebhookDelivery, WebhookSubscription
from app.services.access import authorise, authorise_account
from app.services.system import System


@dataclass(frozen=True)
class SubscriptionLine:
    """A subscription in a list; `waiting` events are on their way, `stopped` ones wait to be asked for."""

    id: int
    account_id: int
    url: str
    statuses: tuple[str, ...]
    made_by: str
    created_at: datetime
    failing_since: datetime | None
    off_at: datetime | None
    off_why: SwitchedOff | None
    old_secret_ends_at: datetime | None
    waiting: int
    stopped: int

    @property
    def is_on(self) -> bool:
        """Say whether it is told of what happens."""
        return self.off_at is None


def list_subscriptions(system: System, actor: Actor, account_id: int | None) -> list[SubscriptionLine]:
    """Return the subscriptions of an account, or of all (None, staff), the first first."""
    if account_id is None and actor.role is Role.CUSTOMER:
        account_id = actor.account_id
    if account_id is None:
        authorise(actor, Permission.MANAGE_WEBHOOKS)
    else:
        authorise_account(actor, Permission.MANAGE_WEBHOOKS, account_id)
    mine = true() if account_id is None else WebhookSubscription.account_id == account_id
    with system.database.reading() as look:
        rows = look.session.scalars(
            select(WebhookSubscription)
            .where(mine, WebhookSubscription.removed_at.is_(None))
            .order_by(WebhookSubscription.id)
        ).all()
        counted = select(WebhookDelivery.subscription_id, WebhookDelivery.state, func.count())
        counted = counted.where(
            WebhookDelivery.subscription_id.in_([row.id for row in rows]),
            WebhookDelivery.state.in_((DeliveryState.WAITING, DeliveryState.STOPPED)),
        )
        grouped = counted.group_by(WebhookDelivery.subscription_id, WebhookDelivery.state)
        tally = {(one, state): count for one, state, count in look.session.execute(grouped)}
        now = system.clock.now()
        return [_line(row, tally, now) for row in rows]


def show_subscription(system: System, actor: Actor, subscription_id: int) -> SubscriptionLine:
    """Return one subscription; NotFound where it is another account's, or was removed."""
    authorise(actor, Permission.MANAGE_WEBHOOKS)
    with system.database.reading() as look:
        row = look.session.get(WebhookSubscription, subscription_id)
        account_id = None if row is None or row.removed_at is not None else row.account_id
    if account_id is None:
        raise NotFound("there is no such subscription")
    authorise_account(actor, Permission.MANAGE_WEBHOOKS, account_id)
    found = [line for line in list_subscriptions(system, actor, account_id) if line.id == subscription_id]
    if not found:
        raise NotFound("there is no such subscription")
    return found[0]


def _line(row: WebhookSubscription, tally: dict[tuple[int, DeliveryState], int], now: datetime) -> SubscriptionLine:
    ends = row.old_secret_ends_at
    return SubscriptionLine(
        row.id,
        row.account_id,
        row.url,
        tuple(row.statuses),
        row.made_by,
        row.created_at,
        row.failing_since,
        row.off_at,
        row.off_why,
        ends if ends is not None and ends > now else None,
        tally.get((row.id, DeliveryState.WAITING), 0),
        tally.get((row.id, DeliveryState.STOPPED), 0),
    )
