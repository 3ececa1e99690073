"""Inviting somebody into an account: a link by mail, good for a week, until it is accepted or withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import AccountRole, Actor
from app.domain.people import LinkKind, MailKind, email_key
from app.domain.permissions import Permission
from app.errors import NotFound, Problem, Refused
from app.models.accounts import Account, User
from app.models.people import OneTimeLink
from app.services.access import authorise_account
from app.services.accounts import Person, person_of
from app.services.locations.judgement import as_problem
from app.services.people.acting import lock_account, own_row
from app.services.people.links import GOOD_FOR, LinkSpent, find_link, make_link, use_link
from app.services.people.mail import put_mail
from app.services.people.mail_pace import may_mail, note_mail_read
from app.services.people.particulars import check_name
from app.services.people.signing_up import accepted_hash, add_person, email_taken
from app.services.people.visits import Visit
from app.services.system import System
from validators.business import check_email

MOST_WAITING = 50
IN_WORDS = {
    AccountRole.OWNER: "an owner, who may do everything",
    AccountRole.EDITOR: "an editor, who registers and changes addresses",
    AccountRole.VIEWER: "a viewer, who sees addresses",
}


@dataclass(frozen=True)
class Invitation:
    """An invitation that waits."""

    id: int
    email: str
    account_role: AccountRole
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Welcome:
    """What an invitation's page says before it is accepted."""

    email: str
    account_name: str
    account_role: AccountRole


def invite(system: System, actor: Actor, account_id: int, email: str, role: AccountRole) -> int:
    """Invite somebody and return the invitation's id; Refused with every reason at once.

    Whether the address has a log-in elsewhere is told to its reader alone.
    """
    authorise_account(actor, Permission.MANAGE_PEOPLE, account_id)
    checked = check_email(email, demo=system.settings.demo)
    if checked.value is None:
        raise Refused([as_problem(finding) for finding in checked.findings])
    now = system.clock.now()
    with system.database.unit_of_work() as work:
        account = lock_account(work, actor, account_id)
        waiting = work.session.scalars(select(OneTimeLink).where(*_waiting(account_id, now))).all()
        problems = _of_invitation(work, account_id, checked.value, waiting)
        if problems:
            raise Refused(problems)
        link = make_link(
            work,
            LinkKind.INVITATION,
            checked.value,
            now,
            account_id=account_id,
            account_role=role,
            made_by=actor.user_id,
        )
        link.expires_at = now + GOOD_FOR[LinkKind.INVITATION]
        _mail(system, work, actor, account, link)
        detail = {"link_id": link.id, "account_role": str(role)}
        values = {"email": link.email}
        subject = ("account", account_id)
        system.record(work, actor, Action.INVITATION_MADE, subject, detail, values=values, account_id=account_id)
        work.commit()
    return link.id


def list_invitations(system: System, actor: Actor, account_id: int) -> list[Invitation]:
    """Return the invitations that wait, the oldest first."""
    authorise_account(actor, Permission.SEE_PEOPLE, account_id)
    query = select(OneTimeLink).where(*_waiting(account_id, system.clock.now())).order_by(OneTimeLink.id)
    with system.database.reading() as look:
        return [
            Invitation(link.id, link.email, link.account_role or AccountRole.VIEWER, link.created_at, link.expires_at)
            for link in look.session.scalars(query)
        ]


def send_invitation_again(system: System, actor: Actor, account_id: int, invitation_id: int) -> None:
    """Have the mail sent again, with a new link that is good for another week."""
    authorise_account(actor, Permission.MANAGE_PEOPLE, account_id)
    with system.database.unit_of_work() as work:
        account = lock_account(work, actor, account_id)
        link = _one_waiting(system, work, account_id, invitation_id)
        _mail(system, work, actor, account, link)
        detail = {"link_id": link.id}
        system.record(work, actor, Action.INVITATION_SENT_AGAIN, ("account", account_id), detail)
        work.commit()


