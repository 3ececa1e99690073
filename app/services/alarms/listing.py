"""Alarms for people: what stands, and what has been."""

from typing import Any

from sqlalchemy import select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.alarms import Channel
from app.domain.permissions import Permission
from app.models.alarms import Alarm, AlarmTelling
from app.services.access import authorise
from app.services.system import System


def list_alarms(system: System, actor: Actor, cleared: bool = False) -> list[dict[str, Any]]:
    """Return the alarms that stand, newest first; those that are over too where asked for.

    `mailed_at` and `posted_at` are when the last message got through, `mail_fault` and `post_fault` why one did not.
    """
    authorise(actor, Permission.SEE_ALARMS)
    query = select(Alarm).order_by(Alarm.id.desc())
    with system.database.reading() as look:
        alarms = look.session.scalars(query if cleared else query.where(Alarm.cleared_at.is_(None))).all()
        told = _tellings(look, cleared=cleared)
    return [
        {
            "kind": str(alarm.kind),
            "subject": alarm.subject,
            "text": alarm.text,
            "raised_at": alarm.raised_at.isoformat(),
            "cleared_at": alarm.cleared_at and alarm.cleared_at.isoformat(),
            **_told("mailed_at", "mail_fault", told.get((alarm.id, Channel.MAIL))),
            **_told("posted_at", "post_fault", told.get((alarm.id, Channel.WEBHOOK))),
        }
        for alarm in alarms
    ]


def _tellings(look: Reading, *, cleared: bool) -> dict[tuple[int, Channel], AlarmTelling]:
    query = select(AlarmTelling)
    if not cleared:
        query = query.join(Alarm, Alarm.id == AlarmTelling.alarm_id).where(Alarm.cleared_at.is_(None))
    return {(telling.alarm_id, telling.channel): telling for telling in look.session.scalars(query)}


def _told(at: str, fault: str, telling: AlarmTelling | None) -> dict[str, Any]:
    if telling is None:
        return {at: None, fault: ""}
    return {at: telling.told_at and telling.told_at.isoformat(), fault: telling.fault}
