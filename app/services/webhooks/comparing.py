"""How a status change becomes an event: what each number's status is, compared with what was last told of it.

A status is partly a matter of time (an effective date that comes), so no act of somebody's could be relied on to say
that it changed; and a comparison that was broken off is made again, so that nothing is lost whenever a process dies. A
status that did not last from one look to the next is not told; the one that stays always is.
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, exists, insert, literal, select, update

from app.db.locks import Held, named_lock
from app.db.unit_of_work import UnitOfWork
from app.domain.statuses import Status
from app.domain.webhooks import DeliveryState
from app.errors import Busy
from app.models.numbers import Number
from app.models.webhooks import ToldStatus, WebhookDelivery, WebhookEvent, WebhookSubscription, WebhookWatch
from app.services.status_column import status_column
from app.services.system import System

LOOKED_AT_MOST = 20_000  # numbers in one pass
AT_ONCE = 500


def begin_watching(work: UnitOfWork, account_id: int, today: date) -> None:
    """Take what the account's numbers' statuses are now as told: with its first subscription, in the same unit.

    A number's sequence goes on where it stood, if the account had a subscription before.
    """
    mine = Number.account_id == account_id
    now_is = select(status_column(today)).where(Number.id == ToldStatus.number_id).scalar_subquery()
    stale = ToldStatus.number_id.in_(select(Number.id).where(mine))
    work.session.execute(
        update(ToldStatus).where(stale).values(status=now_is, account_id=account_id),
        execution_options={"synchronize_session": False},
    )
    known = exists().where(ToldStatus.number_id == Number.id)
    fresh = select(Number.id, literal(account_id), status_column(today), literal(0)).where(mine, ~known)
    work.session.execute(insert(ToldStatus).from_select(["number_id", "account_id", "status", "sequence"], fresh))


def note_changes(system: System, most: int = LOOKED_AT_MOST) -> int:
    """Compare, make an event of each change and return how many there were; where nobody subscribed, one small query.

    For the scheduler, as often as it likes; Busy where another process is at it. A pass looks at `most` numbers: the
    next one goes on where it ended, the accounts that waited longest first.
    """
    watched = _watched(system)
    if not watched:
        return 0
    found, seen, visited = 0, 0, dict[int, int]()
    with named_lock(system.database, "webhook-events") as held:
        for account_id, cursor in watched:
            at: int | None = cursor
            while at is not None and seen < most:
                batch = _look(system, account_id, at, min(AT_ONCE, most - seen))
                changed = [row.id for row in batch if _differs(row, account_id)]
                if changed:
                    found += _tell(system, held, account_id, changed)
                seen += len(batch)
                at = batch[-1].id if batch else None
            visited[account_id] = at or 0
            if seen >= most:
                break
        if seen >= most or any(cursor for _, cursor in watched):
            _keep_places(system, visited)
    return found


def _watched(system: System) -> list[tuple[int, int]]:
    """Return each account with a subscription, on or off, and behind which of its numbers the next look begins."""
    query = (
        select(WebhookSubscription.account_id, WebhookWatch.number_id, WebhookWatch.looked_at)
        .outerjoin(WebhookWatch, WebhookWatch.account_id == WebhookSubscription.account_id)
        .where(WebhookSubscription.removed_at.is_(None))
        .distinct()
    )
    with system.database.reading() as look:
        found = look.session.execute(query).all()
    found = sorted(found, key=lambda row: (row.looked_at is not None, row.looked_at or 0, row.account_id))
    return [(row.account_id, row.number_id or 0) for row in found]


def _statuses(today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Number.id,
            Number.account_id,
            status_column(today).label("status"),
            ToldStatus.status.label("told"),
            ToldStatus.account_id.label("told_to"),
        )
        .outerjoin(ToldStatus, ToldStatus.number_id == Number.id)
        .order_by(Number.id)
    )


def _look(system: System, account_id: int, behind: int, limit: int) -> Sequence[Row[Any]]:
    query = _statuses(system.today).where(Number.account_id == account_id, Number.id > behind).limit(limit)
    with system.database.reading() as look:
        return look.session.execute(query).all()


def _differs(row: Row[Any], account_id: int) -> bool:
    return row.told is None or row.told_to != account_id or row.status != str(row.told)


def _tell(system: System, held: Held, account_id: int, numbers: Sequence[int]) -> int:
    """Make the events of some numbers' changes, with their deliveries, in one unit; looked at again within it."""
    if not held.still_held():
        raise Busy("another process compares now")
    now = system.clock.now()
    with system.database.unit_of_work() as work:
        mine = _statuses(system.today).where(Number.id.in_(numbers), Number.account_id == account_id)
        changed = [row for row in work.session.execute(mine).all() if _differs(row, account_id)]
        told = {
            row.number_id: row
            for row in work.session.scalars(
                select(ToldStatus).where(ToldStatus.number_id.in_(numbers)).with_for_update()
            )
        }
        events = [_event(work, row, told.get(row.id), now) for row in changed]
        work.session.add_all(events)
        work.session.flush()
        subscribers = work.session.scalars(
            select(WebhookSubscription).where(
                WebhookSubscription.account_id == account_id,
                WebhookSubscription.removed_at.is_(None),
                WebhookSubscription.off_at.is_(None),
            )
        ).all()
        work.session.add_all(
            delivery_of(event, subscriber, now)
            for event in events
            for subscriber in subscribers
            if event.status in subscriber.statuses
        )
        work.commit()
    return len(changed)


def _event(work: UnitOfWork, row: Row[Any], told: ToldStatus | None, now: datetime) -> WebhookEvent:
    """Return the event of a change and note it as told; a number that came from another account has no past here."""
    status = Status(row.status)
    if told is None:
        told = ToldStatus(number_id=row.id, account_id=row.account_id, status=status, sequence=0)
        work.session.add(told)
        previous = None
    else:
        previous = told.status if told.account_id == row.account_id else None
    told.account_id, told.status, told.sequence = row.account_id, status, told.sequence + 1
    return new_event(row.account_id, now, number_id=row.id, sequence=told.sequence, status=status, previous=previous)


def new_event(account_id: int, now: datetime, **of_number: Any) -> WebhookEvent:
    """Return an event with an id of its own."""
    return WebhookEvent(message_id=f"msg_{secrets.token_hex(16)}", account_id=account_id, at=now, **of_number)


def delivery_of(event: WebhookEvent, subscriber: WebhookSubscription, now: datetime) -> WebhookDelivery:
    """Return an event's way to a subscription, due at once."""
    return WebhookDelivery(
        subscription_id=subscriber.id,
        event_id=event.id,
        number_id=event.number_id,
        state=DeliveryState.WAITING,
        next_try_at=now,
    )


def _keep_places(system: System, visited: dict[int, int]) -> None:
    now = system.clock.now()
    with system.database.unit_of_work() as work:
        for account_id, number_id in visited.items():
            watch = work.session.get(WebhookWatch, account_id)
            if watch is None:
                watch = WebhookWatch(account_id=account_id)
                work.session.add(watch)
            watch.number_id, watch.looked_at = number_id, now
        work.commit()
