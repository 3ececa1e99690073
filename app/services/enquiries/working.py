"""Working enquiries: listed, shown, answered, noted, closed, erased on request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.audit.events import Action
from app.domain.actors import Actor
from app.domain.enquiries import EnquiryErased, EnquiryState, EnquiryStep
from app.domain.people import MailKind
from app.domain.permissions import Permission
from app.errors import NotFound, Refused
from app.models.enquiries import Enquiry, EnquiryLine
from app.services.access import authorise, note_reading
from app.services.enquiries.keeping import KIND, add_line, erase, locked_enquiry, record, refuse_closed
from app.services.enquiries.typed import check_text
from app.services.people.mail import put_mail
from app.services.system import System

PER_PAGE = 50
ANSWER_MOST, NOTE_MOST = 4000, 1000
HELD = Enquiry.state != EnquiryState.ERASED


@dataclass(frozen=True)
class EnquiryPage:
    """One page of enquiries; `counts` says how many there are in each state."""

    enquiries: list[dict[str, Any]]
    counts: dict[EnquiryState, int]
    page: int
    pages: int


def list_enquiries(
    system: System,
    actor: Actor,
    state: EnquiryState | None = EnquiryState.OPEN,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> EnquiryPage:
    """Return a page of the enquiries of one state, or of all that are held; what waits longest first."""
    authorise(actor, Permission.WORK_ENQUIRIES)
    with system.database.reading() as look:
        tally = look.session.execute(select(Enquiry.state, func.count()).where(HELD).group_by(Enquiry.state))
        counts: dict[EnquiryState, int] = dict.fromkeys(
            (one for one in EnquiryState if one is not EnquiryState.ERASED), 0
        )
        counts.update((found, count) for found, count in tally)
        total = sum(counts.values()) if state is None else counts.get(state, 0)
        pages = max(1, -(-total // per_page))
        page = min(max(page, 1), pages)
        rows = select(Enquiry).where(HELD if state is None else Enquiry.state == state, HELD)
        rows = rows.order_by(Enquiry.created_at, Enquiry.id).limit(per_page).offset((page - 1) * per_page)
        found = EnquiryPage([_document(system, row) for row in look.session.scalars(rows)], counts, page, pages)
    note_reading(system, actor, "enquiries", ("installation", 1), len(found.enquiries))
    return found


def show_enquiry(system: System, actor: Actor, enquiry_id: int) -> dict[str, Any]:
    """Return an enquiry with what was agreed to and its history; NotFound where there is none, or it was erased."""
    authorise(actor, Permission.WORK_ENQUIRIES)
    with system.database.reading() as look:
        enquiry = look.session.get(Enquiry, enquiry_id)
        if enquiry is None or enquiry.state is EnquiryState.ERASED:
            raise NotFound(f"there is no enquiry {enquiry_id}, or it was erased")
        lines = select(EnquiryLine).where(EnquiryLine.enquiry_id == enquiry_id).order_by(EnquiryLine.id)
        shown = _document(system, enquiry) | {
            "telephone": enquiry.telephone,
            "message": enquiry.message,
            "consent_text": enquiry.consent_text,
            "consent_version": enquiry.consent_version,
            "consent_at": enquiry.consent_at.isoformat(),
            "history": [
                {"at": line.at.isoformat(), "who": line.author, "step": str(line.step), "text": line.text}
                for line in look.session.scalars(lines)
            ],
        }
    note_reading(system, actor, KIND, (KIND, enquiry_id))
    return shown


def answer_enquiry(system: System, actor: Actor, enquiry_id: int, text: str) -> None:
    """Answer by mail; Conflict where the enquiry is closed or its use was objected to."""
    authorise(actor, Permission.WORK_ENQUIRIES)
    answer = _written(text, "answer", ANSWER_MOST, "The answer")
    with system.database.unit_of_work() as work:
        enquiry = locked_enquiry(work, enquiry_id)
        refuse_closed(enquiry)
        add_line(system, work, actor, enquiry, EnquiryStep.ANSWERED, answer)
        enquiry.state = EnquiryState.ANSWERED
        now = system.clock.now()
        put_mail(work, MailKind.ENQUIRY_ANSWERED, enquiry.email, now, enquiry_id=enquiry_id, answer=answer)
        record(system, work, actor, Action.ENQUIRY_ANSWERED, enquiry_id, values={"answer": answer})
        work.commit()


def note_enquiry(system: System, actor: Actor, enquiry_id: int, text: str) -> None:
    """Write a note for ourselves; it goes with the enquiry."""
    authorise(actor, Permission.WORK_ENQUIRIES)
    note = _written(text, "note", NOTE_MOST, "The note")
    with system.database.unit_of_work() as work:
        enquiry = locked_enquiry(work, enquiry_id)
        add_line(system, work, actor, enquiry, EnquiryStep.NOTED, note)
        record(system, work, actor, Action.ENQUIRY_NOTED, enquiry_id, values={"note": note})
        work.commit()


def close_enquiry(system: System, actor: Actor, enquiry_id: int) -> datetime:
    """Close an enquiry and return when it will be erased."""
    authorise(actor, Permission.WORK_ENQUIRIES)
    with system.database.unit_of_work() as work:
        enquiry = locked_enquiry(work, enquiry_id)
        refuse_closed(enquiry)
        enquiry.state, enquiry.closed_at = EnquiryState.CLOSED, system.clock.now()
        add_line(system, work, actor, enquiry, EnquiryStep.CLOSED)
        record(system, work, actor, Action.ENQUIRY_CLOSED, enquiry_id)
        work.commit()
    return system.clock.now() + system.settings.enquiry_retention


def erase_on_request(system: System, actor: Actor, enquiry_id: int) -> None:
    """Erase an enquiry whose maker withdrew their consent by another way than the link."""
    authorise(actor, Permission.WORK_ENQUIRIES)
    erase(system, actor, enquiry_id, EnquiryErased.WITHDRAWN)


def _document(system: System, enquiry: Enquiry) -> dict[str, Any]:
    return {
        "id": enquiry.id,
        "topic": str(enquiry.topic),
        "interest": str(enquiry.interest),
        "state": str(enquiry.state),
        "name": enquiry.name,
        "email": enquiry.email,
        "business_name": enquiry.business_name,
        "objected": enquiry.objected_at is not None,
        "created_at": enquiry.created_at.isoformat(),
        "touched_at": enquiry.touched_at.isoformat(),
        "erased_on": (enquiry.touched_at + system.settings.enquiry_retention).isoformat(),
    }


def _written(text: str, field: str, most: int, words: str) -> str:
    written = text.replace("\r\n", "\n").strip()
    problems = check_text(field, written, most, words)
    if problems:
        raise Refused(problems)
    return written
