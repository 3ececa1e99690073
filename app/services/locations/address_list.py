"""The address book as programs see it: an address with its version, changed for all of its numbers at once (L2).

An address never changes: a change points its numbers at another row. Its version tells which numbers are wanted there
by which word; whoever changes it says which version they saw, so that nobody's change is lost.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy import exists, select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationState
from app.errors import Conflict, Moved, NotFound, Problem, Refused
from app.models.numbers import Address, Number
from app.models.records import Registration
from app.services.access import authorise, authorise_account, note_reading
from app.services.geocoding import look_up
from app.services.locations.address_book import known_addresses, typed_address
from app.services.locations.content import ADDRESS_TYPED
from app.services.locations.judgement import Judgement
from app.services.locations.registering import ADDRESS_FIELDS, store_locations
from app.services.locations.typed import typed_location
from app.services.system import System
from app.services.wanted import wanted_id
from validators.location import Location

MOST = 200
CHANGEABLE = (*ADDRESS_FIELDS, "address_confirmed", "effective_date")
NOBODY_HERE = "No number is used at this address today, so there is nothing to move: register a location instead."


@dataclass(frozen=True)
class AddressView:
    """One address as it was typed; `numbers` are the ids of those that are wanted there today."""

    id: int
    typed: dict[str, str]
    numbers: tuple[int, ...]
    version: str


@dataclass(frozen=True)
class AddressSlice:
    """Some addresses; `after` is the last one's id where more follow."""

    addresses: Sequence[AddressView]
    after: int | None


@dataclass(frozen=True)
class AddressChange:
    """What became of a change: a judgement for each number, and the address that they are at by it."""

    judgements: Sequence[Judgement]
    address_id: int | None


def slice_addresses(system: System, actor: Actor, account_id: int, after: int = 0, limit: int = 50) -> AddressSlice:
    """Return up to `limit` addresses after an id: those at which something counts, or waits for a person."""
    authorise_account(actor, Permission.SEE_RECORD, account_id)
    limit = min(max(limit, 1), MOST)
    counts = (RegistrationState.ACCEPTED, RegistrationState.REVIEW, RegistrationState.RETURNED)
    used = exists().where(
        Registration.address_id == Address.id,
        Registration.account_id == account_id,
        Registration.state.in_(counts),
    )
    query = select(Address).where(Address.account_id == account_id, Address.id > after, used).order_by(Address.id)
    with system.database.reading() as look:
        rows = look.session.scalars(query.limit(limit + 1)).all()
        views = [_view(system, look, row) for row in rows[:limit]]
    note_reading(system, actor, "addresses", ("account", account_id), len(views))
    return AddressSlice(views, rows[limit - 1].id if len(rows) > limit else None)


def show_address(system: System, actor: Actor, address_id: int) -> AddressView:
    """Return one address; NotFound where it is not there or another account's."""
    authorise(actor, Permission.SEE_RECORD)
    with system.database.reading() as look:
        address = _address(look, actor, Permission.SEE_RECORD, address_id)
        view = _view(system, look, address)
    note_reading(system, actor, "address", ("address", address_id))
    return view


def change_address_of(
    system: System, actor: Actor, address_id: int, changes: Mapping[str, str], seen: Container[str] | None
) -> AddressChange:
    """Move every number that is wanted at an address to the changed one, all or none.

    `seen` holds the versions that may be changed, None any; Moved where it is another one by now. Refused with all
    findings.
    """
    authorise(actor, Permission.REGISTER_LOCATION)
    _refuse_unknown(changes)
    with system.database.reading() as look:
        typed = replace(_typed(_address(look, actor, Permission.REGISTER_LOCATION, address_id)), **changes)
    act = look_up(system, [typed])
    with system.database.unit_of_work() as work:
        address = _address(work, actor, Permission.REGISTER_LOCATION, address_id)
        numbers = [number_id for number_id, _ in _wanted_here(system, work, address_id)]
        # Locked in order, as everybody who says something of numbers does; then looked at again.
        lock = select(Number.id).where(Number.id.in_(numbers)).order_by(Number.id)
        work.session.scalars(lock.with_for_update(key_share=True)).all()
        here = _wanted_here(system, work, address_id)
        moved_on = seen is not None and _version(address, here) not in seen
        if moved_on or [number_id for number_id, _ in here] != numbers:
            raise Moved("This address, or what is used there, has changed since you looked at it: look again.")
        if not here:
            raise Conflict(NOBODY_HERE)
        rows = work.session.execute(
            select(Registration, Number)
            .join(Number, Number.id == Registration.number_id)
            .where(Registration.id.in_([registration_id for _, registration_id in here]))
            .order_by(Number.id)
        ).all()
        moved = [
            replace(typed_location(said, address, number, system.today), **_whole(changes)) for said, number in rows
        ]
        judgements = store_locations(system, work, actor, address.account_id, moved, act=act)
        digest = typed_address(judgements[0].location, str(judgements[0].postcode))["digest"]
        ids = known_addresses(work, address.account_id, {digest})
        work.commit()
    return AddressChange(judgements, ids.get(digest))


def _whole(changes: Mapping[str, str]) -> dict[str, str]:
    """A new line of an address makes what was found by the old one untrue: the place, and the references of it."""
    fixed = dict.fromkeys(("uprn", "udprn", "latitude", "longitude"), "")
    moved = any(name in changes for name in ("premises", "thoroughfare", "postcode"))
    return (fixed if moved else {}) | dict(changes)


def _refuse_unknown(changes: Mapping[str, str]) -> None:
    problems = [
        Problem("U01", name, "error", f"There is no column {name} of an address. Known: {', '.join(CHANGEABLE)}.")
        for name in changes
        if name not in CHANGEABLE
    ]
    if not changes:
        problems = [Problem("K01", "", "error", "Nothing is changed: say which field gets which value.")]
    if problems:
        raise Refused(problems)


def _address(look: Reading, actor: Actor, permission: Permission, address_id: int) -> Address:
    address = look.session.get(Address, address_id)
    if address is None:
        raise NotFound("there is no such address")
    authorise_account(actor, permission, address.account_id)
    return address


def _wanted_here(system: System, look: Reading, address_id: int) -> list[tuple[int, int]]:
    """Return the ids of the numbers that are wanted at an address today, each with the word that says so."""
    query = (
        select(Registration.number_id, Registration.id)
        .where(Registration.address_id == address_id)
        .where(Registration.id == wanted_id(Registration.number_id, system.today))
        .order_by(Registration.number_id)
    )
    return [(row.number_id, row.id) for row in look.session.execute(query)]


def _view(system: System, look: Reading, address: Address) -> AddressView:
    here = _wanted_here(system, look, address.id)
    location = _typed(address)
    typed = {name: str(getattr(location, name)) for name in ADDRESS_FIELDS}
    return AddressView(address.id, typed, tuple(number_id for number_id, _ in here), _version(address, here))


def _typed(address: Address) -> Location:
    return Location(**{name: getattr(address, name) for name in ADDRESS_TYPED}, postcode=address.postcode)


def _version(address: Address, here: Sequence[tuple[int, int]]) -> str:
    return sha256(repr((address.id, address.digest, list(here))).encode()).hexdigest()[:32]
