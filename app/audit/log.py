"""Append to the trail, in the transaction of what it tells of."""

import ipaddress
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.audit.chain import Entry, canonical
from app.audit.events import Action, EventRefused, check_detail, check_token
from app.audit.keys import KeyStore
from app.audit.seal import SEAL_SUBJECT, head_seal, holds
from app.clock import Clock
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.errors import CallAPerson
from app.models.audit import AuditEvent, AuditHead, AuditValues

VALUES = "values"
ORIGIN = "origin"
FROM_THE_NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain stands."""

    seq: int
    hash: str
    seal: str


@dataclass(frozen=True, slots=True)
class _Draft:
    at: datetime
    actor: str
    role: str
    origin: str
    action: str
    subject_kind: str
    subject_id: str
    detail: str
    parts: Mapping[str, tuple[str, str]]  # part -> (subject of the key, text)


def append(
    work: UnitOfWork,
    keys: KeyStore,
    clock: Clock,
    actor: Actor,
    action: Action,
    *,
    subject_kind: str,
    subject_id: str,
    detail: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    subject_key: str | None = None,
) -> None:
    """Have the event written with the unit's commit; if it cannot be written, the unit fails.

    `values` are personal and lie under the key of `subject_key` (`account-12`). The entry takes its place in the
    chain as the last act of the unit, so that the one lock everybody needs is held for no longer than that.
    Raises EventRefused for an action, key or value that the list of events does not allow.
    """
    check_detail(action, detail)
    for place, text in (("subject_kind", subject_kind), ("subject_id", subject_id)):
        check_token(place, text)
    if (values is None) != (subject_key is None):
        raise EventRefused(f"{action}: personal values need a key, and a key values")
    parts: dict[str, tuple[str, str]] = {}
    at = clock.now()
    if values is not None and subject_key is not None:
        parts[VALUES] = (subject_key, _salted(values))
    origin = actor.origin
    if _is_address(origin):
        parts[ORIGIN] = (_key_of(actor, at), _salted({"address": origin}))
        origin = FROM_THE_NETWORK
    check_token("origin", origin)
    for subject, _ in parts.values():
        keys.ensure(subject)
    draft = _Draft(
        at, name_in_trail(actor), str(actor.role), origin, action, subject_kind, subject_id, canonical(detail), parts
    )
    drafts: list[_Draft] = work.session.info.setdefault("trail", [])
    if not drafts:
        session = work.session
        work.at_commit(lambda: _write(session, keys, drafts))
    drafts.append(draft)


def name_in_trail(actor: Actor) -> str:
    """Return the name that the chain keeps for good: the id of a person, never their e-mail address."""
    if actor.user_id is not None:
        return f"user-{actor.user_id}"
    if actor.account_id is not None:
        return f"account-{actor.account_id}"
    if not actor.name.startswith("cli:"):  # a login name is what the machine says it is
        check_token("actor", actor.name)
    return actor.name


def read_values(text: str) -> dict[str, Any]:
    """Return the personal values that a row of audit_values holds."""
    found: dict[str, Any] = json.loads(text)["values"]
    return found


def lock_head(session: Session) -> Head:
    """Return the head, locked until the end of the transaction; CallAPerson where there is none."""
    columns = AuditHead.seq, AuditHead.hash, AuditHead.seal
    row = session.execute(select(*columns).where(AuditHead.id == 1).with_for_update()).one_or_none()
    if row is None:
        raise CallAPerson("The trail has lost its head: run `eld audit verify` before anything else.")
    return Head(*row)


def _salted(values: Mapping[str, Any]) -> str:
    # The salt goes with the value: what is left of it, the digest, cannot be guessed at even with the key.
    return canonical({"salt": secrets.token_hex(16), "values": values})


def _is_address(origin: str) -> bool:
    try:
        ipaddress.ip_address(origin)
    except ValueError:
        return False
    return True


def _key_of(actor: Actor, at: datetime) -> str:
    if actor.user_id is not None:
        return f"user-{actor.user_id}"
    if actor.account_id is not None:
        return f"account-{actor.account_id}"
    return f"visitors-{at:%Y-%m}"


def _write(session: Session, keys: KeyStore, drafts: list[_Draft]) -> None:
    head = lock_head(session)
    if head.seq > 0 and not keys.exists(SEAL_SUBJECT):
        raise CallAPerson("The folder of keys (ELD_KEY_DIR) is not the one that this trail was begun with.")
    seq, last, events, values = head.seq, head.hash, [], []
    for draft in drafts:
        seq += 1
        entry, held = _place(draft, seq, last, keys)
        last = entry.hash
        events.append(_row(entry))
        values += held
    session.execute(insert(AuditEvent), events)
    if values:
        session.execute(insert(AuditValues), values)
    keys.ensure(SEAL_SUBJECT)
    # A head with a wrong seal was put there by other hands. Work goes on, but the wrong is not sealed over.
    seal = head_seal(keys, seq, last) if head.seq == 0 or holds(keys, head.seq, head.hash, head.seal) else ""
    session.execute(update(AuditHead).where(AuditHead.id == 1).values(seq=seq, hash=last, seal=seal))


def _place(draft: _Draft, seq: int, last: str, keys: KeyStore) -> tuple[Entry, list[dict[str, Any]]]:
    digests, held = {}, []
    for part, (subject, text) in draft.parts.items():
        # Under the lock, since an erasure that was just before us may have destroyed the key.
        keys.ensure(subject)
        digests[part] = (subject, keys.digest(subject, text))
        held.append({"seq": seq, "part": part, "subject": subject, "values": text})
    entry = Entry(
        seq=seq,
        at=draft.at.astimezone(UTC),
        actor=draft.actor,
        role=draft.role,
        origin=draft.origin,
        action=draft.action,
        subject_kind=draft.subject_kind,
        subject_id=draft.subject_id,
        detail=draft.detail,
        values_digest=canonical(digests) if digests else "",
        prev_hash=last,
    )
    return entry, held


def _row(entry: Entry) -> dict[str, Any]:
    return {**{name: getattr(entry, name) for name in Entry.__slots__}, "hash": entry.hash}
