"""Events on their way: claimed, sent, and their end written down; whoever dies in between is followed after a pause.

At least once: a receiver that took an event while we died before writing so gets it again, under the same id.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import SCHEDULER, AccountRole
from app.domain.people import MailKind
from app.domain.webhooks import GIVEN_UP_AFTER, DeliveryState, SwitchedOff, next_try, pause_after
from app.models.accounts import User
from app.models.webhooks import WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookSubscription
from app.services.outside import NoAnswer, NotOutside, call, read_address
from app.services.people.acting import ALONE
from app.services.people.mail import put_mail
from app.services.people.secrets import SecretRing
from app.services.system import System
from app.services.webhooks.signing import body_of, headers_of
from app.services.webhooks.subscriptions import purpose_of, stop, way_to_receivers

LINES = 4  # calls at once from one process
PASS_SECONDS = 45.0
TRY_SECONDS = 15.0  # over all of one try; shorter than the first pause
SUCCESS, REDIRECTS = range(200, 300), range(300, 400)


@dataclass(frozen=True)
class Claimed:
    """One try that was written down and is to be made."""

    attempt_id: int
    subscription_id: int
    delivery_id: int
    url: str
    message_id: str
    body: bytes
    keys: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class End:
    """How a try ended; `fault` is empty where it was taken."""

    http_status: int | None
    fault: str
    milliseconds: int


class Pass:
    """What the lines of one pass know of each other: who failed is left in peace until the next."""

    def __init__(self, system: System, stopping: Callable[[], bool]) -> None:
        self.system, self._stopping = system, stopping
        self.ring = SecretRing(system.settings.key_dir)
        self.failing: set[int] = set()
        self.taken = 0
        self._ends = time.monotonic() + PASS_SECONDS
        self._one_at_a_time = Lock()

    @property
    def is_over(self) -> bool:
        """Say whether no further try may begin."""
        return self._stopping() or time.monotonic() > self._ends

    def note(self, claimed: Claimed, end: End) -> None:
        """Count a try."""
        with self._one_at_a_time:
            if end.fault:
                self.failing.add(claimed.subscription_id)
            else:
                self.taken += 1


def deliver_due(system: System, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send what is due and return how much was taken; several processes at once share the work.

    A receiver that fails is tried once in a pass, so that it holds nobody else up.
    """
    with system.database.reading() as look:
        due = look.session.scalar(
            select(func.count()).select_from(_due(system.clock.now(), set()).limit(LINES).subquery())
        )
    if not due:
        return 0
    around = Pass(system, stopping)
    with ThreadPoolExecutor(due, thread_name_prefix="webhooks") as lines:
        for line in [lines.submit(_work, around) for _ in range(due)]:
            line.result()
    return around.taken


def _work(around: Pass) -> None:
    while not around.is_over:
        claimed = claim(around.system, around.ring, set(around.failing))
        if claimed is None:
            return
        end = send(around.system, claimed)
        finish(around.system, claimed, end)
        around.note(claimed, end)


def _due(now: datetime, failing: set[int]) -> Select[int]:
    """Return the query of what may be tried: of each number the oldest that waits, so that the newest comes last."""
    older = aliased(WebhookDelivery)
    waits_for = exists().where(
        older.subscription_id == WebhookDelivery.subscription_id,
        older.number_id == WebhookDelivery.number_id,
        older.state == DeliveryState.WAITING,
        older.event_id < WebhookDelivery.event_id,
    )
    return (
        select(WebhookDelivery.id)
        .join(WebhookSubscription, WebhookSubscription.id == WebhookDelivery.subscription_id)
        .where(
            WebhookDelivery.state == DeliveryState.WAITING,
            WebhookDelivery.next_try_at <= now,
            WebhookSubscription.off_at.is_(None),
            WebhookSubscription.id.not_in(failing),
            ~waits_for,
        )
        .order_by(WebhookDelivery.next_try_at, WebhookDelivery.id)
    )


