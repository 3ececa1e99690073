"""Take personal values out of the trail for good, while the chain still verifies (A3)."""

from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, delete, exists, func, select

from app.audit.events import Action
from app.audit.keys import KeyStore
from app.audit.log import ORIGIN, append, lock_head
from app.audit.seal import SEAL_SUBJECT
from app.clock import Clock
from app.db.engine import Database
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.models.audit import AuditEvent, AuditValues


def erase_values(work: UnitOfWork, keys: KeyStore, clock: Clock, actor: Actor, subject_key: str) -> int:
    """Delete everything personal that the trail holds on a subject so far, and say so in the trail.

    Returns how many values went. To be called last in its unit: it locks the head of the chain. Once the unit is
    committed, `destroy_unused_keys` destroys the key as well.
    """
    through = lock_head(work.session).seq
    gone = _delete(work, AuditValues.subject == subject_key, AuditValues.seq <= through)
    kind, _, subject_id = subject_key.partition("-")
    append(
        work,
        keys,
        clock,
        actor,
        Action.VALUES_ERASED,
        subject_kind=kind,
        subject_id=subject_id,
        detail={"subject_key": subject_key, "through_seq": through, "values": gone},
    )
    return gone


def expire_origins(work: UnitOfWork, keys: KeyStore, clock: Clock, actor: Actor, before: datetime) -> int:
    """Delete the network addresses of all events older than `before`, and say so; returns how many went.

    To be called last in its unit, like `erase_values`. Where nothing is old enough nothing is written.
    """
    lock_head(work.session)
    # The last of the entries that are all old: an entry behind a younger one waits for it.
    younger = work.session.scalar(select(func.min(AuditEvent.seq)).where(AuditEvent.at >= before))
    through = (younger or (work.session.scalar(select(func.max(AuditEvent.seq))) or 0) + 1) - 1
    gone = _delete(work, AuditValues.part == ORIGIN, AuditValues.seq <= through)
    if gone:
        append(
            work,
            keys,
            clock,
            actor,
            Action.ORIGINS_EXPIRED,
            subject_kind="trail",
            subject_id="origins",
            detail={"through_seq": through, "values": gone},
        )
    return gone


def destroy_unused_keys(database: Database, keys: KeyStore) -> tuple[str, ...]:
    """Destroy every key under which no value is held any more; returns the subjects whose key went.

    May be run at any time and again after a crash: a subject that appears anew gets a new key.
    """
    gone = []
    for subject in keys.subjects():
        if subject == SEAL_SUBJECT:
            continue
        with database.unit_of_work() as work:
            # Under the lock nobody writes a value with the key that is about to go.
            lock_head(work.session)
            held = work.session.scalar(select(exists().where(AuditValues.subject == subject)))
            if not held and keys.destroy(subject):
                gone.append(subject)
    return tuple(gone)


def _delete(work: UnitOfWork, *which: ColumnElement[bool]) -> int:
    result = work.session.execute(delete(AuditValues).where(*which), execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)  # noqa: S101  what a DELETE gives; narrows the type
    return result.rowcount
