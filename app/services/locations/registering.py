"""Registering where a number is used: look first, then store; one number, or all that share an address."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission, permitted
from app.errors import NotFound, Refused
from app.models.accounts import Account
from app.models.numbers import Address, Number
from app.models.records import Registration
from app.services.access import authorise_account
from app.services.geocoding import Act, look_up
from app.services.locations.content import ADDRESS_TYPED
from app.services.locations.judgement import ACCEPTED, FOR_REVIEW, REFUSED, Judgement, refusing
from app.services.locations.judging import Judge
from app.services.locations.storing import TYPED_NAME, Store
from app.services.locations.typed import typed_location, typed_locations
from app.services.system import System
from app.services.wanted import wanted_id, wanted_registration
from validators.location import Location
from validators.numbers import national, read_number

STORED = (ACCEPTED, FOR_REVIEW)
# What belongs to the address, and changes for all of its numbers when that is asked for.
ADDRESS_FIELDS = (*ADDRESS_TYPED, "postcode")
# What is said of one number's user, whatever its address.
OWN_FIELDS = (*TYPED_NAME, "line_type", "voip_acknowledged", "nomadic", "outside_uk")


def check_location(system: System, actor: Actor, account_id: int, location: Location) -> Judgement:
    """Return all findings on a location and the record as it would be sent; nothing is stored."""
    authorise_account(actor, Permission.REGISTER_LOCATION, account_id)
    act = look_up(system, [location])
    with system.database.reading() as look:
        return judge_for(system, look, actor, account_id, act).judge([location])[0]


def register_location(system: System, actor: Actor, account_id: int, location: Location) -> Judgement:
    """Store where a number is used; Refused, with every finding, where the rules refuse it.

    What is unchanged is not stored again; what needs a person's eye is held for review.
    """
    authorise_account(actor, Permission.REGISTER_LOCATION, account_id)
    act = look_up(system, [location])
    with system.database.unit_of_work() as work:
        judgement = store_locations(system, work, actor, account_id, [location], act=act)[0]
        work.commit()
    return judgement


def change_address(system: System, actor: Actor, number: str, location: Location) -> list[Judgement]:
    """Move every number that shares this number's address to the address of `location` (L2), all or none."""
    act = look_up(system, [location])
    with system.database.unit_of_work() as work:
        found = _number(work, actor, number)
        moved = [
            replace(
                typed,
                **{name: getattr(location, name) for name in (*ADDRESS_FIELDS, "address_confirmed")},
                effective_date=location.effective_date,
            )
            for typed in sharing_locations(system, work, found)
        ]
        named = [
            replace(item, **_own(location)) if read_number(item.number) == found.number else item for item in moved
        ] or [replace(location, number=national(found.number))]  # no address yet: it gets its first
        judgements = store_locations(system, work, actor, found.account_id, named, act=act)
        work.commit()
    return judgements


def _own(location: Location) -> dict[str, str]:
    return {name: getattr(location, name) for name in OWN_FIELDS}


def share_of_address(system: System, actor: Actor, number: str) -> list[str]:
    """Return the other numbers, as they are dialled, that are wanted at the same address as this one."""
    with system.database.reading() as look:
        found = _number(look, actor, number, Permission.SEE_RECORD)
        return [
            location.number
            for location in sharing_locations(system, look, found)
            if location.number != national(found.number)
        ]


def current_location(system: System, actor: Actor, number: str) -> Location:
    """Return what was typed last for a number; only the number is filled in where nothing was."""
    with system.database.reading() as look:
        found = _number(look, actor, number)
        said = typed_locations(look, [found.id], system.today)
        return said.get(found.id) or Location(number=national(found.number), line_type=found.line_type)


def judge_for(system: System, look: Reading, actor: Actor, account_id: int, act: Act | None = None) -> Judge:
    """Return a judge of one account's locations; NotFound where there is no such account."""
    account = look.session.get(Account, account_id)
    if account is None:
        raise NotFound("there is no such account")
    return Judge(system, look, account, act, may_bring_in=permitted(actor.role, Permission.MANAGE_NUMBERS))


def store_locations(
    system: System,
    work: UnitOfWork,
    actor: Actor,
    account_id: int,
    locations: Sequence[Location],
    *,
    cause: str = "change",
    again: bool = False,
    act: Act | None = None,
) -> list[Judgement]:
    """Judge and store a few locations in the caller's unit; Refused, with all findings, where one is refused.

    With `again` one that is unchanged is stored all the same: a fix may change nothing but its date.
    """
    judge = judge_for(system, work, actor, account_id, act)
    judgements = judge.judge(locations)
    wrong = [problem for item in judgements if item.standing == REFUSED for problem in refusing(item.problems)]
    if wrong:
        raise Refused([problem for item in judgements for problem in item.problems])
    chosen = [item for item in judgements if again or item.standing in STORED]
    stored = Store(system, work, actor, account_id, cause).store(chosen, judge.known)
    for item, registration_id in zip(chosen, stored, strict=True):
        _note(system, work, actor, account_id, item, registration_id)
    return judgements


def _note(
    system: System, work: UnitOfWork, actor: Actor, account_id: int, item: Judgement, registration_id: int
) -> None:
    filled = {name: value for name, value in vars_of(item.location).items() if value}
    system.record(
        work,
        actor,
        Action.LOCATION_SUBMITTED,
        ("registration", registration_id),
        {
            "fields": sorted(filled),
            "effective_date": str(item.effective_date),
            "findings": [problem.code for problem in item.problems],
        },
        values={"typed": filled, "sent": item.sent},
        account_id=account_id,
    )


def vars_of(location: Location) -> dict[str, str]:
    """Return the columns of a location."""
    return {name: getattr(location, name) for name in location.__dataclass_fields__}


def _number(look: Reading, actor: Actor, number: str, permission: Permission = Permission.REGISTER_LOCATION) -> Number:
    e164 = read_number(number)
    found = look.session.scalars(select(Number).where(Number.number == e164)).one_or_none()
    if found is None:
        raise NotFound("there is no such number")
    authorise_account(actor, permission, found.account_id)
    return found


def sharing_locations(system: System, look: Reading, number: Number) -> list[Location]:
    """Return what is wanted, as typed, for every number at the address of this one, itself among them."""
    said = wanted_registration(look, number.id, system.today)
    if said is None or said.address_id is None:
        return []
    rows = look.session.execute(
        select(Registration, Address, Number)
        .join(Address, Address.id == Registration.address_id)
        .join(Number, Number.id == Registration.number_id)
        .where(Registration.address_id == said.address_id)
        .where(Registration.id == wanted_id(Registration.number_id, system.today))
        .order_by(Number.number)
    )
    return [typed_location(registration, place, holder, system.today) for registration, place, holder in rows]
