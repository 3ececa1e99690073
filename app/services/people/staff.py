"""Staff: listed, given another role, removed; by administrators, and never by oneself (U7)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import STAFF_ROLES, Actor, Role
from app.domain.people import Ended
from app.domain.permissions import Permission
from app.errors import NotAllowed, NotFound, Problem, Refused
from app.models.accounts import User
from app.models.people import SecondFactor
from app.services.access import authorise
from app.services.people.acting import own_id
from app.services.people.removal import remove_user
from app.services.people.sessions import end_sessions_of, last_log_in
from app.services.system import System


@dataclass(frozen=True)
class StaffLine:
    """A member of staff."""

    id: int
    email: str
    role: Role
    second_factor: bool
    created_at: datetime
    last_log_in: datetime | None = None


def list_staff(system: System, actor: Actor) -> list[StaffLine]:
    """Return everybody of staff, the first first."""
    authorise(actor, Permission.MANAGE_USERS)
    with_factor = exists().where(SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None))
    query = (
        select(User, with_factor, last_log_in())
        .where(User.account_id.is_(None), User.removed_at.is_(None))
        .order_by(User.id)
    )
    with system.database.reading() as look:
        return [
            StaffLine(user.id, user.email, user.role, factor, user.created_at, last)
            for user, factor, last in look.session.execute(query)
        ]


def change_staff_role(system: System, actor: Actor, user_id: int, role: Role) -> None:
    """Give a member of staff another role; their sessions end."""
    authorise(actor, Permission.CHANGE_STAFF)
    if role not in STAFF_ROLES:
        raise Refused([Problem("B06", "role", "error", "This is no role of staff.")])
    with system.database.unit_of_work() as work:
        user = _another(work, actor, user_id)
        if user.role is role:
            return
        detail = {"before": str(user.role), "after": str(role)}
        user.role = role
        system.record(work, actor, Action.ROLE_CHANGED, ("user", user.id), detail)
        end_sessions_of(system, work, actor, user.id, Ended.ROLE)
        work.commit()


def remove_staff(system: System, actor: Actor, user_id: int) -> None:
    """Take a member of staff out; what they did stays theirs in the trail."""
    authorise(actor, Permission.CHANGE_STAFF)
    with system.database.unit_of_work() as work:
        remove_user(system, work, actor, _another(work, actor, user_id))
        work.commit()


def _another(work: UnitOfWork, actor: Actor, user_id: int) -> User:
    """Return a member of staff who is not the one that acts, and make sure that the latter still may.

    Both rows are locked in one order: of two administrators who remove each other at once, one is left.
    """
    mine = own_id(actor)
    if mine == user_id:
        raise NotAllowed("nobody changes their own role: another administrator does")
    rows = work.session.scalars(
        select(User).where(User.id.in_([mine, user_id])).order_by(User.id).with_for_update(key_share=True)
    )
    found = {user.id: user for user in rows if user.removed_at is None}
    if mine not in found or found[mine].role is not Role.ADMINISTRATOR:
        raise NotAllowed(f"{actor.name} is no administrator any more")
    if user_id not in found or found[user_id].role not in STAFF_ROLES:
        raise NotFound("there is no such member of staff")
    return found[user_id]
