"""What is said of a number for later days, or waits for the next file or for a person; and what holds without it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor, Role
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import WAITING
from app.errors import NotFound
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import RecordValues, Registration
from app.services.access import authorise, note_reading
from app.services.locations.tenure import COUNTING
from app.services.record_json import record_json
from app.services.system import System
from app.services.wanted import wanted_id
from validators.numbers import national, read_number

NOT_YOURS = "there is no such number, or it is not in your account"
ENDS_OF_USE = (RegistrationKind.CEASE, RegistrationKind.PORT_OUT)
WORDS = {
    RegistrationState.ACCEPTED: "waiting",
    RegistrationState.REVIEW: "review",
    RegistrationState.RETURNED: "returned",
}


@dataclass(frozen=True)
class PlannedChange:
    """One thing that was said and has not gone out; `waits` is `waiting`, `review` or `returned`.

    `sent` is the record as it will be sent, empty for an end of use. `replaced` is set where a later word for the
    same day stands: it goes out only if that one is cancelled.
    """

    id: int
    number_id: int
    number: str
    kind: RegistrationKind
    effective_date: date
    due_on: date
    waits: str
    replaced: bool
    gaining_cupid: str
    submitted_by: str
    submitted_at: datetime
    sent: dict[str, str] | None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        facts = vars(self) | {"kind": str(self.kind), "submitted_at": self.submitted_at.isoformat()}
        return facts | {name: facts[name].isoformat() for name in ("effective_date", "due_on")}


def planned(system: System, actor: Actor, number: str) -> list[PlannedChange]:
    """Return what is planned for a number, the first due first; NotFound where this actor may not see it."""
    return _planned(system, actor, Number.number == read_number(number))


def planned_of(system: System, actor: Actor, number_id: int) -> list[PlannedChange]:
    """As `planned`, by the number's id, as pages name it."""
    return _planned(system, actor, Number.id == number_id)


def _planned(system: System, actor: Actor, which: Any) -> list[PlannedChange]:
    authorise(actor, Permission.SEE_RECORD)
    with system.database.reading() as look:
        number = look.session.scalars(select(Number).where(which)).one_or_none()
        if number is None or hidden(actor, number):
            raise NotFound(NOT_YOURS)
        found = planned_changes(look, number, system.today)
    note_reading(system, actor, "planned", ("number", number.id), len(found))
    return found


def hidden(actor: Actor, number: Number) -> bool:
    """Say whether a number is another account's for this actor."""
    return actor.role is Role.CUSTOMER and number.account_id != actor.account_id


def planned_changes(look: Reading, number: Number, today: date) -> list[PlannedChange]:
    """Return what is planned for a number, in the caller's unit."""
    waits = exists().where(Transaction.registration_id == Registration.id, Transaction.state.in_(WAITING))
    rows = look.session.execute(
        select(Registration, RecordValues, waits)
        .outerjoin(RecordValues, RecordValues.id == Registration.values_id)
        .where(Registration.number_id == number.id, Registration.account_id == number.account_id)
        .where(Registration.state.in_(COUNTING))
        .where(waits | (Registration.state != RegistrationState.ACCEPTED))
        # A bar is lifted, not cancelled; and that a former holder is gone is not the new one's to unsay.
        .where(Registration.kind != RegistrationKind.NO_RECORD)
        .order_by(Registration.due_on, Registration.id)
    ).all()
    last = _last_word(look, number.id)
    return [
        PlannedChange(
            id=said.id,
            number_id=number.id,
            number=national(number.number),
            kind=said.kind,
            effective_date=said.effective_date,
            due_on=said.due_on,
            waits=WORDS[said.state],
            replaced=said.state is RegistrationState.ACCEPTED
            and look.session.scalar(select(wanted_id(number.id, max(said.due_on, today)))) != said.id,
            gaining_cupid=said.gaining_cupid,
            submitted_by=said.submitted_by,
            submitted_at=said.submitted_at,
            sent=None if values is None else record_json(number.number, values, said.effective_date),
        )
        for said, values, _ in rows
        # What was returned long ago is no plan any more once something else was said.
        if said.state is not RegistrationState.RETURNED or said.id == last
    ]


def _last_word(look: Reading, number_id: int) -> int | None:
    """Return what was said last of a number and still counts, or was returned."""
    return look.session.scalar(
        select(func.max(Registration.id)).where(Registration.number_id == number_id, Registration.state.in_(COUNTING))
    )
