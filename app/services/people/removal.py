"""What goes with a person who is removed, and what stays: the row, since others point at it."""

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.people import Ended, LinkKind
from app.models.accounts import ApiKey, User
from app.services.people.codes import drop_second_factor
from app.services.people.known_devices import forget_devices
from app.services.people.links import revoke_invitations_by, revoke_links
from app.services.people.sessions import end_sessions_of
from app.services.system import System


def remove_user(system: System, work: UnitOfWork, actor: Actor, user: User) -> None:
    """Take a person's log-in, address and name away in the caller's unit; the trail keeps the address, erasably.

    The keys that they made and the invitations that they sent end with it: they know the ones and gave the others.
    """
    now = system.clock.now()
    system.record(
        work,
        actor,
        Action.USER_REMOVED,
        ("user", user.id),
        {},
        values={"email": user.email, "name": user.name},
        account_id=user.account_id,
    )
    end_sessions_of(system, work, actor, user.id, Ended.REMOVED)
    revoke_links(work, user.id, now, *LinkKind)
    revoke_invitations_by(work, user.id, now)
    _revoke_keys(system, work, actor, user.id)
    forget_devices(work, user.id)
    drop_second_factor(work, user.id)
    # An address that no mail reaches (RFC 2606) and nobody else can have.
    user.email, user.name, user.password_hash, user.removed_at = f"removed-{user.id}@removed.invalid", "", "", now
    work.session.flush()


def _revoke_keys(system: System, work: UnitOfWork, actor: Actor, user_id: int) -> None:
    theirs = select(ApiKey).where(ApiKey.maker_id == user_id, ApiKey.revoked_at.is_(None)).with_for_update()
    for key in work.session.scalars(theirs):
        key.revoked_at = system.clock.now()
        subject = ("account", key.account_id) if key.account_id is not None else ("user", user_id)
        system.record(work, actor, Action.API_KEY_REVOKED, subject, {"key_id": key.id})
