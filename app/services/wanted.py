"""The wanted record of a number: its accepted registration that holds on a day (file-interface.md, Which command)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, Subquery, and_, func, select

from app.db.unit_of_work import Reading
from app.domain.registrations import RegistrationState
from app.models.records import Registration


def wanted_on(day: date, numbers: Select[Any] | Sequence[int] | None = None) -> Subquery:
    """Return the registrations in force on `day`, one a number: the latest that is due, then the latest said.

    `numbers` narrows it to some ids, as a list or as a query.
    """
    ranked = select(
        Registration,
        func.row_number()
        .over(
            partition_by=Registration.number_id,
            order_by=(Registration.due_on.desc(), Registration.id.desc()),
        )
        .label("place"),
    ).where(Registration.state == RegistrationState.ACCEPTED, Registration.due_on <= day)
    if numbers is not None:
        ranked = ranked.where(Registration.number_id.in_(numbers))
    inner = ranked.subquery()
    return select(inner).where(inner.c.place == 1).subquery("wanted")


def wanted_registration(look: Reading, number_id: int, day: date) -> Registration | None:
    """Return the registration of one number that holds on `day`, or None where nothing was said."""
    return look.session.scalars(
        select(Registration)
        .where(
            and_(
                Registration.number_id == number_id,
                Registration.state == RegistrationState.ACCEPTED,
                Registration.due_on <= day,
            )
        )
        .order_by(Registration.due_on.desc(), Registration.id.desc())
        .limit(1)
    ).first()
