"""Keys by which an account's programs call the API: made, listed, revoked (U2); recognised in api_door."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select

from app.audit.events import Action
from app.domain.actors import Actor, Role
from app.domain.permissions import Permission, permitted_to
from app.errors import NotFound, Problem, Refused
from app.models.accounts import Account, ApiKey
from app.services.access import authorise, authorise_account
from app.services.system import System

# eld_PREFIX_SECRET: the prefix is shown in lists, the secret of 256 bits to nobody again.
PREFIX_BYTES, SECRET_BYTES = 5, 32
LONGEST_NAME = 100


class Scope(StrEnum):
    """What a key of an account may be used for."""

    READ = "locations:read"
    WRITE = "locations:write"
    ACCOUNT = "account:read"
    ACCESS = "access:read"
    WEBHOOKS = "webhooks"


# What an owner lends to a key beyond what an editor may: a key gets these scopes from whoever holds them alone.
LENT: dict[str, Permission] = {
    Scope.ACCOUNT: Permission.SEE_ACCOUNT,
    Scope.ACCESS: Permission.SEE_ACCESS_LOG,
    Scope.WEBHOOKS: Permission.MANAGE_WEBHOOKS,
}


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
    account_id: int | None
    account: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    made_by: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def scopes_to_give(actor: Actor) -> tuple[Scope, ...]:
    """Return the scopes that this actor may give to a key of an account."""
    return tuple(scope for scope in Scope if scope not in LENT or permitted_to(actor, LENT[scope]))


def make_key(system: System, actor: Actor, account_id: int, name: str, scopes: Sequence[str]) -> MadeKey:
    """Make a key for an account; Refused with every reason at once, NotFound where there is no such account."""
    authorise_account(actor, Permission.MANAGE_API_KEYS, account_id)
    problems = [*of_name(name.strip()), *of_scopes(scopes, scopes_to_give(actor))]
    if problems:
        raise Refused(problems)
    prefix, key = fresh_key()
    with system.database.unit_of_work() as work:
        if work.session.get(Account, account_id) is None:
            raise NotFound("there is no such account")
        row = ApiKey(
            account_id=account_id,
            name=name.strip(),
            prefix=prefix,
            digest=digest_of(key),
            scopes=sorted(set(scopes)),
            made_by=actor.name,
            maker_id=actor.user_id,
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
        if key is None or key.account_id is None:
            raise NotFound("there is no such key")
        authorise_account(actor, Permission.MANAGE_API_KEYS, key.account_id)
        if key.revoked_at is None:
            key.revoked_at = system.clock.now()
            system.record(work, actor, Action.API_KEY_REVOKED, ("account", key.account_id), {"key_id": key.id})
        work.commit()


def fresh_key() -> tuple[str, str]:
    """Return a new key's prefix and the key."""
    prefix = secrets.token_hex(PREFIX_BYTES)
    return prefix, f"eld_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"


def of_name(name: str) -> list[Problem]:
    """Return what stands against a key's name (K01)."""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        message = f"Give the key a name of 1 to {LONGEST_NAME} characters, on one line: what will use it."
        return [Problem("K01", "name", "error", message)]
    return []


def of_scopes(scopes: Sequence[str], possible: Sequence[str]) -> list[Problem]:
    """Return what stands against a key's scopes (K02): one of those that are possible at least, and no others."""
    unknown = sorted(set(scopes) - set(possible))
    if unknown or not scopes:
        told = f"{', '.join(unknown)[:80]}: no scope that you can give. " if unknown else ""
        return [Problem("K02", "scopes", "error", f"{told}Name at least one of {', '.join(possible)}.")]
    return []


def digest_of(key: str) -> str:
    """A secret of 256 bits cannot be guessed, so a plain digest keeps it; a slow one would only slow each call."""
    return sha256(key.encode()).hexdigest()
