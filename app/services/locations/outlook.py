"""What will hold for a number where one planned change is taken back: told before it is done, and after."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.db.unit_of_work import Reading
from app.domain.registrations import RegistrationKind, RegistrationState
from app.models.numbers import Number
from app.models.records import RecordValues, Registration
from app.services.locations.planned import ENDS_OF_USE, PlannedChange
from app.services.record_json import record_json
from app.services.system import System

# Kept in the note of what a person took back, so that it is told from what an end of use has cancelled.
TAKEN_BACK = "taken back"


@dataclass(frozen=True)
class Outlook:
    """What holds from `day` on where `change` is taken back: `kind` is empty where nothing was said before.

    `ends_on` is the end of use that stands then, `review_again` says that an address which gave way to this one
    waits for a person again, `stays_cancelled` are kind and day of what the end of use had cancelled.
    """

    change: PlannedChange
    day: date
    kind: RegistrationKind | None
    sent: dict[str, str] | None
    ends_on: date | None
    review_again: bool
    stays_cancelled: tuple[tuple[RegistrationKind, date], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "number": self.change.number,
            "kind": str(self.change.kind),
            "effective_date": self.change.effective_date.isoformat(),
            "from": self.day.isoformat(),
            "instead": self.kind and str(self.kind),
            "instead_sent": self.sent,
            "ends_on": self.ends_on and self.ends_on.isoformat(),
            "review_again": self.review_again,
            "stays_cancelled": [{"kind": str(kind), "effective_date": day.isoformat()} for kind, day in self.lost],
        }

    @property
    def lost(self) -> tuple[tuple[RegistrationKind, date], ...]:
        """Return what stays cancelled, the first day first."""
        return tuple(sorted(self.stays_cancelled, key=lambda item: item[1]))


def outlook_without(system: System, look: Reading, number: Number, change: PlannedChange) -> Outlook:
    """Return what holds where `change` is taken back."""
    said = list(
        look.session.scalars(
            select(Registration)
            .where(Registration.number_id == number.id, Registration.account_id == number.account_id)
            .order_by(Registration.id)
        )
    )
    (this,) = (item for item in said if item.id == change.id)
    accepted = [item for item in said if item.state is RegistrationState.ACCEPTED and item is not this]
    day = max(change.due_on, system.today)
    due = [item for item in accepted if item.due_on <= day]
    instead = max(due, key=lambda item: (item.due_on, item.id), default=None)
    values = None if instead is None else look.session.get(RecordValues, instead.values_id or 0)
    sent = instead and values and record_json(number.number, values, instead.effective_date)
    return Outlook(
        change=change,
        day=day,
        kind=None if instead is None else instead.kind,
        sent=sent or None,
        ends_on=end_without(number, this, accepted),
        review_again=gave_way(this, said) is not None,
        stays_cancelled=_cancelled_by(system, this, said),
    )


def end_without(number: Number, this: Registration, accepted: list[Registration]) -> date | None:
    """Return the day on which the number's use ends where `this` is taken back.

    An end of use stands unless a location for its day, or a later one, was accepted after it was said.
    """
    said_so_far = this.state is not RegistrationState.ACCEPTED
    if said_so_far or (this.kind is RegistrationKind.RECORD and number.ceased_on is not None):
        return number.ceased_on  # it ended nothing, and lifted no end
    standing = [
        end
        for end in accepted
        if end.kind in ENDS_OF_USE
        and not any(
            item.kind is RegistrationKind.RECORD and item.id > end.id and item.due_on >= end.due_on for item in accepted
        )
    ]
    last = max(standing, key=lambda end: (end.due_on, end.id), default=None)
    return None if last is None else last.effective_date


def gave_way(this: Registration, said: list[Registration]) -> Registration | None:
    """Return the address that waited for a person until `this` was said, where nothing newer stands."""
    if this.kind is not RegistrationKind.RECORD or this.state is RegistrationState.RETURNED:
        return None
    before = [item for item in said if item.id < this.id and item.kind is RegistrationKind.RECORD]
    newer = [item for item in said if item.id > this.id and item.state is not RegistrationState.CANCELLED]
    if newer or not before or before[-1].state is not RegistrationState.SUPERSEDED:
        return None
    return before[-1]


def _cancelled_by(
    system: System, end: Registration, said: list[Registration]
) -> tuple[tuple[RegistrationKind, date], ...]:
    """Return what an end of use cancelled when it was said: it does not come back with the number."""
    if end.kind not in ENDS_OF_USE:
        return ()
    said_on = end.submitted_at.astimezone(system.settings.timezone).date()
    gone = [item for item in said if item.state is RegistrationState.CANCELLED and not item.decision_note]
    earlier = [item for item in said if item.id < end.id and item.kind is not RegistrationKind.RECORD]
    return tuple(
        (item.kind, item.effective_date)
        for item in gone
        if item.id < end.id
        and (item.due_on >= end.due_on or (item.kind in ENDS_OF_USE and item.due_on > said_on))
        and not any(_had_cancelled(other, item) for other in earlier)
    )


def _had_cancelled(other: Registration, item: Registration) -> bool:
    """Say whether an earlier end that was taken back, or a bar, had cancelled this before."""
    if other.id < item.id:
        return False
    bar = other.kind is RegistrationKind.NO_RECORD
    return bar or (other.decision_note == TAKEN_BACK and other.due_on <= item.due_on)
