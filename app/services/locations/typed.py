"""What was typed, as the form and a correction start from it."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import case, func, select

from app.db.unit_of_work import Reading
from app.domain.registrations import RegistrationKind, RegistrationState
from app.models.numbers import Address, Number
from app.models.records import Registration
from app.services.locations.content import ADDRESS_TYPED
from app.services.locations.storing import TYPED_NAME
from validators.location import Location
from validators.numbers import national

STANDING = (RegistrationState.ACCEPTED, RegistrationState.REVIEW, RegistrationState.RETURNED)
OPEN, HOLDS, PLANNED = range(3)


def typed_location(registration: Registration, address: Address, number: Number, today: date) -> Location:
    """Return a registration as it was typed; its effective date is given only where that is still to come.

    So a change of it is of today, and what was planned for a later day stays planned for that day.
    """
    return Location(
        number=national(number.number),
        **{name: getattr(registration, name) for name in TYPED_NAME},
        line_type=registration.line_type,
        **{name: getattr(address, name) for name in ADDRESS_TYPED},
        postcode=address.postcode,
        child_cupid=number.child_cupid,
        voip_acknowledged="yes" if registration.voip_acknowledged else "",
        nomadic="yes" if registration.nomadic else "",
        effective_date=registration.effective_date.isoformat() if registration.due_on > today else "",
    )


def typed_locations(look: Reading, number_ids: Sequence[int], today: date) -> dict[int, Location]:
    """Return what a correction of each number starts from, by its id.

    That is what waits for a person or was returned after what holds today was said; else what holds today; and only
    where nothing holds yet what is planned first.
    """
    in_order = case(
        (Registration.state != RegistrationState.ACCEPTED, OPEN), (Registration.due_on <= today, HOLDS), else_=PLANNED
    )
    ranked = (
        select(
            Registration.id,
            in_order.label("kind"),
            func.row_number()
            .over(
                partition_by=(Registration.number_id, in_order),
                order_by=(
                    case((in_order == PLANNED, Registration.due_on)),
                    case((in_order == HOLDS, Registration.due_on)).desc(),
                    Registration.id.desc(),
                ),
            )
            .label("place"),
        )
        .where(Registration.number_id.in_(number_ids), Registration.kind == RegistrationKind.RECORD)
        .where(Registration.state.in_(STANDING))
        .subquery()
    )
    found: dict[int, dict[int, tuple[int, Location]]] = {}
    for registration, address, number, kind in look.session.execute(
        select(Registration, Address, Number, ranked.c.kind)
        .join(ranked, (ranked.c.id == Registration.id) & (ranked.c.place == 1))
        .join(Address, Address.id == Registration.address_id)
        .join(Number, Number.id == Registration.number_id)
    ):
        said = (registration.id, typed_location(registration, address, number, today))
        found.setdefault(number.id, {})[kind] = said
    return {number_id: _start(said) for number_id, said in found.items()}


def _start(said: Mapping[int, tuple[int, Location]]) -> Location:
    holds = said.get(HOLDS)
    if OPEN in said and (holds is None or said[OPEN][0] > holds[0]):
        return said[OPEN][1]
    return said[PLANNED][1] if holds is None else holds[1]
