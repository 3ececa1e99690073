"""The places that an account's numbers are wanted at, and the numbers at each (L2)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from app.db.bulk import one_of
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.models.numbers import Address, Number
from app.models.records import Registration
from app.services.access import authorise_account, note_reading
from app.services.system import System
from app.services.wanted import wanted_id
from validators.numbers import national

MOST = 50


@dataclass(frozen=True)
class Place:
    """One address of the book, on one line, and how many numbers are wanted there today."""

    id: int
    address: str
    numbers: int


def list_places(system: System, actor: Actor, account_id: int) -> list[Place]:
    """Return the addresses of an account that serve numbers, the fullest first, fifty at most."""
    authorise_account(actor, Permission.SEE_RECORD, account_id)
    counted = (
        select(Registration.address_id, func.count().label("numbers"))
        .join(Number, Number.id == Registration.number_id)
        .where(*_wanted(system, account_id))
        .group_by(Registration.address_id)
        .subquery()
    )
    with system.database.reading() as look:
        rows = look.session.execute(
            select(Address, counted.c.numbers)
            .join(counted, counted.c.address_id == Address.id)
            .order_by(counted.c.numbers.desc(), Address.id)
            .limit(MOST)
        )
        found = [Place(address.id, _line(address), count) for address, count in rows]
    note_reading(system, actor, "list", ("account", account_id), len(found))
    return found


def numbers_at(system: System, actor: Actor, account_id: int, address_id: int, most: int) -> list[str]:
    """Return the numbers wanted at an address of the account, as they are dialled, `most` of them."""
    authorise_account(actor, Permission.SEE_RECORD, account_id)
    with system.database.reading() as look:
        numbers = look.session.scalars(
            select(Number.number)
            .join(Registration, Registration.number_id == Number.id)
            .where(*_wanted(system, account_id), Registration.address_id == address_id)
            .order_by(Number.number)
            .limit(most)
        )
        found = [national(number) for number in numbers]
    note_reading(system, actor, "list", ("account", account_id), len(found))
    return found


def numbers_of(system: System, actor: Actor, account_id: int, ids: Collection[int]) -> list[str]:
    """Return the numbers of those rows that the account has in use today, as dialled; other rows are left out."""
    authorise_account(actor, Permission.SEE_RECORD, account_id)
    with system.database.reading() as look:
        numbers = look.session.scalars(
            select(Number.number)
            .where(one_of(look, Number.id, ids), Number.account_id == account_id)
            .where(or_(Number.ceased_on.is_(None), Number.ceased_on > system.today))
            .order_by(Number.number)
        )
        found = [national(number) for number in numbers]
    note_reading(system, actor, "list", ("account", account_id), len(found))
    return found


def _wanted(system: System, account_id: int) -> tuple[ColumnElement[bool], ...]:
    """The registration of each number of the account that holds today, and says where it is used."""
    return (
        Number.account_id == account_id,
        or_(Number.ceased_on.is_(None), Number.ceased_on > system.today),
        Registration.id == wanted_id(Number.id, system.today),
        Registration.address_id.is_not(None),
    )


def _line(address: Address) -> str:
    parts = (address.premises, address.thoroughfare, address.locality, address.post_town, address.postcode)
    return ", ".join(part for part in parts if part)
