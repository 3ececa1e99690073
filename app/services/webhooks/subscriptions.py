"""An account's subscriptions: made, changed, turned on and off, removed; their secrets are shown once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.statuses import Status
from app.domain.webhooks import OLD_SECRET_LASTS, DeliveryState, SwitchedOff
from app.errors import NotFound, Problem, Refused
from app.models.accounts import Account
from app.models.webhooks import WebhookDelivery, WebhookSubscription
from app.services.access import authorise, authorise_account
from app.services.outside import NotOutside, Outside, read_address, trusted_authorities
from app.services.people.acting import ALONE
from app.services.people.secrets import SecretRing
from app.services.system import System
from app.services.webhooks.comparing import begin_watching
from app.services.webhooks.signing import new_secret

MOST = 10
EVERY_STATUS = tuple(str(status) for status in Status)


@dataclass(frozen=True)
class MadeSubscription:
    """A new subscription; `secret` is shown this once and kept sealed."""

    id: int
    secret: str


def way_to_receivers(system: System) -> Outside:
    """Return where a receiver may stand: on the open internet; in a rehearsal on this machine too."""
    return Outside(loopback=system.settings.demo, authorities=trusted_authorities())


def add_subscription(
    system: System, actor: Actor, account_id: int, url: str, statuses: Sequence[str] = EVERY_STATUS
) -> MadeSubscription:
    """Let an address be told of the account's numbers from now on; Refused with every reason at once.

    W01 the address, W02 the statuses, W03 too many, W04 there already.
    """
    authorise_account(actor, Permission.MANAGE_WEBHOOKS, account_id)
    problems = [*_of_url(system, url), *_of_statuses(statuses)]
    ring, secret, seal_name = SecretRing(system.settings.key_dir), new_secret(), secrets.token_hex(16)
    with system.database.unit_of_work() as work:
        # Locked, so that of two that are the account's first, one begins the watch.
        if work.session.get(Account, account_id, with_for_update=ALONE) is None:
            raise NotFound("there is no such account")
        others = _of_account(work, account_id)
        problems += _of_others(others, url)
        if problems:
            raise Refused(problems)
        if not others:
            begin_watching(work, account_id, system.today)
        row = WebhookSubscription(
            account_id=account_id,
            url=url,
            statuses=_in_order(statuses),
            seal_name=seal_name,
            secret=ring.seal(secret, purpose_of(seal_name)),
            made_by=actor.name,
            created_at=system.clock.now(),
        )
        work.session.add(row)
        work.session.flush()
        detail = {"subscription_id": row.id, "statuses": row.statuses}
        _record(system, work, actor, Action.WEBHOOK_ADDED, row, detail, url=url)
        made = MadeSubscription(row.id, secret)
        work.commit()
    return made


def change_subscription(
    system: System, actor: Actor, subscription_id: int, url: str, statuses: Sequence[str]
) -> list[str]:
    """Change address and statuses and return the names of what changed; Refused with every reason at once."""
    problems = [*_of_url(system, url), *_of_statuses(statuses)]
    with system.database.unit_of_work() as work:
        row = own_subscription(work, actor, subscription_id)
        others = [other for other in _of_account(work, row.account_id) if other.id != row.id]
        problems += [problem for problem in _of_others(others, url) if problem.code == "W04"]
        if problems:
            raise Refused(problems)
        wanted = {"url": url, "statuses": _in_order(statuses)}
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        if changed:
            row.url, row.statuses = url, _in_order(statuses)
            detail = {"subscription_id": row.id, "fields": changed}
            _record(system, work, actor, Action.WEBHOOK_CHANGED, row, detail, url=url)
        work.commit()
    return changed


def turn_secret(system: System, actor: Actor, subscription_id: int) -> str:
    """Give a subscription a new secret and return it, this once; what is sent is signed by the old one too for 24 h."""
    ring, secret, now = SecretRing(system.settings.key_dir), new_secret(), system.clock.now()
    with system.database.unit_of_work() as work:
        row = own_subscription(work, actor, subscription_id)
        row.old_secret, row.old_secret_ends_at = row.secret, now + OLD_SECRET_LASTS
        row.secret = ring.seal(secret, purpose_of(row.seal_name))
        _record(system, work, actor, Action.WEBHOOK_SECRET_TURNED, row, {"subscription_id": row.id})
        work.commit()
    return secret


def switch_on(system: System, actor: Actor, subscription_id: int) -> None:
    """Tell the subscription again, from now on; what it missed is sent when it is asked for (replay)."""
    with system.database.unit_of_work() as work:
        row = own_subscription(work, actor, subscription_id)
        if row.off_at is not None:
            row.off_at, row.off_why, row.failing_since = None, None, None
            detail = {"subscription_id": row.id, "on": True, "why": "person"}
            _record(system, work, actor, Action.WEBHOOK_SWITCHED, row, detail)
        work.commit()


def switch_off(system: System, actor: Actor, subscription_id: int) -> None:
    """Tell the subscription nothing more until it is turned on again."""
    with system.database.unit_of_work() as work:
        row = own_subscription(work, actor, subscription_id)
        stop(system, work, actor, row, SwitchedOff.BY_PERSON)
        work.commit()


def stop(system: System, work: UnitOfWork, actor: Actor, row: WebhookSubscription, why: SwitchedOff) -> None:
    """Switch a locked subscription off in the caller's unit, and stop what is on its way."""
    if row.off_at is None:
        row.off_at, row.off_why = system.clock.now(), why
        _stop_waiting(work, row)
        detail = {"subscription_id": row.id, "on": False, "why": str(why)}
        _record(system, work, actor, Action.WEBHOOK_SWITCHED, row, detail)


