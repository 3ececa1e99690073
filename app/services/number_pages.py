"""The numbers of an account in the order of their ids, for programs: what is new comes at the end (U2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.statuses import Status
from app.models.records import Registration
from app.services.access import authorise_account, note_reading
from app.services.locations.tenure import COUNTING
from app.services.overview import NumberLine, number_lines, status_query
from app.services.system import System

MOST = 200


@dataclass(frozen=True)
class NumberSlice:
    """Some numbers; `after` is the last one's id where more follow."""

    lines: Sequence[NumberLine]
    after: int | None


def slice_numbers(
    system: System,
    actor: Actor,
    account_id: int,
    *,
    after: int = 0,
    limit: int = 50,
    status: Status | None = None,
    search: str = "",
    address_id: int | None = None,
) -> NumberSlice:
    """Return up to `limit` numbers that follow the id `after`, of a status, or found by a search, or at an address."""
    authorise_account(actor, Permission.SEE_RECORD, account_id)
    limit = min(max(limit, 1), MOST)
    known = status_query(system.today, account_id, search).subquery("known")
    query = select(known.c.id).where(known.c.id > after).order_by(known.c.id).limit(limit + 1)
    if status is not None:
        query = query.where(known.c.status == str(status))
    if address_id is not None:
        at_address = exists().where(
            Registration.number_id == known.c.id,
            Registration.account_id == account_id,
            Registration.state.in_(COUNTING),
            Registration.address_id == address_id,
        )
        query = query.where(at_address)
    with system.database.reading() as look:
        ids = list(look.session.scalars(query))
        lines = number_lines(system, actor, look, ids[:limit])
    note_reading(system, actor, "list", ("account", account_id), len(lines))
    return NumberSlice(lines, ids[limit - 1] if len(ids) > limit else None)
