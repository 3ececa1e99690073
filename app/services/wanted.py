"""The wanted record of a number: its accepted registration that holds on a day (file-interface.md, Which command)."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.db.unit_of_work import Reading
from app.domain.registrations import RegistrationState
from app.models.records import Registration


def wanted_id(number_id: ColumnElement[Any] | InstrumentedAttribute[int] | int, day: date) -> ScalarSelect[int]:
    """Return, as SQL, the registration in force for a number on `day`: the latest that is due, then the latest said.

    One look into an index for each number; a ranking of all registrations has no index to join with on SQLite.
    """
    said = aliased(Registration)
    return (
        select(said.id)
        .where(said.number_id == number_id, said.state == RegistrationState.ACCEPTED, said.due_on <= day)
        .order_by(said.due_on.desc(), said.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def wanted_registration(look: Reading, number_id: int, day: date) -> Registration | None:
    """Return the registration of one number that holds on `day`, or None where nothing was said."""
    return look.session.scalars(select(Registration).where(Registration.id == wanted_id(number_id, day))).one_or_none()
