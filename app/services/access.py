"""Authorisation, asked by each use case before it begins, and the note that staff read what is personal."""

from app.audit.events import Action
from app.domain.actors import STAFF_ROLES, Actor, Role
from app.domain.permissions import Permission, permitted_to
from app.errors import NotAllowed, NotFound
from app.services.system import System


def authorise(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless the actor holds the permission, by their role and by what they are in their account."""
    if not permitted_to(actor, permission):
        raise NotAllowed(f"{actor.name} ({actor.account_role or actor.role}) may not {permission}")


def authorise_account(actor: Actor, permission: Permission, account_id: int) -> None:
    """As `authorise`, and a customer reaches their own account alone: another's is not found rather than forbidden."""
    authorise(actor, permission)
    if actor.role is Role.CUSTOMER and actor.account_id != account_id:
        raise NotFound("there is no such thing in your account")


def note_reading(system: System, actor: Actor, purpose: str, subject: tuple[str, int | str], records: int = 1) -> None:
    """Put into the trail that a member of staff read personal data (A1); a customer's own reading is not noted."""
    if actor.role not in STAFF_ROLES or not records:
        return
    with system.database.unit_of_work() as work:
        detail = {"purpose": purpose, "records": records}
        system.record(work, actor, Action.PERSONAL_DATA_READ, subject, detail)
        work.commit()