def revoke_invitation(system: System, actor: Actor, account_id: int, invitation_id: int) -> None:
    """Withdraw an invitation: its link is good no more. NotFound where it waits no longer."""
    authorise_account(actor, Permission.MANAGE_PEOPLE, account_id)
    with system.database.unit_of_work() as work:
        lock_account(work, actor, account_id)
        link = _one_waiting(system, work, account_id, invitation_id)
        link.revoked_at = system.clock.now()
        detail = {"link_id": link.id}
        system.record(work, actor, Action.INVITATION_REVOKED, ("account", account_id), detail)
        work.commit()


def see_invitation(system: System, token: str) -> Welcome | None:
    """Return what a link invites to; None where it is not good."""
    with system.database.reading() as look:
        link = find_link(look, LinkKind.INVITATION, token, system.clock.now())
        account = None if link is None else look.session.get(Account, link.account_id or 0)
        if link is None or account is None:
            return None
        return Welcome(link.email, account.name, link.account_role or AccountRole.VIEWER)


def accept_invitation(system: System, token: str, name: str, password: str, visit: Visit) -> Person:
    """Join the account; Refused with what is wrong with name and password, or as LinkSpent."""
    welcome = see_invitation(system, token)
    if welcome is None:
        raise LinkSpent
    problems = check_name("name", "Your name", name)
    try:
        kept = accepted_hash(password, [welcome.email, name, welcome.account_name])
    except Refused as refused:
        raise Refused([*problems, *refused.problems]) from None
    if problems:
        raise Refused(problems)
    try:
        with system.database.unit_of_work() as work:
            link = use_link(work, LinkKind.INVITATION, token, system.clock.now())
            note_mail_read(system, work, link.email)
            account = work.session.get_one(Account, link.account_id or 0)
            role = link.account_role or AccountRole.VIEWER
            user = add_person(
                system,
                work,
                account,
                email=link.email,
                name=name.strip(),
                account_role=role,
                password_hash=kept,
                visit=visit,
            )
            person = person_of(work, user)
            detail = {"link_id": link.id, "account_role": str(role)}
            subject = ("account", account.id)
            system.record(work, person.actor(visit.address), Action.INVITATION_ACCEPTED, subject, detail)
            work.commit()
    except IntegrityError:
        raise email_taken() from None
    return person


def _waiting(account_id: int, now: datetime) -> list[ColumnElement[bool]]:
    return [
        OneTimeLink.account_id == account_id,
        OneTimeLink.kind == LinkKind.INVITATION,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.revoked_at.is_(None),
        OneTimeLink.expires_at > now,
    ]


def _one_waiting(system: System, work: UnitOfWork, account_id: int, invitation_id: int) -> OneTimeLink:
    waiting = _waiting(account_id, system.clock.now())
    link = work.session.scalars(
        select(OneTimeLink).where(*waiting, OneTimeLink.id == invitation_id).with_for_update()
    ).one_or_none()
    if link is None:
        raise NotFound("there is no such invitation that waits")
    return link


def _of_invitation(work: UnitOfWork, account_id: int, email: str, waiting: Sequence[OneTimeLink]) -> list[Problem]:
    key = email_key(email)
    here = select(User.id).where(User.email_key == key, User.account_id == account_id, User.removed_at.is_(None))
    if work.session.scalar(here) is not None:
        return [Problem("B04", "email", "error", "This person is in the account already.")]
    if any(email_key(link.email) == key for link in waiting):
        message = "This person was invited already. Send the invitation again, or withdraw it first."
        return [Problem("B15", "email", "error", message)]
    if len(waiting) >= MOST_WAITING:
        message = f"{MOST_WAITING} invitations wait already. Withdraw one first."
        return [Problem("B15", "email", "error", message)]
    return []


def _mail(system: System, work: UnitOfWork, actor: Actor, account: Account, link: OneTimeLink) -> None:
    if not may_mail(system, work, link.email, account.id):
        message = (
            "Many mails went out just now, to this address or from your account. Try again in a quarter of an hour."
        )
        raise Refused([Problem("B14", "email", "error", message)])
    inviting = own_row(work, actor)
    role = IN_WORDS[link.account_role or AccountRole.VIEWER]
    by = inviting.name or inviting.email
    put_mail(work, MailKind.INVITATION, link.email, system.clock.now(), link, by=by, account=account.name, role=role)
