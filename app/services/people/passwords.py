"""A new password: by one who knows the old one, or who reads the mail of the address."""

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor, Role
from app.domain.people import Ended, LinkKind, MailKind
from app.domain.permissions import Permission
from app.errors import NotAllowed, Refused
from app.models.accounts import Account, User
from app.services.access import authorise
from app.services.accounts import Person, person_of
from app.services.locations.judgement import as_problem
from app.services.people.acting import ALONE, own_id, own_row
from app.services.people.known_devices import forget_devices, remember_device
from app.services.people.links import LinkSpent, find_link, make_link, revoke_links, use_link
from app.services.people.mail import put_mail
from app.services.people.mail_pace import may_mail, note_mail_read
from app.services.people.own_password import check_own_password
from app.services.people.secrets import SecretRing
from app.services.people.sessions import end_sessions_of
from app.services.people.signing_up import accepted_hash
from app.services.people.throttle import Slowed, counter, forget
from app.services.people.visits import Visit
from app.services.system import System
from validators.business import check_email


def change_password(system: System, actor: Actor, old: str, new: str, session_id: int | None = None) -> None:
    """Change the actor's own password; all their sessions end but `session_id`, and they are told by mail.

    Refused with every finding at once: the old one is not right (B12), what stands against the new one (B05, B09).
    """
    authorise(actor, Permission.OWN_LOG_IN)
    kept = check_own_password(system, actor, old)
    new_hash = accepted_hash(new, _words_of(system, own_id(actor)))
    with system.database.unit_of_work() as work:
        user = own_row(work, actor)
        if user.password_hash != kept:
            raise NotAllowed(f"{actor.name} has changed the password elsewhere just now")
        _put(system, work, actor, user, new_hash, "old-password", session_id)
        work.commit()


def ask_reset(system: System, email: str, visit: Visit) -> None:
    """Have a link for a new password mailed, where the address has a log-in.

    The answer and the work are the same where it has none: who it is, is looked up when the mail is written. Refused
    (B03) where this is no e-mail address at all.
    """
    checked = check_email(email, demo=system.settings.demo)
    if checked.value is None:
        raise Refused([as_problem(finding) for finding in checked.findings])
    address, now = checked.value, system.clock.now()
    actor = Actor("web", Role.CUSTOMER, origin=visit.address)
    with system.database.unit_of_work() as work:
        if may_mail(system, work, address, visit):
            link = make_link(work, LinkKind.RESET, address, now)
            put_mail(work, MailKind.RESET, address, now, link)
            system.record(work, actor, Action.PASSWORD_RESET_ASKED, ("reset", link.id), {"link_id": link.id})
        work.commit()


def is_reset_good(system: System, token: str) -> bool:
    """Say whether a link for a new password is good, for the page that asks for it."""
    with system.database.reading() as look:
        return find_link(look, LinkKind.RESET, token, system.clock.now()) is not None


def reset_password(system: System, token: str, new: str, visit: Visit) -> tuple[Person, str]:
    """Choose a new password by a link; return the person, and the token by which this device is known from now on.

    All sessions end, all devices known before are known no more, and this one passes where guesses have slowed others
    down. A second factor stays what it was. Refused with what stands against the password, or as LinkSpent; the link is
    used up only where all is right.
    """
    now = system.clock.now()
    with system.database.reading() as look:
        waiting = find_link(look, LinkKind.RESET, token, now)
        if waiting is None or waiting.user_id is None:
            raise LinkSpent
        user_id = waiting.user_id
    new_hash = accepted_hash(new, _words_of(system, user_id))
    with system.database.unit_of_work() as work:
        # The person before the link: whoever removes one locks them in that order too.
        user = work.session.get_one(User, user_id, with_for_update=ALONE)
        note_mail_read(system, work, use_link(work, LinkKind.RESET, token, now).email)
        if user.removed_at is not None:
            raise LinkSpent
        person = person_of(work, user)
        _put(system, work, person.actor(visit.address), user, new_hash, "link", None)
        forget_devices(work, user.id)
        device = remember_device(work, user.id, now)
        ring = SecretRing(system.settings.key_dir)
        forget(work, [counter(ring, Slowed.NAME, user.email_key), counter(ring, Slowed.OWN, user.id)])
        work.commit()
    return person, device


def _put(system: System, work: UnitOfWork, actor: Actor, user: User, new_hash: str, how: str, but: int | None) -> None:
    now = system.clock.now()
    user.password_hash = new_hash
    revoke_links(work, user.id, now, LinkKind.RESET, LinkKind.NEW_EMAIL)
    system.record(work, actor, Action.PASSWORD_CHANGED, ("user", user.id), {"how": how})
    end_sessions_of(system, work, actor, user.id, Ended.PASSWORD, but=but)
    put_mail(work, MailKind.PASSWORD_CHANGED, user.email, now, at=now.isoformat())


def _words_of(system: System, user_id: int) -> list[str]:
    """Return the names that an attacker would try first."""
    with system.database.reading() as look:
        user = look.session.get(User, user_id)
        if user is None:
            return []
        account = None if user.account_id is None else look.session.get(Account, user.account_id)
        return [user.email, user.name, "" if account is None else account.name]