def claim(system: System, ring: SecretRing, failing: set[int]) -> Claimed | None:
    """Write down that a try is made, and when the next is if nobody hears of this one; None where nothing is due."""
    now = system.clock.now()
    with system.database.unit_of_work() as work:
        due = _due(now, failing).limit(1).with_for_update(skip_locked=True, of=WebhookDelivery)
        delivery_id = work.session.scalar(due)
        if delivery_id is None:
            return None
        delivery = work.session.get_one(WebhookDelivery, delivery_id)
        event = work.session.get_one(WebhookEvent, delivery.event_id)
        subscription = work.session.get_one(WebhookSubscription, delivery.subscription_id)
        delivery.tries += 1
        delivery.first_try_at = delivery.first_try_at or now
        delivery.next_try_at = now + pause_after(delivery.tries)
        attempt = WebhookAttempt(
            subscription_id=subscription.id, delivery_id=delivery.id, at=now, next_try_at=delivery.next_try_at
        )
        work.session.add(attempt)
        work.session.flush()
        sealed = [subscription.secret]
        if subscription.old_secret_ends_at is not None and subscription.old_secret_ends_at > now:
            sealed.append(subscription.old_secret)
        keys = tuple(ring.open(secret, purpose_of(subscription.seal_name)) for secret in sealed)
        claimed = Claimed(
            attempt.id,
            subscription.id,
            delivery.id,
            subscription.url,
            event.message_id,
            body_of(event),
            keys,
            now,
        )
        work.commit()
    return claimed


def send(system: System, claimed: Claimed) -> End:
    """Make the try; nothing of the answer is read but its status."""
    began = time.monotonic()
    status, fault = None, ""
    try:
        headers = headers_of(claimed.message_id, claimed.at, claimed.body, claimed.keys)
        way = way_to_receivers(system)
        status = call(way, "POST", claimed.url, headers=headers, body=claimed.body, seconds=TRY_SECONDS).status
    except (NotOutside, NoAnswer) as met:
        fault = str(met)
    else:
        if status in REDIRECTS:
            fault = "a redirect is not followed"
        elif status not in SUCCESS:
            fault = "not taken"
    return End(status, fault, round((time.monotonic() - began) * 1000))


def finish(system: System, claimed: Claimed, end: End) -> None:
    """Write down how the try ended; after three days of failures switch the subscription off."""
    with system.database.unit_of_work() as work:
        # The subscription first, as those lock it who change it.
        subscription = work.session.get_one(WebhookSubscription, claimed.subscription_id, with_for_update=ALONE)
        delivery = work.session.get_one(WebhookDelivery, claimed.delivery_id, with_for_update=True)
        attempt = work.session.get_one(WebhookAttempt, claimed.attempt_id)
        if not end.fault:
            delivery.state, delivery.next_try_at, delivery.done_at = DeliveryState.DELIVERED, None, system.clock.now()
            subscription.failing_since = None
        else:
            _put_off(delivery, claimed.at)
            subscription.failing_since = subscription.failing_since or claimed.at
        attempt.http_status, attempt.fault, attempt.milliseconds = end.http_status, end.fault[:100], end.milliseconds
        attempt.next_try_at = delivery.next_try_at
        failing = subscription.failing_since
        if end.fault and failing is not None and claimed.at - failing >= GIVEN_UP_AFTER:
            _switch_off(system, work, subscription)
        work.commit()


def _put_off(delivery: WebhookDelivery, at: datetime) -> None:
    """Set the next try of one that failed; one that was stopped or told meanwhile stays so."""
    if delivery.state is not DeliveryState.WAITING:
        return
    delivery.next_try_at = next_try(delivery.tries, delivery.first_try_at or at, at)
    if delivery.next_try_at is None:
        delivery.state, delivery.done_at = DeliveryState.GIVEN_UP, at


def _switch_off(system: System, work: UnitOfWork, subscription: WebhookSubscription) -> None:
    if subscription.off_at is not None:
        return
    host = read_address(subscription.url, way_to_receivers(system)).hostname or ""
    stop(system, work, SCHEDULER, subscription, SwitchedOff.FAILURES)
    now = system.clock.now()
    owners = select(User.email).where(
        User.account_id == subscription.account_id, User.account_role == AccountRole.OWNER, User.removed_at.is_(None)
    )
    for email in work.session.scalars(owners):
        put_mail(work, MailKind.WEBHOOK_OFF, email, now, host=host, at=now.isoformat())
