"""The judgement of a person (L4): approved it becomes a transaction, returned it goes back with words."""

from collections.abc import Sequence

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind, RegistrationState
from app.errors import Conflict, NotAllowed, NotFound, Problem, Refused
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import Registration
from app.services.access import authorise
from app.services.barring import lift_bar
from app.services.cases.opening import resend_cases
from app.services.locations.storing import Store
from app.services.reviews.listing import review_codes
from app.services.system import System


def approve_review(system: System, actor: Actor, review_id: int) -> None:
    """Let what was said go out: the person who judges is a named member of staff and not the one who said it (U7)."""
    approve_reviews(system, actor, [review_id])


def approve_reviews(system: System, actor: Actor, review_ids: Sequence[int]) -> int:
    """Let several go out, all or none; return how many."""
    ids = sorted(set(review_ids))
    with system.database.unit_of_work() as work:
        for review_id in ids:
            _approve(system, work, actor, review_id)
        work.commit()
    return len(ids)


def _approve(system: System, work: UnitOfWork, actor: Actor, review_id: int) -> None:
    registration = _judged(work, actor, review_id)
    registration.state = RegistrationState.ACCEPTED
    registration.due_on = max(registration.due_on, system.today)
    number = work.session.get_one(Number, registration.number_id)
    _hold_against_the_end(work, registration, number)
    lift_bar(system, work, actor, number)  # what was barred after it has cancelled it
    _decide(system, registration, actor, "")
    store = Store(system, work, actor, registration.account_id)
    work.session.add(Transaction(**store.transaction(number.id, registration.id, registration.due_on)))
    resend_cases(system, work, actor, [number.id])
    detail = {"findings": review_codes(registration.findings), "made_by": registration.submitted_by_user_id}
    system.record(work, actor, Action.REVIEW_APPROVED, ("registration", registration.id), detail)


def _hold_against_the_end(work: UnitOfWork, registration: Registration, number: Number) -> None:
    """Conflict where the number's use ends before this would hold; an end that was said before it is unsaid."""
    end = work.session.scalars(
        select(Registration)
        .where(Registration.number_id == registration.number_id, Registration.kind != RegistrationKind.RECORD)
        .where(Registration.state == RegistrationState.ACCEPTED, Registration.due_on <= registration.due_on)
        .order_by(Registration.id.desc())
        .limit(1)
    ).one_or_none()
    if end is not None and end.id > registration.id:
        raise Conflict(f"review {registration.id}: the use of the number ends before this would hold: return it")
    if number.claimed:
        number.claimed, number.ceased_on = False, None  # a person has seen whose it is (N13)
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
        detail = {"findings": review_codes(registration.findings)}
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
    registration = work.session.get(Registration, review_id)
    if registration is None:
        raise NotFound(f"there is no review {review_id}")
    # The number first, as everybody who says something of it does: two never wait for each other.
    work.session.get_one(Number, registration.number_id, with_for_update={"key_share": True})
    work.session.refresh(registration, with_for_update=True)
    if registration.state is not RegistrationState.REVIEW:
        raise Conflict(f"review {review_id} is {registration.state}: it waits no longer")
    if actor.user_id is None:
        raise NotAllowed("a review is judged by a named member of staff: say who with --as")
    if actor.user_id == registration.submitted_by_user_id:
        raise NotAllowed(f"review {review_id}: nobody judges what they submitted themselves")
    return registration


def _decide(system: System, registration: Registration, actor: Actor, note: str) -> None:
    registration.decided_by, registration.decided_at = actor.name, system.clock.now()
    registration.decision_note = note
