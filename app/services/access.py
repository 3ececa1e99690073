"""Authorisation, asked by each use case before it opens a unit of work."""

from app.domain.actors import Actor, Role
from app.domain.permissions import Permission, permitted
from app.errors import NotAllowed, NotFound


def authorise(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless the actor's role holds the permission."""
    if not permitted(actor.role, permission):
        raise NotAllowed(f"{actor.name} ({actor.role}) may not {permission}")


def authorise_account(actor: Actor, permission: Permission, account_id: int) -> None:
    """As `authorise`, and a customer reaches their own account alone: another's is not found rather than forbidden."""
    authorise(actor, permission)
    if actor.role is Role.CUSTOMER and actor.account_id != account_id:
        raise NotFound("there is no such thing in your account")
