"""How the trail stands: how long it is, when it was verified last and with what result, where it is anchored (A2)."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.audit.anchors import last_anchor, read_anchors
from app.audit.events import Action
from app.audit.verify import Verification, verify
from app.domain.actors import SCHEDULER, Actor
from app.domain.permissions import Permission
from app.errors import CallAPerson
from app.models.audit import AuditEvent, AuditHead
from app.services.access import authorise
from app.services.system import System

VERIFIED_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class TrailState:
    """`verified_ok` is the result of the last verification, None where there was none yet.

    `anchored_seq` is the last entry whose hash was noted outside the database, at `anchored_at`.
    """

    entries: int
    verified_at: datetime | None
    verified_ok: bool | None
    anchored_seq: int | None
    anchored_at: datetime | None


def trail_state(system: System, actor: Actor) -> TrailState:
    """Return how the trail stands; nothing is walked for it."""
    authorise(actor, Permission.READ_TRAIL)
    return _state(system)


def verify_now(system: System, actor: Actor) -> Verification:
    """Walk the whole trail, and write into it that this was done and how it ended."""
    authorise(actor, Permission.READ_TRAIL)
    return _verify(system, actor)


def verify_daily(system: System) -> None:
    """Walk the trail once a day, and again as long as it is not whole: then CallAPerson. For the scheduler."""
    state = _state(system)
    at = state.verified_at
    if state.verified_ok and at is not None and system.clock.now() - at < VERIFIED_EVERY:
        return
    found = _verify(system, SCHEDULER)
    if found.first_bad is not None:
        seq, why = found.first_bad
        raise CallAPerson(f"The trail was altered: entry {seq} {why}.")


def _verify(system: System, actor: Actor) -> Verification:
    found = verify(system.database, system.keys, read_anchors(system.journal))
    # A trail without its head takes no entry: what was found is told all the same.
    with suppress(CallAPerson), system.database.unit_of_work() as work:
        detail = {"ok": found.ok, "events": found.events, "head": found.head or ""}
        system.record(work, actor, Action.TRAIL_VERIFIED, ("trail", found.events), detail)
        work.commit()
    return found


def _state(system: System) -> TrailState:
    with system.database.reading() as look:
        entries = look.session.scalar(select(AuditHead.seq).where(AuditHead.id == 1)) or 0
        last = look.session.execute(
            select(AuditEvent.at, AuditEvent.detail)
            .where(AuditEvent.action == str(Action.TRAIL_VERIFIED))
            .order_by(AuditEvent.seq.desc())
            .limit(1)
        ).one_or_none()
    anchor, anchored_at = last_anchor(system.journal) or (None, None)
    return TrailState(
        entries=entries,
        verified_at=None if last is None else last.at,
        verified_ok=None if last is None else bool(json.loads(last.detail)["ok"]),
        anchored_seq=None if anchor is None else anchor.seq,
        anchored_at=anchored_at,
    )
