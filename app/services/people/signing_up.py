"""Signing up: what a business gives of itself waits until somebody who reads its mail confirms it.

Nothing is opened before, and the password is chosen then: so nobody can open an account in another's name and wait
inside for them. The answer is the same, and takes the same work, whether the address has a log-in or not.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from math import ceil

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import AccountRole, Actor, Role
from app.domain.people import LinkKind, MailKind, email_key
from app.errors import NotFound, Problem, Refused
from app.models.accounts import Account, User
from app.models.people import OneTimeLink
from app.services.accounts import Person, person_of
from app.services.people.links import LinkSpent, find_link, make_link, use_link
from app.services.people.mail import put_mail
from app.services.people.mail_pace import may_mail, note_mail_read
from app.services.people.particulars import Particulars, check_particulars
from app.services.people.password_hashes import hash_password
from app.services.people.password_rules import check_password, words_of
from app.services.people.secrets import SecretRing
from app.services.people.throttle import NOTHING, Slowed, count, counter, hold
from app.services.people.tokens import digest_of, new_token
from app.services.people.visits import Visit
from app.services.system import System

# A sign-up that nobody confirms goes with its data.
ASKED_AGAIN_WITHIN = timedelta(days=2)


def sign_up(system: System, typed: Particulars, visit: Visit) -> str:
    """Let a sign-up wait for its confirmation and return the handle by which its mail can be sent again.

    Refused with every finding at once. Whether the address has a log-in is told to its reader alone, by mail.
    """
    checked = check_particulars(typed, demo=system.settings.demo)
    if checked.problems:
        raise Refused(checked.problems)
    handle, now, email = new_token(), system.clock.now(), checked.particulars.email
    with system.database.unit_of_work() as work:
        _count(system, work, visit)
        link = make_link(
            work,
            LinkKind.SIGN_UP,
            email,
            now,
            handle=digest_of(handle),
            particulars=asdict(checked.particulars),
        )
        _mail(system, work, link, visit)
        system.record(work, _visitor(visit), Action.SIGN_UP_ASKED, ("sign-up", link.id), {"link_id": link.id})
        work.commit()
    return handle


def send_confirmation_again(system: System, handle: str, visit: Visit) -> None:
    """Have the mail of a sign-up sent again, with a new link; the one before is good no more once it is written.

    NotFound where there is no such sign-up, or it was confirmed, or is two days old.
    """
    with system.database.unit_of_work() as work:
        link = work.session.scalars(
            select(OneTimeLink)
            .where(
                OneTimeLink.handle == digest_of(handle),
                OneTimeLink.kind == LinkKind.SIGN_UP,
                OneTimeLink.used_at.is_(None),
                OneTimeLink.created_at > system.clock.now() - ASKED_AGAIN_WITHIN,
            )
            .with_for_update()
        ).one_or_none()
        if link is None:
            raise NotFound("there is no sign-up that waits")
        _mail(system, work, link, visit)
        work.commit()


def see_sign_up(system: System, token: str) -> Particulars | None:
    """Return what a link would confirm, for the page that asks for the password; None where it is not good."""
    with system.database.reading() as look:
        link = find_link(look, LinkKind.SIGN_UP, token, system.clock.now())
        return None if link is None else Particulars(**(link.particulars or {}))


def confirm_sign_up(system: System, token: str, password: str, visit: Visit) -> Person:
    """Open the account with its first user, who owns it and logs in with `password` from now on.

    Refused with what is wrong with the password, or as LinkSpent; the link is used up only where all is right.
    """
    particulars = see_sign_up(system, token)
    if particulars is None:
        raise LinkSpent
    kept = accepted_hash(password, asdict(particulars).values())
    try:
        with system.database.unit_of_work() as work:
            link = use_link(work, LinkKind.SIGN_UP, token, system.clock.now())
            account = _open_account(system, work, Particulars(**(link.particulars or {})), visit)
            note_mail_read(system, work, link.email)
            # What was typed lies in the account now.
            link.particulars = None
            user = add_person(
                system,
                work,
                account,
                email=account.email,
                name=account.contact_name,
                account_role=AccountRole.OWNER,
                password_hash=kept,
                visit=visit,
            )
            person = person_of(work, user)
            work.commit()
    except IntegrityError:
        # Two sign-ups of one address, confirmed at once.
        raise email_taken() from None
    return person


def accepted_hash(password: str, own_words: Iterable[str]) -> str:
    """Return the hash of a new password; Refused with what stands against it."""
    problems = check_password(password, words_of(*own_words))
    if problems:
        raise Refused(problems)
    return hash_password(password)


def add_person(
    system: System,
    work: UnitOfWork,
    account: Account,
    *,
    email: str,
    name: str,
    account_role: AccountRole,
    password_hash: str,
    visit: Visit,
) -> User:
    """Add a person to an account in the caller's unit; Refused (B04) where the address has a log-in."""
    if work.session.scalar(select(User.id).where(User.email_key == email_key(email))) is not None:
        raise email_taken()
    user = User(
        email=email,
        name=name,
        password_hash=password_hash,
        role=Role.CUSTOMER,
        account_id=account.id,
        account_role=account_role,
        created_at=system.clock.now(),
    )
    work.session.add(user)
    work.session.flush()
    actor = Actor(email, Role.CUSTOMER, account.id, user.id, visit.address, account_role)
    values = {"email": email, "name": name}
    detail = {"role": str(Role.CUSTOMER), "account_id": account.id}
    system.record(work, actor, Action.USER_ADDED, ("user", user.id), detail, values=values, account_id=account.id)
    return user


def email_taken() -> Refused:
    """Return what is said to one who holds a link and so reads the mail of the address."""
    return Refused([Problem("B04", "email", "error", "This e-mail address has a log-in already.")])


def _open_account(system: System, work: UnitOfWork, particulars: Particulars, visit: Visit) -> Account:
    account = Account(name=particulars.business_name, created_at=system.clock.now())
    particulars.put_into(account)
    work.session.add(account)
    work.session.flush()
    system.record(
        work,
        _visitor(visit),
        Action.ACCOUNT_OPENED,
        ("account", account.id),
        {},
        values=asdict(particulars),
        account_id=account.id,
    )
    return account


def _count(system: System, work: UnitOfWork, visit: Visit) -> None:
    """Count a sign-up; Refused (B14) where too many came from that address just now."""
    counters, now = [counter(SecretRing(system.settings.key_dir), Slowed.SIGN_UP, visit.source)], system.clock.now()
    wait = hold(work, counters, now)
    if wait > NOTHING:
        minutes = ceil(wait.total_seconds() / 60)
        message = f"Many sign-ups came from your network just now. Wait {minutes} minute{'' if minutes == 1 else 's'}."
        raise Refused([Problem("B14", "", "error", message)])
    count(work, counters, now)


def _mail(system: System, work: UnitOfWork, link: OneTimeLink, visit: Visit) -> None:
    if may_mail(system, work, link.email, visit):
        put_mail(work, MailKind.SIGN_UP, link.email, system.clock.now(), link)


def _visitor(visit: Visit) -> Actor:
    return Actor("web", Role.CUSTOMER, origin=visit.address)
