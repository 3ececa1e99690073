"""Another e-mail address to log in with: confirmed at the new one, told of at the old one."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.events import Action
from app.domain.actors import Actor
from app.domain.people import Ended, LinkKind, MailKind, email_key
from app.domain.permissions import Permission
from app.errors import Refused
from app.models.accounts import User
from app.services.access import authorise
from app.services.accounts import Person, person_of
from app.services.locations.judgement import as_problem
from app.services.people.acting import ALONE, own_row
from app.services.people.links import LinkSpent, find_link, make_link, revoke_links, use_link
from app.services.people.mail import put_mail
from app.services.people.mail_pace import may_mail, note_mail_read
from app.services.people.own_password import check_own_password
from app.services.people.sessions import end_sessions_of
from app.services.people.signing_up import email_taken
from app.services.people.visits import Visit
from app.services.system import System
from validators.business import check_email


def ask_email_change(system: System, actor: Actor, email: str, password: str, visit: Visit) -> None:
    """Have a link mailed to the new address; until it is opened nothing changes. A later wish replaces the one before.

    Refused where the address cannot be used (B03) or the password is not right (B12); that the address has a log-in
    already is told to its reader alone.
    """
    authorise(actor, Permission.OWN_LOG_IN)
    checked = check_email(email, demo=system.settings.demo)
    if checked.value is None:
        raise Refused([as_problem(finding) for finding in checked.findings])
    check_own_password(system, actor, password)
    now = system.clock.now()
    with system.database.unit_of_work() as work:
        user = own_row(work, actor)
        revoke_links(work, user.id, now, LinkKind.NEW_EMAIL)
        link = make_link(work, LinkKind.NEW_EMAIL, checked.value, now, user_id=user.id)
        if may_mail(system, work, checked.value, visit):
            put_mail(work, MailKind.NEW_EMAIL, checked.value, now, link)
        system.record(work, actor, Action.EMAIL_CHANGE_ASKED, ("user", user.id), {"link_id": link.id})
        work.commit()


def see_email_change(system: System, token: str) -> str | None:
    """Return the new address that a link would confirm; None where it is not good."""
    with system.database.reading() as look:
        link = find_link(look, LinkKind.NEW_EMAIL, token, system.clock.now())
        return None if link is None else link.email


def confirm_email_change(system: System, token: str, visit: Visit, session_id: int | None = None) -> Person:
    """Log in with the new address from now on; the old one is told, and all sessions end but `session_id`."""
    now = system.clock.now()
    with system.database.reading() as look:
        waiting = find_link(look, LinkKind.NEW_EMAIL, token, now)
        if waiting is None or waiting.user_id is None:
            raise LinkSpent
        user_id = waiting.user_id
    try:
        with system.database.unit_of_work() as work:
            user = work.session.get_one(User, user_id, with_for_update=ALONE)
            link = use_link(work, LinkKind.NEW_EMAIL, token, now)
            note_mail_read(system, work, link.email)
            if user.removed_at is not None:
                raise LinkSpent
            taken = select(User.id).where(User.email_key == email_key(link.email), User.id != user.id)
            if work.session.scalar(taken) is not None:
                raise email_taken()
            before, user.email = user.email, link.email
            # Links that went to the old address are good no more.
            revoke_links(work, user.id, now, LinkKind.RESET)
            person = person_of(work, user)
            actor = person.actor(visit.address)
            values = {"before": before, "after": user.email}
            system.record(
                work,
                actor,
                Action.EMAIL_CHANGED,
                ("user", user.id),
                {},
                values=values,
                account_id=user.account_id,
            )
            end_sessions_of(system, work, actor, user.id, Ended.EMAIL, but=session_id)
            put_mail(work, MailKind.EMAIL_CHANGED, before, now, at=now.isoformat())
            work.commit()
    except IntegrityError:
        raise email_taken() from None
    return person
