"""A new member of staff: added by an administrator, who never knows the password; the mail's link asks for one."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.events import Action
from app.domain.actors import STAFF_ROLES, Actor, Role
from app.domain.people import LinkKind, MailKind, email_key
from app.domain.permissions import Permission
from app.errors import NotAllowed, Problem, Refused
from app.models.accounts import User
from app.services.access import authorise
from app.services.locations.judgement import as_problem
from app.services.people.acting import own_row
from app.services.people.links import make_link
from app.services.people.mail import put_mail
from app.services.people.signing_up import email_taken
from app.services.system import System
from validators.business import check_email


def add_staff(system: System, actor: Actor, email: str, role: Role) -> int:
    """Add a member of staff, have a link mailed by which they choose a password, and return their id.

    Until then nobody can log in as them. Where the link has grown too old they ask for another as whoever forgot the
    password does. Refused with every reason at once (B03, B04, B06).
    """
    authorise(actor, Permission.CHANGE_STAFF)
    checked = check_email(email, demo=system.settings.demo)
    problems = [as_problem(finding) for finding in checked.findings]
    if role not in STAFF_ROLES:
        problems.append(Problem("B06", "role", "error", "This is no role of staff."))
    if problems or checked.value is None:
        raise Refused(problems)
    address, now = checked.value, system.clock.now()
    try:
        with system.database.unit_of_work() as work:
            if own_row(work, actor).role is not Role.ADMINISTRATOR:
                raise NotAllowed(f"{actor.name} is no administrator any more")
            if work.session.scalar(select(User.id).where(User.email_key == email_key(address))) is not None:
                raise email_taken()
            user = User(email=address, password_hash="", role=role, created_at=now)
            work.session.add(user)
            work.session.flush()
            link = make_link(work, LinkKind.RESET, address, now, user_id=user.id, made_by=actor.user_id)
            put_mail(work, MailKind.STAFF, address, now, link, role=str(role))
            detail = {"role": str(role), "account_id": None}
            system.record(work, actor, Action.USER_ADDED, ("user", user.id), detail)
            work.commit()
            return user.id
    except IntegrityError:
        raise email_taken() from None
