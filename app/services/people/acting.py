"""Who acts, asked of the database and not of their session alone: they may have lost their role a moment ago."""

from sqlalchemy import func, select
from sqlalchemy.sql.selectable import ForUpdateArg

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import AccountRole, Actor, Role
from app.errors import NotAllowed, NotFound, Problem, Refused
from app.models.accounts import Account, User

# FOR NO KEY UPDATE: whoever only points at the row, as an entry of the access log does, need not wait.
ALONE = ForUpdateArg(key_share=True)


def own_id(actor: Actor) -> int:
    """Return the id of the person who acts; NotAllowed for a program, which has no log-in."""
    if actor.user_id is None:
        raise NotAllowed(f"{actor.name} is no person with a log-in")
    return actor.user_id


def own_row(work: UnitOfWork, actor: Actor) -> User:
    """Return the row of the person who acts, locked; NotAllowed where they were removed."""
    user = work.session.get(User, own_id(actor), with_for_update=ALONE)
    if user is None or user.removed_at is not None or user.role != actor.role:
        raise NotAllowed(f"{actor.name} has no log-in any more")
    return user


def lock_account(work: UnitOfWork, actor: Actor, account_id: int) -> Account:
    """Return the account, locked, so that whoever changes its people does so alone.

    NotAllowed unless the one who acts is still an owner of it, or an administrator.
    """
    account = work.session.get(Account, account_id, with_for_update=ALONE)
    if account is None:
        raise NotFound("there is no such account")
    acting = own_row(work, actor)
    owns = acting.account_id == account_id and acting.account_role is AccountRole.OWNER
    if not owns and acting.role is not Role.ADMINISTRATOR:
        raise NotAllowed(f"{actor.name} is not an owner of the account")
    return account


def member_of(work: UnitOfWork, account_id: int, user_id: int) -> User:
    """Return one of the account's people, locked; NotFound where they are of another account, or were removed."""
    user = work.session.get(User, user_id, with_for_update=ALONE)
    if user is None or user.account_id != account_id or user.removed_at is not None:
        raise NotFound("there is no such person in the account")
    return user


def check_an_owner_stays(work: UnitOfWork, account_id: int, leaving: int) -> None:
    """Raise Refused (B11) where nobody else owns the account; call it with the account locked."""
    others = select(func.count()).where(
        User.account_id == account_id,
        User.account_role == AccountRole.OWNER,
        User.removed_at.is_(None),
        User.id != leaving,
    )
    if not work.session.scalar(others):
        message = "An account keeps at least one owner: make somebody else an owner first."
        raise Refused([Problem("B11", "account_role", "error", message)])