def remove_subscription(system: System, actor: Actor, subscription_id: int) -> None:
    """Remove a subscription for good, with its address and its secret; the log of its tries goes with its time."""
    with system.database.unit_of_work() as work:
        row = own_subscription(work, actor, subscription_id)
        now = system.clock.now()
        row.removed_at, row.off_at = now, row.off_at or now
        row.url, row.secret, row.old_secret, row.old_secret_ends_at = "", "", "", None
        _stop_waiting(work, row)
        _record(system, work, actor, Action.WEBHOOK_REMOVED, row, {"subscription_id": row.id})
        work.commit()


def own_subscription(work: UnitOfWork, actor: Actor, subscription_id: int) -> WebhookSubscription:
    """Return a subscription that the actor may manage, locked; NotFound for another account's."""
    authorise(actor, Permission.MANAGE_WEBHOOKS)
    row = work.session.get(WebhookSubscription, subscription_id, with_for_update=ALONE)
    if row is None or row.removed_at is not None:
        raise NotFound("there is no such subscription")
    authorise_account(actor, Permission.MANAGE_WEBHOOKS, row.account_id)
    return row


def purpose_of(seal_name: str) -> str:
    """Return what a subscription's secrets are sealed for."""
    return f"webhook:{seal_name}"


def _of_account(work: UnitOfWork, account_id: int) -> Sequence[WebhookSubscription]:
    kept = (WebhookSubscription.account_id == account_id, WebhookSubscription.removed_at.is_(None))
    return work.session.scalars(select(WebhookSubscription).where(*kept)).all()


def _stop_waiting(work: UnitOfWork, row: WebhookSubscription) -> None:
    waiting = (WebhookDelivery.subscription_id == row.id, WebhookDelivery.state == DeliveryState.WAITING)
    work.session.execute(update(WebhookDelivery).where(*waiting).values(state=DeliveryState.STOPPED, next_try_at=None))


def _record(
    system: System,
    work: UnitOfWork,
    actor: Actor,
    action: Action,
    row: WebhookSubscription,
    detail: dict[str, object],
    url: str = "",
) -> None:
    subject = ("account", row.account_id)
    if url:  # an address may hold a token, and names whose it is
        system.record(work, actor, action, subject, detail, values={"url": url}, account_id=row.account_id)
    else:
        system.record(work, actor, action, subject, detail)


def _in_order(statuses: Sequence[str]) -> list[str]:
    return [status for status in EVERY_STATUS if status in set(statuses)]


def _of_url(system: System, url: str) -> list[Problem]:
    try:
        read_address(url, way_to_receivers(system))
    except NotOutside as wrong:
        return [Problem("W01", "url", "error", f"This address cannot be told anything: {wrong}.")]
    return []


def _of_statuses(statuses: Sequence[str]) -> list[Problem]:
    unknown = sorted(set(statuses) - set(EVERY_STATUS))
    if unknown:
        told = f"{', '.join(unknown)[:80]}: there is no such status. There are {', '.join(EVERY_STATUS)}."
        return [Problem("W02", "statuses", "error", told)]
    if not statuses:
        return [Problem("W02", "statuses", "error", "Choose at least one status that is told.")]
    return []


def _of_others(others: Sequence[WebhookSubscription], url: str) -> list[Problem]:
    problems = []
    if len(others) >= MOST:
        message = f"An account has {MOST} webhooks at most: remove one first."
        problems.append(Problem("W03", "url", "error", message))
    if any(other.url == url for other in others):
        problems.append(Problem("W04", "url", "error", "This address is told already: change that webhook instead."))
    return problems
