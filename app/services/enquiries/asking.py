"""Asking us something, and coming back to it: all without an account, and without a trace of the visit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor, Role
from app.domain.enquiries import (
    CONSENT,
    CONSENT_VERSION,
    EnquiryErased,
    EnquiryInterest,
    EnquiryState,
    EnquiryStep,
    EnquiryTopic,
)
from app.domain.people import MailKind, email_key
from app.errors import NotFound, Problem, Refused
from app.models.enquiries import Enquiry, EnquiryLine
from app.services.enquiries.keeping import add_line, drop_mails, erase, locked_enquiry, record
from app.services.enquiries.typed import TypedEnquiry, check_enquiry
from app.services.people.enquiry_links import enquiry_of
from app.services.people.mail import put_mail
from app.services.people.secrets import SecretRing
from app.services.people.throttle import NOTHING, Slowed, count, counter, hold
from app.services.people.visits import Visit
from app.services.system import System

# Whoever asks is nobody to us: no address of theirs goes into the trail.
ASKING = Actor("web", Role.CUSTOMER)
KEPT = ("topic", "interest", "name", "email", "telephone", "business_name", "message")


class TooOften(Refused):
    """So many enquiries came from there that the next one has to wait, as long as `wait` says."""

    def __init__(self, problems: Sequence[Problem], wait: timedelta) -> None:
        super().__init__(problems)
        self.wait = wait


@dataclass(frozen=True)
class OwnEnquiry:
    """An enquiry as the one who made it sees it: all that is kept, but what we note among ourselves."""

    topic: EnquiryTopic
    interest: EnquiryInterest
    state: EnquiryState
    name: str
    email: str
    telephone: str
    business_name: str
    message: str
    consent_text: str
    consent_version: str
    consent_at: datetime
    created_at: datetime
    objected_at: datetime | None
    erased_on: datetime
    answers: tuple[tuple[datetime, str], ...]


def consent_words(system: System) -> str:
    """Return what somebody agrees to, as it is shown and kept."""
    return CONSENT.format(us=system.settings.cp_name)


def make_enquiry(system: System, typed: TypedEnquiry, visit: Visit) -> int:
    """Keep an enquiry with the words that were agreed to, and let its mail wait; Refused with every finding at once.

    TooOften where too many came from there or for that address: nothing is kept then.
    """
    checked = check_enquiry(typed, demo=system.settings.demo)
    if checked.problems:
        raise Refused(checked.problems)
    now, kept = system.clock.now(), checked.typed
    with system.database.unit_of_work() as work:
        _count(system, work, kept, visit)
        values = {name: value for name, value in asdict(kept).items() if name in KEPT}
        enquiry = Enquiry(
            **values | {"topic": EnquiryTopic(kept.topic), "interest": EnquiryInterest(kept.interest)},
            state=EnquiryState.OPEN,
            consent_version=CONSENT_VERSION,
            consent_text=consent_words(system),
            consent_at=now,
            created_at=now,
            touched_at=now,
        )
        work.session.add(enquiry)
        work.session.flush()
        enquiry_id = enquiry.id
        put_mail(work, MailKind.ENQUIRY_RECEIVED, kept.email, now, enquiry_id=enquiry_id)
        detail = {"topic": kept.topic, "consent_version": CONSENT_VERSION}
        values["consent"] = enquiry.consent_text
        record(system, work, ASKING, Action.ENQUIRY_MADE, enquiry_id, detail, values)
        work.commit()
    return enquiry_id


def _count(system: System, work: UnitOfWork, kept: TypedEnquiry, visit: Visit) -> None:
    """Count the enquiry; TooOften where it has to wait."""
    ring, now = SecretRing(system.settings.key_dir), system.clock.now()
    counters = [
        counter(ring, Slowed.ENQUIRY_FROM, visit.source),
        counter(ring, Slowed.ENQUIRY_OF, email_key(kept.email)),
    ]
    wait = hold(work, counters, now)
    if wait > NOTHING:
        minutes = max(1, -(-int(wait.total_seconds()) // 60))
        again = "1 minute" if minutes == 1 else f"{minutes} minutes"
        message = f"Several enquiries came from you just now, so this one was not kept. Send it again in {again}."
        raise TooOften([Problem("Q05", "", "error", message)], wait)
    count(work, counters, now)


def see_own(system: System, token: str) -> OwnEnquiry | None:
    """Return what is kept of the enquiry that a link leads to; None where the link leads to none any more."""
    with system.database.reading() as look:
        enquiry_id = enquiry_of(look, token)
        if enquiry_id is None:
            return None
        enquiry = look.session.get_one(Enquiry, enquiry_id)
        answered = select(EnquiryLine.at, EnquiryLine.text).where(
            EnquiryLine.enquiry_id == enquiry_id, EnquiryLine.step == EnquiryStep.ANSWERED
        )
        answers = tuple((at, text) for at, text in look.session.execute(answered.order_by(EnquiryLine.id)))
        facts = {name: getattr(enquiry, name) for name in OwnEnquiry.__dataclass_fields__ if hasattr(Enquiry, name)}
        return OwnEnquiry(**facts, erased_on=enquiry.touched_at + system.settings.enquiry_retention, answers=answers)


def object_to(system: System, token: str) -> None:
    """Stop all use of an enquiry: it is closed, nobody writes to its maker, and in its time it is erased.

    NotFound where the link leads to none any more; a second objection changes nothing.
    """
    with system.database.unit_of_work() as work:
        enquiry = locked_enquiry(work, _behind(system, token))
        if enquiry.objected_at is not None:
            return
        now = system.clock.now()
        enquiry.objected_at = now
        if enquiry.state is not EnquiryState.CLOSED:
            enquiry.state, enquiry.closed_at = EnquiryState.CLOSED, now
        drop_mails(system, work, enquiry.id)
        add_line(system, work, ASKING, enquiry, EnquiryStep.OBJECTED)
        record(system, work, ASKING, Action.ENQUIRY_OBJECTED, enquiry.id)
        work.commit()


def withdraw(system: System, token: str) -> None:
    """Take the consent back: the enquiry is erased at once. NotFound where the link leads to none any more."""
    erase(system, ASKING, _behind(system, token), EnquiryErased.WITHDRAWN)


def _behind(system: System, token: str) -> int:
    with system.database.reading() as look:
        enquiry_id = enquiry_of(look, token)
    if enquiry_id is None:
        raise NotFound("this link leads to no enquiry: it was erased, or the link is not whole")
    return enquiry_id
