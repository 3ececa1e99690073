"""Mails wait in a table, in the transaction of what they tell of, and a job sends them.

The text is written when a mail is sent, and a link gets its token then: no token lies in the database. Whether an
address has a log-in is looked up then as well, so that asking for a link takes the same work whoever is asked for.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from app.audit.events import Action
from app.db.locks import named_lock
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.people import LinkKind, MailKind, email_key
from app.domain.permissions import Permission
from app.errors import NotAllowed
from app.models.accounts import User
from app.models.people import OneTimeLink, WaitingMail
from app.services.access import authorise
from app.services.alarms.messages import NotSent
from app.services.people.enquiry_links import new_link
from app.services.people.letters import Letter, link_to, subject_and_text, taken_text
from app.services.people.links import give_token
from app.services.people.post_office import PostOffice, Refusal, open_post_office
from app.services.system import System

MOST_AT_ONCE = 50
LONGEST_PAUSE = timedelta(hours=1)
# A link that comes later surprises its reader, and a notice that comes later helps nobody.
GIVEN_UP_AFTER = {True: timedelta(hours=24), False: timedelta(days=3)}
SENT, SHOWN, NEEDLESS, REFUSED, TOO_LATE = "sent", "shown", "needless", "refused", "too late"


@dataclass(frozen=True)
class MailLine:
    """A mail that waits, without what it says and to whom."""

    id: int
    kind: str
    created_at: datetime
    tries: int
    next_try_at: datetime | None
    fault: str


def put_mail(
    work: UnitOfWork,
    kind: MailKind,
    email: str,
    now: datetime,
    link: OneTimeLink | None = None,
    *,
    enquiry_id: int | None = None,
    **facts: str,
) -> None:
    """Let a mail wait, to be sent once the unit is committed; one about an enquiry gets a link to it."""
    work.session.add(
        WaitingMail(
            message_key=secrets.token_hex(16),
            kind=kind,
            email=email,
            link_id=None if link is None else link.id,
            enquiry_id=enquiry_id,
            facts=facts,
            created_at=now,
            next_try_at=now,
        )
    )


def send_waiting(system: System, office: PostOffice | None = None) -> int:
    """Send what waits, the oldest first, and return how many went; nothing where no server is set.

    For the scheduler, as often as it likes: Busy where another process is at it. A try is written down before it is
    made, so that whoever dies in the middle is followed after a pause; so a mail can come twice, and its later link is
    the good one.
    """
    office = office or open_post_office(system.settings)
    if office is None:
        return 0
    sent = 0
    with named_lock(system.database, "mail"):
        for mail_id in _due(system):
            letter = _begin(system, mail_id)
            if letter is None:
                continue
            try:
                office.send(letter)
            except NotSent as fault:
                _note(system, mail_id, fault)
                if fault.channel_down:
                    break
            else:
                _note(system, mail_id, None)
                sent += 1
    return sent


def list_waiting(system: System, actor: Actor) -> list[MailLine]:
    """Return the mails that wait, the oldest first."""
    authorise(actor, Permission.MANAGE_USERS)
    query = select(WaitingMail).where(WaitingMail.done_at.is_(None)).order_by(WaitingMail.id)
    with system.database.reading() as look:
        return [
            MailLine(mail.id, str(mail.kind), mail.created_at, mail.tries, mail.next_try_at, mail.fault)
            for mail in look.session.scalars(query)
        ]


def show_waiting(system: System, actor: Actor) -> list[Letter]:
    """Return the letters that wait, each this once, instead of sending them: for a rehearsal without a mail server.

    NotAllowed elsewhere, since a link is for its reader alone.
    """
    authorise(actor, Permission.MANAGE_USERS)
    if not system.settings.demo or system.settings.mail_smtp:
        raise NotAllowed("mails are shown in demo mode alone, and where no mail server is set (ELD_MAIL_SMTP)")
    shown = []
    with system.database.unit_of_work() as work:
        waiting = work.session.scalars(
            select(WaitingMail).where(WaitingMail.done_at.is_(None)).order_by(WaitingMail.id).with_for_update()
        )
        for mail in waiting.all():
            letter = _written(system, work, mail)
            _finish(mail, system.clock.now(), NEEDLESS if letter is None else SHOWN)
            shown += [] if letter is None else [letter]
        if shown:
            system.record(work, actor, Action.MAILS_SHOWN, ("mails", "waiting"), {"mails": len(shown)})
        work.commit()
    return shown


def pause_after(tries: int) -> timedelta:
    """Return how long a mail waits after so many tries: 1, 2, 4 ... minutes, an hour at most."""
    return min(timedelta(minutes=1 << min(tries - 1, 10)), LONGEST_PAUSE)


def _due(system: System) -> list[int]:
    now = system.clock.now()
    waiting = select(WaitingMail.id).where(
        WaitingMail.done_at.is_(None), or_(WaitingMail.next_try_at.is_(None), WaitingMail.next_try_at <= now)
    )
    with system.database.reading() as look:
        return list(look.session.scalars(waiting.order_by(WaitingMail.id).limit(MOST_AT_ONCE)))


def _begin(system: System, mail_id: int) -> Letter | None:
    """Write the try down and return the letter; None where nothing is to be sent, now or at all."""
    now = system.clock.now()
    with system.database.unit_of_work() as work:
        mail = work.session.get(WaitingMail, mail_id, with_for_update=True)
        if mail is None or mail.done_at is not None:
            return None
        letter = None
        if now - mail.created_at >= GIVEN_UP_AFTER[mail.link_id is not None]:
            _finish(mail, now, TOO_LATE)
        else:
            letter = _written(system, work, mail)
            if letter is None:
                _finish(mail, now, NEEDLESS)
            else:
                mail.tries += 1
                mail.next_try_at = now + pause_after(mail.tries)
        work.commit()
    return letter


def _note(system: System, mail_id: int, fault: NotSent | None) -> None:
    with system.database.unit_of_work() as work:
        mail = work.session.get_one(WaitingMail, mail_id, with_for_update=True)
        if fault is None:
            _finish(mail, system.clock.now(), SENT)
        else:
            mail.fault = fault.why
            if isinstance(fault, Refusal):
                _finish(mail, system.clock.now(), REFUSED)
        work.commit()


def _finish(mail: WaitingMail, now: datetime, outcome: str) -> None:
    """Whom it went to and what it said is kept no longer than it is needed."""
    mail.done_at, mail.next_try_at, mail.outcome, mail.email, mail.facts = now, None, outcome, "", {}


def _written(system: System, work: UnitOfWork, mail: WaitingMail) -> Letter | None:
    """Return the letter, with a fresh link where it has one; None where it is not to be sent."""
    link, now = "", system.clock.now()
    if mail.link_id is not None:
        waiting = work.session.get_one(OneTimeLink, mail.link_id, with_for_update=True)
        if waiting.used_at is not None or waiting.revoked_at is not None:
            return None
        holder = work.session.scalars(select(User).where(User.email_key == email_key(mail.email))).one_or_none()
        if waiting.kind is LinkKind.RESET:
            if holder is None:
                return None  # a stranger is told nothing, and gets no mail from us
            waiting.user_id = holder.id
        elif holder is not None and holder.id != waiting.user_id:
            subject, text = taken_text(system)
            return Letter(mail.message_key, mail.email, subject, text, mail.created_at)
        link = link_to(system, waiting.kind, give_token(waiting, now))
    elif mail.enquiry_id is not None:
        path = new_link(work, mail.enquiry_id, now)
        if path is None:
            return None
        link = f"{system.settings.public_url}/{path}"
    subject, text = subject_and_text(system, mail.kind, mail.facts, link)
    return Letter(mail.message_key, mail.email, subject, text, mail.created_at)
