"""The inventory as it stands: ranges, numbers in use, numbers ported in, as rows of the CSV that loads them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.models.accounts import Account
from app.models.numbers import Number, NumberRange
from app.services.access import authorise, note_reading
from app.services.inventory import COLUMNS, KINDS
from app.services.system import System
from validators.numbers import national

AT_ONCE = 1_000


def list_inventory(system: System, actor: Actor, kind: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield rows by the names of the CSV's columns, ranges first, in constant memory; of one `kind` where it is given.

    A number that is in use no longer is not among them. The trail says that it was read, and how much.
    """
    authorise(actor, Permission.MANAGE_NUMBERS)
    numbers = 0
    with system.database.reading() as look:
        if kind in {None, "range"}:
            yield from _ranges(look)
        if kind != "range":
            for row in _numbers(system, look, kind):
                numbers += 1
                yield row
    note_reading(system, actor, "list", ("installation", 1), numbers)


def _row(kind: str, start: str, **values: object) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS, ""), "kind": kind, "start": start, "end": start, **values}


def _ranges(look: Reading) -> Iterator[dict[str, Any]]:
    for block in look.session.scalars(select(NumberRange).order_by(NumberRange.start, NumberRange.end)):
        yield _row(
            "range",
            national(f"+{block.start}"),
            end=national(f"+{block.end}"),
            child_cupid=block.child_cupid,
            line_type=block.line_type,
        )


def _numbers(system: System, look: Reading, kind: str | None) -> Iterator[dict[str, Any]]:
    query = (
        select(Number, Account.name)
        .join(Account, Account.id == Number.account_id)
        .where(or_(Number.ceased_on.is_(None), Number.ceased_on > system.today))
    )
    if kind is not None:
        query = query.where(Number.ported_in.is_(kind == "ported_in"))
    after = ""
    while page := look.session.execute(query.where(Number.number > after).order_by(Number.number).limit(AT_ONCE)).all():
        for number, account in page:
            yield _row(
                KINDS[2] if number.ported_in else KINDS[1],
                national(number.number),
                account=account,
                child_cupid=number.child_cupid,
                line_type=number.line_type,
                losing_cupid=number.losing_cupid if number.ported_in else "",
                port_date=number.port_date.isoformat() if number.ported_in and number.port_date else "",
            )
        after = page[-1][0].number
        look.session.expunge_all()
