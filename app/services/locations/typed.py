"""What was typed, as the form and a correction start from it."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.db.unit_of_work import Reading
from app.domain.registrations import RegistrationKind, RegistrationState
from app.models.numbers import Address, Number
from app.models.records import Registration
from app.services.locations.content import ADDRESS_TYPED
from app.services.locations.storing import TYPED_NAME
from validators.location import Location
from validators.numbers import national

STANDING = (RegistrationState.ACCEPTED, RegistrationState.REVIEW, RegistrationState.RETURNED)


def typed_location(registration: Registration, address: Address, number: Number) -> Location:
    """Return a registration as it was typed; the effective date is left blank, so that a change is of today."""
    return Location(
        number=national(number.number),
        **{name: getattr(registration, name) for name in TYPED_NAME},
        line_type=registration.line_type,
        **{name: getattr(address, name) for name in ADDRESS_TYPED},
        postcode=address.postcode,
        child_cupid=number.child_cupid,
        voip_acknowledged="yes" if registration.voip_acknowledged else "",
        nomadic="yes" if registration.nomadic else "",
    )


def latest_registrations(look: Reading, number_ids: Sequence[int]) -> dict[int, Location]:
    """Return what was typed last for each number, by its id; also what was returned, so that it can be mended."""
    ranked = (
        select(
            Registration.id,
            func.row_number().over(partition_by=Registration.number_id, order_by=Registration.id.desc()).label("place"),
        )
        .where(Registration.number_id.in_(number_ids), Registration.kind == RegistrationKind.RECORD)
        .where(Registration.state.in_(STANDING))
        .subquery()
    )
    rows = look.session.execute(
        select(Registration, Address, Number)
        .join(ranked, (ranked.c.id == Registration.id) & (ranked.c.place == 1))
        .join(Address, Address.id == Registration.address_id)
        .join(Number, Number.id == Registration.number_id)
    )
    return {number.id: typed_location(registration, address, number) for registration, address, number in rows}
