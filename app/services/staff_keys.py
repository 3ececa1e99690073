"""Keys of members of staff: each acts with its person's role, within its scopes, and goes when the person goes."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select

from app.audit.events import Action
from app.domain.actors import STAFF_ROLES, Actor
from app.domain.permissions import Permission, permitted_to
from app.errors import NotAllowed, NotFound, Refused
from app.models.accounts import ApiKey
from app.services.access import authorise
from app.services.api_keys import KeyLine, MadeKey, digest_of, fresh_key, of_name, of_scopes
from app.services.people.acting import own_id, own_row
from app.services.system import System


class StaffScope(StrEnum):
    """What a key of staff may be used for."""

    FILES_READ = "files:read"
    FILES_WRITE = "files:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"


NEEDED: dict[StaffScope, Permission] = {
    StaffScope.FILES_READ: Permission.SEE_FILES,
    StaffScope.FILES_WRITE: Permission.RUN_EXPORT,
    StaffScope.CASES_READ: Permission.WORK_CASES,
    StaffScope.CASES_WRITE: Permission.WORK_CASES,
}


def staff_scopes_of(actor: Actor) -> tuple[StaffScope, ...]:
    """Return the scopes that are of use to a member of staff."""
    return tuple(scope for scope in StaffScope if permitted_to(actor, NEEDED[scope]))


def make_staff_key(system: System, actor: Actor, name: str, scopes: Sequence[str]) -> MadeKey:
    """Make a key for the member of staff who acts; Refused with every reason at once."""
    _authorise(actor)
    problems = [*of_name(name.strip()), *of_scopes(scopes, staff_scopes_of(actor))]
    if problems:
        raise Refused(problems)
    prefix, key = fresh_key()
    with system.database.unit_of_work() as work:
        user = own_row(work, actor)
        row = ApiKey(
            user_id=user.id,
            name=name.strip(),
            prefix=prefix,
            digest=digest_of(key),
            scopes=sorted(set(scopes)),
            made_by=actor.name,
            created_at=system.clock.now(),
        )
        work.session.add(row)
        work.session.flush()
        made = MadeKey(row.id, key, prefix)
        system.record(work, actor, Action.API_KEY_MADE, ("user", user.id), {"key_id": row.id})
        work.commit()
    return made


def list_staff_keys(system: System, actor: Actor) -> list[KeyLine]:
    """Return the keys of the member of staff who acts, the newest first; revoked ones too."""
    _authorise(actor)
    with system.database.reading() as look:
        keys = look.session.scalars(select(ApiKey).where(ApiKey.user_id == own_id(actor)).order_by(ApiKey.id.desc()))
        return [
            KeyLine(
                key.id,
                None,
                actor.name,
                key.name,
                key.prefix,
                tuple(key.scopes),
                key.made_by,
                key.created_at,
                key.last_used_at,
                key.revoked_at,
            )
            for key in keys
        ]


def revoke_staff_key(system: System, actor: Actor, key_id: int) -> None:
    """End a key of the member of staff who acts, or of anybody's for an administrator; NotFound for another's."""
    _authorise(actor)
    with system.database.unit_of_work() as work:
        key = work.session.get(ApiKey, key_id, with_for_update=True)
        others = permitted_to(actor, Permission.CHANGE_STAFF)
        if key is None or key.user_id is None or (key.user_id != actor.user_id and not others):
            raise NotFound("there is no such key")
        if key.revoked_at is None:
            key.revoked_at = system.clock.now()
            system.record(work, actor, Action.API_KEY_REVOKED, ("user", key.user_id), {"key_id": key.id})
        work.commit()


def _authorise(actor: Actor) -> None:
    """A member of staff with a log-in of their own; a program makes no keys."""
    authorise(actor, Permission.OWN_LOG_IN)
    if actor.role not in STAFF_ROLES or actor.key_id is not None:
        raise NotAllowed(f"{actor.name} cannot have keys of staff")
