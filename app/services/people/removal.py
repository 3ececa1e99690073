"""What goes with a person who is removed, and what stays: the row, since others point at it."""

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.people import Ended, LinkKind
from app.models.accounts import User
from app.services.people.codes import drop_second_factor
from app.services.people.known_devices import forget_devices
from app.services.people.links import revoke_links
from app.services.people.sessions import end_sessions_of
from app.services.system import System


def remove_user(system: System, work: UnitOfWork, actor: Actor, user: User) -> None:
    """Take a person's log-in, address and name away in the caller's unit; the trail keeps the address, erasably."""
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
    forget_devices(work, user.id)
    drop_second_factor(work, user.id)
    # An address that no mail reaches (RFC 2606) and nobody else can have.
    user.email, user.name, user.password_hash, user.removed_at = f"removed-{user.id}@removed.invalid", "", "", now
    work.session.flush()
