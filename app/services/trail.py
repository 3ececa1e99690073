"""The trail for those who may read it: verified, paged, handed over."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, select

from app.audit.anchors import anchor_head, read_anchors
from app.audit.events import Action
from app.audit.verify import Verification, verify
from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.people import email_key
from app.domain.permissions import Permission
from app.models.accounts import User
from app.models.audit import AuditEvent
from app.services.access import authorise
from app.services.system import System

EVENTS_A_PAGE = 50
PERSON = "user-"


@dataclass(frozen=True)
class TrailPage:
    """Some events, newest first."""

    events: list[dict[str, Any]]
    page: int
    pages: int
    total: int


def verify_trail(system: System, actor: Actor) -> Verification:
    """Walk the whole trail, hold it against its head, seal and anchors, and name the first bad entry."""
    authorise(actor, Permission.READ_TRAIL)
    return verify(system.database, system.keys, read_anchors(system.journal))


def list_events(
    system: System,
    actor: Actor,
    page: int = 1,
    action: str = "",
    actor_name: str = "",
    *,
    subject: tuple[str, str] = ("", ""),
    days: tuple[date | None, date | None] = (None, None),
) -> TrailPage:
    """Return one page of events, newest first, narrowed by what is given.

    `actor_name` is as the trail has it (`user-12`, `scheduler`) or a person's e-mail address; `subject` is kind and
    id, either may be empty; `days` are the first and the last day, as the provider's clock has them.
    """
    authorise(actor, Permission.READ_TRAIL)
    with system.database.reading() as look:
        chosen = _chosen(system, look, action, actor_name, subject, days)
        total = look.session.scalar(select(func.count()).select_from(AuditEvent).where(*chosen)) or 0
        pages = max(1, -(-total // EVENTS_A_PAGE))
        page = min(max(page, 1), pages)
        rows = look.session.scalars(
            select(AuditEvent)
            .where(*chosen)
            .order_by(AuditEvent.seq.desc())
            .limit(EVENTS_A_PAGE)
            .offset((page - 1) * EVENTS_A_PAGE)
        )
        return TrailPage([event_json(row) for row in rows], page, pages, total)


def actions_used(system: System, actor: Actor) -> list[Action]:
    """Return the actions that stand in the trail: one look into the index for each."""
    authorise(actor, Permission.READ_TRAIL)
    with system.database.reading() as look:
        found = look.session.execute(select(*(exists().where(AuditEvent.action == str(one)) for one in Action))).one()
        return [action for action, used in zip(Action, found, strict=True) if used]


def names_of(system: System, actor: Actor, actors: Iterable[str]) -> dict[str, str]:
    """Return the e-mail addresses of the people among `actors`, by how the trail has them: `user-12`."""
    authorise(actor, Permission.READ_TRAIL)
    ids = {int(name.removeprefix(PERSON)) for name in actors if name.removeprefix(PERSON).isdecimal()}
    with system.database.reading() as look:
        rows = look.session.execute(select(User.id, User.email).where(User.id.in_(ids)))
        return {f"{PERSON}{user_id}": email for user_id, email in rows}


def export_trail(system: System, actor: Actor) -> Iterator[str]:
    """Yield the trail as JSON lines, oldest first, and note in it that it was handed over."""
    authorise(actor, Permission.READ_TRAIL)
    digest = hashlib.sha256()
    first = last = 0
    with system.database.reading() as look:
        rows = look.session.scalars(select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1_000))
        for row in rows:
            line = json.dumps(event_json(row), sort_keys=True) + "\n"
            digest.update(line.encode())
            first, last = first or row.seq, row.seq
            yield line
    with system.database.unit_of_work() as work:
        detail = {"from_seq": first, "to_seq": last, "digest": digest.hexdigest()}
        system.record(work, actor, Action.TRAIL_EXPORTED, ("trail", last), detail)
        work.commit()
    anchor_head(system.database, system.journal, system.clock)


def _chosen(
    system: System,
    look: Reading,
    action: str,
    actor_name: str,
    subject: tuple[str, str],
    days: tuple[date | None, date | None],
) -> list[ColumnElement[bool]]:
    if not "".join((action, actor_name, *subject)).isprintable():  # a database takes no NUL, and no entry has one
        return [false()]
    who = actor_name
    if "@" in actor_name:
        user_id = look.session.scalar(select(User.id).where(User.email_key == email_key(actor_name)))
        who = f"{PERSON}{user_id or 0}"
    kind, subject_id = subject
    equal = ((AuditEvent.action, action), (AuditEvent.actor, who), (AuditEvent.subject_kind, kind))
    chosen = [column == value for column, value in (*equal, (AuditEvent.subject_id, subject_id)) if value]
    first, last = days
    if first is not None:
        chosen.append(AuditEvent.at >= _midnight(system, first))
    if last is not None and last < date.max:
        chosen.append(AuditEvent.at < _midnight(system, last + timedelta(days=1)))
    return chosen


def _midnight(system: System, day: date) -> datetime:
    return datetime.combine(day, time(), system.settings.timezone)


def event_json(row: AuditEvent) -> dict[str, Any]:
    """Return an entry as programs see it."""
    return {
        "seq": row.seq,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "role": row.role,
        "origin": row.origin,
        "action": row.action,
        "subject_kind": row.subject_kind,
        "subject_id": row.subject_id,
        "detail": json.loads(row.detail),
        "values_digest": row.values_digest,
        "prev_hash": row.prev_hash,
        "hash": row.hash,
    }
