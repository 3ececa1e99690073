"""The status of a number where many are counted and listed: worked out by the database (app/domain/statuses.py)."""

from datetime import date

from sqlalchemy import ColumnElement, case, exists, or_
from sqlalchemy.orm import aliased

from app.domain.cases import CaseState
from app.domain.commands import AcceptedState
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.statuses import Status
from app.domain.transactions import IN_FLIGHT, WAITING
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, Registration
from app.models.replies import Case


def status_column(today: date) -> ColumnElement[str]:
    """Return the status of a number as SQL: the same order of questions as `status_of`, which tests hold against it."""
    # Aliases, so that a query which reads the same tables is not taken for the one that is asked about.
    registration, transaction = aliased(Registration), aliased(Transaction)
    found, held = aliased(Case), aliased(AcceptedRecord)
    said = registration.number_id == Number.id
    review = exists().where(said, registration.state == RegistrationState.REVIEW)
    away = exists().where(
        said, registration.state == RegistrationState.ACCEPTED, registration.kind == RegistrationKind.PORT_OUT
    )
    of_number = transaction.number_id == Number.id
    in_flight = exists().where(of_number, transaction.state.in_(IN_FLIGHT))
    waits = exists().where(of_number, transaction.state.in_(WAITING))
    rejected = exists().where(found.number_id == Number.id, found.state == CaseState.OPEN)
    resent = exists().where(found.number_id == Number.id, found.state == CaseState.RESENT)
    live = exists().where(held.number_id == Number.id, held.state != AcceptedState.NONE)
    return case(
        (away & Number.ceased_on.is_not(None) & or_(Number.ceased_on > today, in_flight, waits), str(Status.PORTING)),
        (Number.claimed & (Number.ceased_on <= today) & review, str(Status.IN_REVIEW)),
        (Number.ceased_on <= today, str(Status.CEASED)),
        (rejected, str(Status.REJECTED)),
        (Number.barred_at.is_not(None) & review, str(Status.IN_REVIEW)),
        (Number.barred_at.is_not(None), str(Status.BARRED)),
        (in_flight, str(Status.SENT)),
        (review, str(Status.IN_REVIEW)),
        (waits, str(Status.WAITING)),
        (live, str(Status.LIVE)),
        (exists().where(said) & resent, str(Status.WAITING)),
        else_=str(Status.NEEDS_ADDRESS),
    )
