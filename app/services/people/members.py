"""An account's people: invited, given another role, removed; an owner always stays."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from app.audit.events import Action
from app.domain.actors import AccountRole, Actor
from app.domain.people import Ended
from app.domain.permissions import Permission
from app.models.accounts import User
from app.models.people import SecondFactor
from app.services.access import authorise_account, note_reading
from app.services.people.acting import check_an_owner_stays, lock_account, member_of
from app.services.people.links import revoke_invitations_by
from app.services.people.removal import remove_user
from app.services.people.sessions import end_sessions_of, last_log_in
from app.services.system import System


@dataclass(frozen=True)
class Member:
    """One of an account's people."""

    id: int
    email: str
    name: str
    account_role: AccountRole
    second_factor: bool
    created_at: datetime
    last_log_in: datetime | None = None


def list_members(system: System, actor: Actor, account_id: int) -> list[Member]:
    """Return an account's people, the first first."""
    authorise_account(actor, Permission.SEE_PEOPLE, account_id)
    with_factor = exists().where(SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None))
    query = (
        select(User, with_factor, last_log_in())
        .where(User.account_id == account_id, User.removed_at.is_(None))
        .order_by(User.id)
    )
    with system.database.reading() as look:
        found = [
            Member(
                user.id, user.email, user.name, user.account_role or AccountRole.VIEWER, factor, user.created_at, last
            )
            for user, factor, last in look.session.execute(query)
        ]
    note_reading(system, actor, "members", ("account", account_id), len(found))
    return found


def change_account_role(system: System, actor: Actor, account_id: int, user_id: int, role: AccountRole) -> None:
    """Give one of the account's people another role; their sessions end, so that none goes on with the old one.

    An owner may step down where another one stays (B11 otherwise).
    """
    authorise_account(actor, Permission.MANAGE_PEOPLE, account_id)
    with system.database.unit_of_work() as work:
        lock_account(work, actor, account_id)
        user = member_of(work, account_id, user_id)
        before = user.account_role
        if before is role:
            return
        if before is AccountRole.OWNER:
            check_an_owner_stays(work, account_id, user.id)
            revoke_invitations_by(work, user.id, system.clock.now())
        user.account_role = role
        detail = {"before": str(before), "after": str(role)}
        system.record(work, actor, Action.ROLE_CHANGED, ("user", user.id), detail)
        end_sessions_of(system, work, actor, user.id, Ended.ROLE)
        work.commit()


def remove_member(system: System, actor: Actor, account_id: int, user_id: int) -> None:
    """Take one of the account's people out, oneself too where another owner stays (B11 otherwise).

    Their sessions end and their address is free again; what they did stays theirs in the trail.
    """
    authorise_account(actor, Permission.MANAGE_PEOPLE, account_id)
    with system.database.unit_of_work() as work:
        lock_account(work, actor, account_id)
        user = member_of(work, account_id, user_id)
        if user.account_role is AccountRole.OWNER:
            check_an_owner_stays(work, account_id, user.id)
        remove_user(system, work, actor, user)
        work.commit()
