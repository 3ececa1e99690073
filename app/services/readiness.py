"""Whether the service can do its work: what a load balancer and a monitor ask."""

from dataclasses import dataclass

from sqlalchemy import select

from app.audit.keys import KeyStore
from app.errors import AppError
from app.models.audit import AuditHead
from app.models.exports import NightRun
from app.services.system import System


@dataclass(frozen=True)
class Readiness:
    """`last_export` is the date of the last night that finished; `audit_events` how long the trail is."""

    ready: bool
    database: str
    last_export: str | None
    audit_events: int | None
    keys: str


def readiness(system: System) -> Readiness:
    """Ask the database and the keys; a database that is away is an answer, not an error."""
    keys = "found" if system.settings.key_dir.is_dir() and isinstance(system.keys, KeyStore) else "missing"
    try:
        with system.database.reading() as look:
            head = look.session.get(AuditHead, 1)
            night = select(NightRun.run_date).where(NightRun.finished_at.is_not(None))
            last = look.session.scalar(night.order_by(NightRun.run_date.desc()).limit(1))
    except AppError as away:
        return Readiness(ready=False, database=away.code, last_export=None, audit_events=None, keys=keys)
    return Readiness(
        ready=keys == "found" and head is not None,
        database="reached",
        last_export=None if last is None else last.isoformat(),
        audit_events=None if head is None else head.seq,
        keys=keys,
    )
