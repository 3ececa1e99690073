"""What waits for a person (L4): approved it becomes a transaction, returned it goes back to the customer with words."""

from typing import Any

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind, RegistrationState
from app.errors import Conflict, NotAllowed, NotFound, Problem, Refused
from app.models.accounts import Account
from app.models.exports import Transaction
from app.models.numbers import Address, Number
from app.models.records import AcceptedRecord, RecordValues, Registration
from app.services.access import authorise, note_reading
from app.services.locations.storing import Store, resend_cases
from app.services.locations.typed import typed_location
from app.services.record_json import record_json
from app.services.system import System
from validators.numbers import national


def list_reviews(system: System, actor: Actor) -> list[dict[str, Any]]:
    """Return what waits for a person's judgement, the oldest first, with why and what the agent holds meanwhile."""
    authorise(actor, Permission.WORK_CASES)
    with system.database.reading() as look:
        rows = look.session.execute(
            select(Registration, Number, Account.name, RecordValues, Address)
            .join(Number, Number.id == Registration.number_id)
            .join(Account, Account.id == Registration.account_id)
            .join(RecordValues, RecordValues.id == Registration.values_id)
            .join(Address, Address.id == Registration.address_id)
            .where(Registration.state == RegistrationState.REVIEW)
            .order_by(Registration.id)
        ).all()
        found = []
        for registration, number, account, values, address in rows:
            held = look.session.get(AcceptedRecord, number.id)
            held_values = (
                None if held is None or held.values_id is None else look.session.get(RecordValues, held.values_id)
            )
            typed = typed_location(registration, address, number)
            found.append(
                {
                    "id": registration.id,
                    "number": national(number.number),
                    "number_id": number.id,
                    "account": account,
                    "submitted_by": registration.submitted_by,
                    "submitted_by_user_id": registration.submitted_by_user_id,
                    "submitted_at": registration.submitted_at.isoformat(),
                    "effective_date": registration.effective_date.isoformat(),
                    "findings": registration.findings,
                    "typed": {name: getattr(typed, name) for name in typed.__dataclass_fields__},
                    "sent": record_json(number.number, values, registration.effective_date),
                    "held": None
                    if held is None or held_values is None
                    else record_json(number.number, held_values, held.effective_date),
                }
            )
    note_reading(system, actor, "review", ("installation", 1), len(found))
    return found


def approve_review(system: System, actor: Actor, review_id: int) -> None:
    """Let what was said go out: the person who judges is a named member of staff and not the one who said it (U7)."""
    with system.database.unit_of_work() as work:
        registration = _judged(work, actor, review_id)
        registration.state = RegistrationState.ACCEPTED
        registration.due_on = max(registration.due_on, system.today)
        _hold_against_the_end(work, registration)
        _decide(system, registration, actor, "")
        store = Store(system, work, actor, registration.account_id)
        entry = store.transaction(registration.number_id, registration.id, registration.due_on)
        work.session.add(Transaction(**entry))
        resend_cases(work, [registration.number_id])
        detail = {"findings": _codes(registration), "made_by": registration.submitted_by_user_id}
        system.record(work, actor, Action.REVIEW_APPROVED, ("registration", registration.id), detail)
        work.commit()


def _hold_against_the_end(work: UnitOfWork, registration: Registration) -> None:
    """Conflict where the number's use ends before this would hold; an end that was said before it is unsaid."""
    end = work.session.scalars(
        select(Registration)
        .where(Registration.number_id == registration.number_id, Registration.kind != RegistrationKind.RECORD)
        .where(Registration.state == RegistrationState.ACCEPTED, Registration.due_on <= registration.due_on)
        .order_by(Registration.id.desc())
        .limit(1)
    ).one_or_none()
    if end is not None and end.id > registration.id:
        raise Conflict("the use of the number ends before this would hold: return it to the customer")
    number = work.session.get_one(Number, registration.number_id)
    if number.ceased_on is not None and number.ceased_on <= registration.due_on:
        number.ceased_on = None


def return_review(system: System, actor: Actor, review_id: int, why: str) -> None:
    """Send what was said back to the customer with words; what is live stays live."""
    if not why.strip():
        raise Refused([Problem("V01", "why", "error", "Write to the customer what to do: they will read it.")])
    with system.database.unit_of_work() as work:
        registration = _judged(work, actor, review_id)
        registration.state = RegistrationState.RETURNED
        _decide(system, registration, actor, why.strip())
        detail = {"findings": _codes(registration)}
        system.record(
            work,
            actor,
            Action.REVIEW_RETURNED,
            ("registration", registration.id),
            detail,
            values={"why": why.strip()},
            account_id=registration.account_id,
        )
        work.commit()


def _judged(work: UnitOfWork, actor: Actor, review_id: int) -> Registration:
    authorise(actor, Permission.JUDGE_REVIEW)
    registration = work.session.get(Registration, review_id, with_for_update=True)
    if registration is None:
        raise NotFound(f"there is no review {review_id}")
    if registration.state is not RegistrationState.REVIEW:
        raise Conflict(f"review {review_id} is {registration.state}: it waits no longer")
    if actor.user_id is None:
        raise NotAllowed("a review is judged by a named member of staff: say who with --as")
    if actor.user_id == registration.submitted_by_user_id:
        raise NotAllowed("nobody judges what they submitted themselves")
    return registration


def _decide(system: System, registration: Registration, actor: Actor, note: str) -> None:
    registration.decided_by, registration.decided_at = actor.name, system.clock.now()
    registration.decision_note = note


def _codes(registration: Registration) -> list[str]:
    return sorted({str(finding["code"]) for finding in registration.findings if finding["severity"] == "review"})
