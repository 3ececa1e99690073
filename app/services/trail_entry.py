"""One entry of the trail opened: its digests, its neighbours, and its personal values where they were not erased."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.audit.chain import GENESIS, Entry, read_digests
from app.audit.held_values import read_erasures
from app.audit.keys import KeyMissing, KeyStore
from app.audit.log import ORIGIN, read_values
from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.permissions import Permission, permitted_to
from app.errors import NotFound
from app.models.audit import AuditEvent, AuditValues
from app.services.access import authorise, note_reading
from app.services.system import System
from app.services.trail import event_json

HELD, ERASED, MISSING, WITHHELD, ALTERED = "held", "erased", "missing", "withheld", "altered"


@dataclass(frozen=True)
class Part:
    """Personal values of an entry: `state` says whether they are held, erased, missing, altered, or not to be seen."""

    name: str
    subject: str
    digest: str
    state: str
    values: dict[str, Any]


@dataclass(frozen=True)
class OpenedEntry:
    """An entry with the hashes that it should have, and the numbers of the entries beside it."""

    event: dict[str, Any]
    hash_right: bool
    follows: bool
    parts: list[Part]
    before: int | None
    after: int | None


def open_entry(system: System, actor: Actor, seq: int) -> OpenedEntry:
    """Return one entry; NotFound where there is none. Who may not see personal data sees that there is some."""
    authorise(actor, Permission.READ_TRAIL)
    with system.database.reading() as look:
        row = look.session.get(AuditEvent, seq)
        if row is None:
            raise NotFound("there is no such entry")
        beside = look.session.execute(
            select(AuditEvent.seq, AuditEvent.hash).where(AuditEvent.seq.in_((seq - 1, seq + 1)))
        )
        hashes = {other: found for other, found in beside}  # noqa: C416  a row is no pair to dict()
        entry = Entry(**{name: getattr(row, name) for name in Entry.__slots__})
        opened = OpenedEntry(
            event=event_json(row),
            hash_right=entry.hash == row.hash,
            follows=row.prev_hash == hashes.get(seq - 1, GENESIS if seq == 1 else ""),
            parts=_parts(system, actor, look, row),
            before=seq - 1 if seq - 1 in hashes else None,
            after=seq + 1 if seq + 1 in hashes else None,
        )
    shown = [part for part in opened.parts if part.state == HELD]
    note_reading(system, actor, "trail_entry", ("trail", seq), len(shown))
    return opened


def _parts(system: System, actor: Actor, look: Reading, row: AuditEvent) -> list[Part]:
    promised = read_digests(row.values_digest)
    if not promised:
        return []
    held = {found.part: found for found in look.session.scalars(select(AuditValues).where(AuditValues.seq == row.seq))}
    erasures = read_erasures(look.session)
    parts = []
    for name, (subject, digest) in sorted(promised.items()):
        found = held.get(name)
        values: dict[str, Any] = {}
        if found is None:
            state = ERASED if erasures.cover(row.seq, name, subject) else MISSING
        elif not permitted_to(actor, Permission.SEE_ACCESS_LOG if name == ORIGIN else Permission.SEE_RECORD):
            state = WITHHELD
        elif not _is_right(system.keys, subject, found.values, digest):
            state = ALTERED
        else:
            state, values = HELD, read_values(found.values)
        parts.append(Part(name, subject, digest, state, values))
    return parts


def _is_right(keys: KeyStore, subject: str, text: str, digest: str) -> bool:
    try:
        return keys.digest(subject, text) == digest
    except KeyMissing:
        return False
