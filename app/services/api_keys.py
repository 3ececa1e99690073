"""Keys by which an account's programs call the API: made, listed, revoked, and recognised (U2)."""

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select, update

from app.audit.events import Action
from app.domain.actors import AccountRole, Actor, Role
from app.domain.permissions import Permission
from app.errors import Busy, NotFound, Problem, Refused
from app.models.accounts import Account, ApiKey
from app.services.access import authorise, authorise_account
from app.services.people.access_log import note_api_call
from app.services.system import System

# eld_PREFIX_SECRET: the prefix is shown in lists, the secret of 256 bits to nobody again.
PREFIX_BYTES, SECRET_BYTES = 5, 32
WRITTEN = re.compile(r"eld_([0-9a-f]{10})_([0-9A-Za-z_-]{43})", re.ASCII)
LONGEST_NAME = 100
NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key may be used for."""

    READ = "locations:read"
    WRITE = "locations:write"


@dataclass(frozen=True)
class MadeKey:
    """A new key; `key` is shown this once and kept by nobody here."""

    id: int
    key: str
    prefix: str


@dataclass(frozen=True)
class KeyLine:
    """A key in a list."""

    id: int
    account_id: int
    account: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    made_by: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class KeyHolder:
    """Who calls with a key: an actor of its account, and what the key may be used for."""

    actor: Actor
    account_id: int
    scopes: frozenset[str]


def make_key(system: System, actor: Actor, account_id: int, name: str, scopes: Sequence[str]) -> MadeKey:
    """Make a key for an account; Refused with every reason at once, NotFound where there is no such account."""
    authorise_account(actor, Permission.MANAGE_API_KEYS, account_id)
    problems = [*_of_name(name.strip()), *_of_scopes(scopes)]
    if problems:
        raise Refused(problems)
    prefix, secret = secrets.token_hex(PREFIX_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    key = f"eld_{prefix}_{secret}"
    with system.database.unit_of_work() as work:
        if work.session.get(Account, account_id) is None:
            raise NotFound("there is no such account")
        row = ApiKey(
            account_id=account_id,
            name=name.strip(),
            prefix=prefix,
            digest=_digest(key),
            scopes=sorted(set(scopes)),
            made_by=actor.name,
            created_at=system.clock.now(),
        )
        work.session.add(row)
        work.session.flush()
        made = MadeKey(row.id, key, prefix)
        system.record(work, actor, Action.API_KEY_MADE, ("account", account_id), {"key_id": row.id})
        work.commit()
    return made


def list_keys(system: System, actor: Actor, account_id: int | None = None) -> list[KeyLine]:
    """Return the keys of an account, or of all (`account_id` None, staff), the newest first; revoked ones too."""
    authorise(actor, Permission.MANAGE_API_KEYS)
    if account_id is None and actor.role is Role.CUSTOMER:
        account_id = actor.account_id
    elif account_id is not None:
        authorise_account(actor, Permission.MANAGE_API_KEYS, account_id)
    query = select(ApiKey, Account.name).join(Account, Account.id == ApiKey.account_id).order_by(ApiKey.id.desc())
    if account_id is not None:
        query = query.where(ApiKey.account_id == account_id)
    with system.database.reading() as look:
        return [
            KeyLine(
                key.id,
                key.account_id,
                account,
                key.name,
                key.prefix,
                tuple(key.scopes),
                key.made_by,
                key.created_at,
                key.last_used_at,
                key.revoked_at,
            )
            for key, account in look.session.execute(query)
        ]


def revoke_key(system: System, actor: Actor, key_id: int) -> None:
    """End a key at once; one that is revoked already stays as it is."""
    authorise(actor, Permission.MANAGE_API_KEYS)
    with system.database.unit_of_work() as work:
        key = work.session.get(ApiKey, key_id, with_for_update=True)
        if key is None:
            raise NotFound("there is no such key")
        authorise_account(actor, Permission.MANAGE_API_KEYS, key.account_id)
        if key.revoked_at is None:
            key.revoked_at = system.clock.now()
            system.record(work, actor, Action.API_KEY_REVOKED, ("account", key.account_id), {"key_id": key.id})
        work.commit()


def authenticate(system: System, presented: str, origin: str) -> KeyHolder | None:
    """Return who holds the key that was presented; None for one that is not ours, or not any more."""
    written = WRITTEN.fullmatch(presented)
    if written is None:
        return None
    digest = _digest(presented)
    with system.database.reading() as look:
        found = look.session.scalars(select(ApiKey).where(ApiKey.prefix == written[1])).all()
        key = next((row for row in found if hmac.compare_digest(row.digest, digest)), None)
        if key is None or key.revoked_at is not None:
            return None
        actor = Actor(
            f"api-key:{key.prefix}", Role.CUSTOMER, key.account_id, origin=origin, account_role=AccountRole.EDITOR
        )
        holder = KeyHolder(actor, key.account_id, frozenset(key.scopes))
        key_id, last_used_at = key.id, key.last_used_at
    now = system.clock.now()
    if last_used_at is None or now - last_used_at >= NOTED_EVERY:
        _note_use(system, key_id, now)
    note_api_call(system, key_id, holder.account_id, origin)
    return holder


def _note_use(system: System, key_id: int, now: datetime) -> None:
    try:
        with system.database.unit_of_work() as work:
            work.session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=now))
            work.commit()
    except Busy:
        return  # somebody else is writing: the next call notes it


def _of_name(name: str) -> list[Problem]:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        message = f"Give the key a name of 1 to {LONGEST_NAME} characters, on one line: what will use it."
        return [Problem("K01", "name", "error", message)]
    return []


def _of_scopes(scopes: Sequence[str]) -> list[Problem]:
    unknown = sorted(set(scopes) - set(Scope))
    if unknown or not scopes:
        told = f"{', '.join(unknown)[:80]}: there is no such scope. " if unknown else ""
        return [Problem("K02", "scopes", "error", f"{told}Name at least one of {', '.join(Scope)}.")]
    return []


def _digest(key: str) -> str:
    """A secret of 256 bits cannot be guessed, so a plain digest keeps it; a slow one would only slow each call."""
    return sha256(key.encode()).hexdigest()
