"""The door of the API: whose key was presented, and as whom its program acts (U2)."""

import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.db.unit_of_work import Reading
from app.domain.actors import STAFF_ROLES, AccountRole, Actor, Role
from app.errors import Busy
from app.models.accounts import ApiKey, User
from app.services.accounts import person_of
from app.services.api_keys import LENT, digest_of
from app.services.people.access_log import note_api_call
from app.services.system import System

WRITTEN = re.compile(r"eld_([0-9a-f]{10})_([0-9A-Za-z_-]{43})", re.ASCII)
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class KeyHolder:
    """Who calls with a key, and what the key may be used for; `account_id` is empty for a key of staff."""

    key_id: int
    actor: Actor
    account_id: int | None
    scopes: frozenset[str]


def authenticate(system: System, presented: str, origin: str) -> KeyHolder | None:
    """Return who holds the key that was presented; None for one that is not ours, or not any more."""
    written = WRITTEN.fullmatch(presented)
    if written is None:
        return None
    digest = digest_of(presented)
    with system.database.reading() as look:
        found = look.session.scalars(select(ApiKey).where(ApiKey.prefix == written[1])).all()
        key = next((row for row in found if hmac.compare_digest(row.digest, digest)), None)
        actor = None if key is None else _actor(look, key, origin)
        if key is None or actor is None:
            return None
        holder = KeyHolder(key.id, actor, key.account_id, frozenset(key.scopes))
        last_used_at, user_id = key.last_used_at, key.user_id
    now = system.clock.now()
    if last_used_at is None or now - last_used_at >= NOTED_EVERY:
        _note_use(system, holder.key_id, now)
    note_api_call(system, holder.key_id, holder.account_id, origin, user_id)
    return holder


def actor_of_key(system: System, key_id: int, origin: str = "") -> Actor | None:
    """Return as whom the program of a key acts; None where the key is in force no longer."""
    with system.database.reading() as look:
        key = look.session.get(ApiKey, key_id)
        return None if key is None else _actor(look, key, origin)


def _actor(look: Reading, key: ApiKey, origin: str) -> Actor | None:
    """A key of an account acts as its editor; one of staff as its person, with the role that they have now.

    What an owner lent it is lent while they are an owner.
    """
    if key.revoked_at is not None:
        return None
    if key.user_id is not None:
        user = look.session.get(User, key.user_id)
        if user is None or user.removed_at is not None or user.role not in STAFF_ROLES:
            return None
        return replace(person_of(look, user).actor(origin), key_id=key.id)
    maker = None if key.maker_id is None else look.session.get(User, key.maker_id)
    lends = maker is None or maker.role in STAFF_ROLES or maker.account_role is AccountRole.OWNER
    return Actor(
        f"api-key:{key.prefix}",
        Role.CUSTOMER,
        key.account_id,
        origin=origin,
        account_role=AccountRole.EDITOR,
        key_id=key.id,
        lent=frozenset(LENT[scope] for scope in key.scopes if scope in LENT and lends),
        maker_id=key.maker_id,
    )


def _note_use(system: System, key_id: int, now: datetime) -> None:
    try:
        with system.database.unit_of_work() as work:
            work.session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=now))
            work.commit()
    except Busy:
        return  # somebody else is writing: the next call notes it
