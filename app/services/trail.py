"""The trail for those who may read it: verified, paged, handed over."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.audit.anchors import anchor_head, read_anchors
from app.audit.events import Action
from app.audit.verify import Verification, verify
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.models.audit import AuditEvent
from app.services.access import authorise
from app.services.system import System

EVENTS_A_PAGE = 50


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


def list_events(system: System, actor: Actor, page: int = 1, action: str = "", actor_name: str = "") -> TrailPage:
    """Return one page of events, newest first, of one action or one actor where asked for."""
    authorise(actor, Permission.READ_TRAIL)
    chosen = []
    if action:
        chosen.append(AuditEvent.action == action)
    if actor_name:
        chosen.append(AuditEvent.actor == actor_name)
    with system.database.reading() as look:
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
        return TrailPage([_event(row) for row in rows], page, pages, total)


def export_trail(system: System, actor: Actor) -> Iterator[str]:
    """Yield the trail as JSON lines, oldest first, and note in it that it was handed over."""
    authorise(actor, Permission.READ_TRAIL)
    digest = hashlib.sha256()
    first = last = 0
    with system.database.reading() as look:
        rows = look.session.scalars(select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1_000))
        for row in rows:
            line = json.dumps(_event(row), sort_keys=True) + "\n"
            digest.update(line.encode())
            first, last = first or row.seq, row.seq
            yield line
    with system.database.unit_of_work() as work:
        detail = {"from_seq": first, "to_seq": last, "digest": digest.hexdigest()}
        system.record(work, actor, Action.TRAIL_EXPORTED, ("trail", last), detail)
        work.commit()
    anchor_head(system.database, system.journal, system.clock)


def _event(row: AuditEvent) -> dict[str, Any]:
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
