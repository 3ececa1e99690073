"""An enquiry's row while it is worked on, its place in the trail, and its end."""

from typing import Any

from sqlalchemy import delete, exists, select, update

from app.audit.erasure import erase_values
from app.audit.events import Action
from app.audit.log import append, lock_head
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import SCHEDULER, Actor
from app.domain.enquiries import EnquiryErased, EnquiryState, EnquiryStep
from app.errors import Conflict, NotFound
from app.models.audit import AuditValues
from app.models.enquiries import Enquiry, EnquiryLine, EnquiryLink
from app.models.people import WaitingMail
from app.services.people.acting import ALONE
from app.services.system import System

KIND = "enquiry"
NEEDLESS = "needless"


def subject_key(enquiry_id: int) -> str:
    """Return the name of the key under which the trail keeps what is personal of an enquiry."""
    return f"{KIND}-{enquiry_id}"


def locked_enquiry(work: UnitOfWork, enquiry_id: int) -> Enquiry:
    """Return an enquiry, locked until the end of the unit; NotFound where there is none, or it was erased."""
    # The lock lets a mail that is being written point at the row meanwhile.
    enquiry = work.session.get(Enquiry, enquiry_id, with_for_update=ALONE, populate_existing=True)
    if enquiry is None or enquiry.state is EnquiryState.ERASED:
        raise NotFound(f"there is no enquiry {enquiry_id}, or it was erased")
    return enquiry


def refuse_closed(enquiry: Enquiry) -> None:
    """Raise a Conflict where an enquiry is closed or its use was objected to."""
    if enquiry.objected_at is not None:
        raise Conflict(f"Who made enquiry {enquiry.id} objected to its use: nobody writes to them any more.")
    if enquiry.state is EnquiryState.CLOSED:
        raise Conflict(f"Enquiry {enquiry.id} is closed.")


def record(
    system: System,
    work: UnitOfWork,
    actor: Actor,
    action: Action,
    enquiry_id: int,
    detail: dict[str, Any] | None = None,
    values: dict[str, Any] | None = None,
) -> None:
    """Append to the trail; `values` lie under the enquiry's own key and go with it."""
    append(
        work,
        system.keys,
        system.clock,
        actor,
        action,
        subject_kind=KIND,
        subject_id=str(enquiry_id),
        detail=detail or {},
        values=values,
        subject_key=None if values is None else subject_key(enquiry_id),
    )


def add_line(
    system: System, work: UnitOfWork, actor: Actor, enquiry: Enquiry, step: EnquiryStep, text: str = ""
) -> None:
    """Write a line into an enquiry's history; the time until it is erased begins anew."""
    now = system.clock.now()
    work.session.add(EnquiryLine(enquiry_id=enquiry.id, at=now, author=actor.name, step=step, text=text))
    enquiry.touched_at = now


def drop_mails(system: System, work: UnitOfWork, enquiry_id: int) -> None:
    """Let no mail about an enquiry go out that still waits, and keep nothing of it."""
    waiting = update(WaitingMail).where(WaitingMail.enquiry_id == enquiry_id, WaitingMail.done_at.is_(None))
    now = system.clock.now()
    work.session.execute(
        waiting.values(done_at=now, next_try_at=None, outcome=NEEDLESS, email="", facts={}),
        execution_options={"synchronize_session": False},
    )


def erase(system: System, actor: Actor, enquiry_id: int, why: EnquiryErased) -> None:
    """Erase an enquiry wherever it is held: rows, links, waiting mails, the trail's values and their key.

    The row stays, empty, so that its id is nobody else's; NotFound where it was erased already.
    """
    with system.database.unit_of_work() as work:
        enquiry = locked_enquiry(work, enquiry_id)
        # Mails before links: one that is being written adds a link, and holds its mail until that is there.
        drop_mails(system, work, enquiry_id)
        for row in (EnquiryLink, EnquiryLine):
            work.session.execute(delete(row).where(row.enquiry_id == enquiry_id))
        enquiry.name = enquiry.email = enquiry.telephone = enquiry.business_name = enquiry.message = ""
        enquiry.state, enquiry.erased_at, enquiry.erased_why = EnquiryState.ERASED, system.clock.now(), why
        work.session.flush()
        record(system, work, actor, Action.ENQUIRY_ERASED, enquiry_id, {"why": str(why)})
        erase_values(work, system.keys, system.clock, actor, subject_key(enquiry_id))
        work.commit()
    _destroy_key(system, subject_key(enquiry_id))


def expire_enquiries(system: System) -> int:
    """Erase what nobody touched for ELD_ENQUIRY_RETENTION and return how many went; for the scheduler."""
    before = system.clock.now() - system.settings.enquiry_retention
    old = select(Enquiry.id).where(Enquiry.state != EnquiryState.ERASED, Enquiry.touched_at < before)
    with system.database.reading() as look:
        found = list(look.session.scalars(old.order_by(Enquiry.id)))
    for enquiry_id in found:
        erase(system, SCHEDULER, enquiry_id, EnquiryErased.EXPIRED)
    # A process that died between an erasure and the end of its key.
    for subject in system.keys.subjects():
        if subject.startswith(f"{KIND}-"):
            _destroy_key(system, subject)
    return len(found)


def _destroy_key(system: System, subject: str) -> None:
    with system.database.unit_of_work() as work:
        # Under the lock nobody writes a value with the key that is about to go.
        lock_head(work.session)
        if not work.session.scalar(select(exists().where(AuditValues.subject == subject))):
            system.keys.destroy(subject)
