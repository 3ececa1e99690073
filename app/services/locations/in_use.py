"""The numbers that somebody wants to do something with: in use, theirs, and locked."""

from collections.abc import Sequence

from sqlalchemy import select

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor, Role
from app.domain.permissions import Permission
from app.errors import Problem, Refused
from app.models.numbers import Number
from app.services.access import authorise
from app.services.system import System
from validators.numbers import read_number


def numbers_in_use(
    system: System, work: UnitOfWork, actor: Actor, permission: Permission, numbers: Sequence[str], why_not: str
) -> list[Number]:
    """Return the rows of numbers in use, each once and locked.

    Refused (N11) says `why_not` of every one that is not in use or is another account's: one answer for both, so that
    a customer does not learn that another holds the number.
    """
    authorise(actor, permission)
    found: dict[int, Number] = {}
    problems: list[Problem] = []
    for row, text in enumerate(numbers, 1):
        number = work.session.scalars(
            select(Number)
            .where(Number.number == read_number(text))
            .where(Number.ceased_on.is_(None) | (Number.ceased_on > system.today))
            .with_for_update(key_share=True)
        ).one_or_none()
        if number is None or (actor.role is Role.CUSTOMER and number.account_id != actor.account_id):
            problems.append(Problem("N11", "number", "error", why_not, row=row))
        else:
            found[number.id] = number
    if problems:
        raise Refused(problems)
    return list(found.values())
