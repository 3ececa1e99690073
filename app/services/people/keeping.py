"""How long what lies at the door is kept: links, mails, sessions, failures, the access log."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, null, or_, update

from app.audit.erasure import expire_origins
from app.domain.actors import SCHEDULER
from app.domain.people import LinkKind
from app.models.audit import AuditValues
from app.models.people import AccessEntry, KnownDevice, OneTimeLink, Throttle, UserSession, WaitingMail
from app.services.people.known_devices import KNOWN_FOR
from app.services.people.throttle import FORGOTTEN_AFTER
from app.services.system import System

# Long enough to answer a question about a mail that did not come.
LINKS_KEPT = timedelta(days=30)
# Asked for again within two days, and then good for one more.
SIGN_UP_ENDS = timedelta(days=3)


def expire_people(system: System) -> dict[str, int]:
    """Delete what is past its time and return how many rows of each table went; may be run as often as wanted.

    Addresses from which somebody came go after one time everywhere: with the access log, with the sessions that ended
    so long ago, and out of the trail, which says that they went.
    """
    now = system.clock.now()
    old = now - system.settings.access_retention
    ended = now - max(system.settings.access_retention, system.settings.session_limit)
    unsent = exists().where(WaitingMail.link_id == OneTimeLink.id)
    over = or_(OneTimeLink.used_at.is_not(None), OneTimeLink.revoked_at.is_not(None), OneTimeLink.expires_at < now)
    past: list[tuple[type[Any], list[ColumnElement[bool]]]] = [
        (AccessEntry, [AccessEntry.last_at < old]),
        (UserSession, [UserSession.last_seen_at < ended]),
        (KnownDevice, [KnownDevice.last_seen_at < now - KNOWN_FOR]),
        (WaitingMail, [WaitingMail.done_at < now - LINKS_KEPT]),
        (OneTimeLink, [over, OneTimeLink.created_at < now - LINKS_KEPT, ~unsent]),
        (Throttle, [Throttle.last_at < now - FORGOTTEN_AFTER]),
    ]
    gone = {}
    with system.database.unit_of_work() as work:
        for row, which in past:
            key = row.__mapper__.primary_key[0]
            chosen = delete(row).where(*which).returning(key).execution_options(synchronize_session=False)
            gone[row.__tablename__] = len(work.session.scalars(chosen).all())
        # What a business typed and nobody confirmed is held no longer than it can be confirmed.
        unconfirmed = update(OneTimeLink).where(
            OneTimeLink.kind == LinkKind.SIGN_UP,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.created_at < now - SIGN_UP_ENDS,
        )
        work.session.execute(unconfirmed.values(particulars=null(), email="", revoked_at=now))
        # Last: it holds the head of the trail until the end of the unit.
        gone[AuditValues.__tablename__] = expire_origins(work, system.keys, system.clock, SCHEDULER, old)
        work.commit()
    return gone
