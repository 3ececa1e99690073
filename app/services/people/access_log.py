"""Who logged in or called the API, when and from where (P2): kept for a while, and shown to the account's owner.

The trail tells of log-ins too, for good, but keeps where they came from apart and under a key of the person's.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.people import AccessKind
from app.domain.permissions import Permission
from app.errors import Busy
from app.models.accounts import ApiKey, User
from app.models.people import AccessEntry
from app.services.access import authorise_account, note_reading
from app.services.people.visits import Visit
from app.services.system import System

NOTED_EVERY = timedelta(minutes=1)
ENTRIES_A_PAGE = 50


@dataclass(frozen=True)
class AccessLine:
    """One entry; `who` is the e-mail address of a person, or the beginning of an API key.

    API calls of one key from one address and day are one entry, from `at` to `last_at`.
    """

    id: int
    kind: AccessKind
    who: str
    origin: str
    device: str
    at: datetime
    last_at: datetime


@dataclass(frozen=True)
class AccessPage:
    """Some entries, the newest first; `older` is what to ask for next, None at the end."""

    entries: list[AccessLine]
    older: int | None


def note_log_in(work: UnitOfWork, kind: AccessKind, user: User | None, visit: Visit, now: datetime) -> None:
    """Keep a log-in, or one that was refused, in the caller's unit."""
    entry = AccessEntry(
        kind=kind,
        account_id=None if user is None else user.account_id,
        user_id=None if user is None else user.id,
        origin=visit.address,
        device=visit.device,
        at=now,
        last_at=now,
    )
    work.session.add(entry)


def note_api_call(system: System, key_id: int, account_id: int | None, origin: str, user_id: int | None = None) -> None:
    """Keep that a key was used from an address; at most once a minute, so that calls do not queue for it."""
    address, now = Visit(origin).address, system.clock.now()
    zone = system.settings.timezone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    todays = select(AccessEntry).where(
        AccessEntry.key_id == key_id, AccessEntry.origin == address, AccessEntry.at >= midnight
    )
    with system.database.reading() as look:
        last = look.session.scalars(todays.order_by(AccessEntry.id.desc()).limit(1)).one_or_none()
    if last is not None and now - last.last_at < NOTED_EVERY:
        return
    try:
        with system.database.unit_of_work() as work:
            if last is None:
                caller = {"account_id": account_id, "user_id": user_id, "key_id": key_id}
                work.session.add(AccessEntry(kind=AccessKind.API, **caller, origin=address, at=now, last_at=now))
            else:
                work.session.get_one(AccessEntry, last.id).last_at = now
            work.commit()
    except Busy:
        return  # somebody else is writing: the next call is kept


def list_access(system: System, actor: Actor, account_id: int, before: int | None = None) -> AccessPage:
    """Return a page of an account's access log; `before` is the `older` of the page before."""
    authorise_account(actor, Permission.SEE_ACCESS_LOG, account_id)
    query = (
        select(AccessEntry, User.email, ApiKey.prefix)
        .outerjoin(User, User.id == AccessEntry.user_id)
        .outerjoin(ApiKey, ApiKey.id == AccessEntry.key_id)
        .where(AccessEntry.account_id == account_id)
        .order_by(AccessEntry.id.desc())
        .limit(ENTRIES_A_PAGE + 1)
    )
    if before is not None:
        query = query.where(AccessEntry.id < before)
    with system.database.reading() as look:
        found = [
            AccessLine(
                entry.id, entry.kind, email or f"eld_{prefix}", entry.origin, entry.device, entry.at, entry.last_at
            )
            for entry, email, prefix in look.session.execute(query)
        ]
    note_reading(system, actor, "access-log", ("account", account_id), len(found[:ENTRIES_A_PAGE]))
    more = len(found) > ENTRIES_A_PAGE
    found = found[:ENTRIES_A_PAGE]
    return AccessPage(found, found[-1].id if more else None)
