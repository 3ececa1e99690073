"""The accounts as staff see them: listed, found by name, and how the numbers of one stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.domain.actors import Actor, Role
from app.domain.permissions import Permission
from app.domain.statuses import Status
from app.errors import NotFound
from app.models.accounts import Account, User
from app.models.numbers import Number
from app.services.access import authorise, authorise_account, note_reading
from app.services.overview import status_query
from app.services.system import System

ACCOUNTS_A_PAGE = 50


@dataclass(frozen=True)
class FoundAccount:
    """An account in the list; `people` and `numbers` are how many it has."""

    id: int
    name: str
    contact_name: str
    people: int
    numbers: int
    created_at: datetime


@dataclass(frozen=True)
class FoundAccounts:
    """A page of accounts, by name."""

    lines: list[FoundAccount]
    total: int
    page: int
    pages: int


def find_accounts(system: System, actor: Actor, name: str = "", page: int = 1) -> FoundAccounts:
    """Return a page of the accounts whose name has `name` in it; for staff alone, and noted in the trail."""
    authorise(actor, Permission.SEE_ACCOUNT)
    if actor.role is Role.CUSTOMER:
        raise NotFound("there is no such thing in your account")
    people = select(func.count()).where(User.account_id == Account.id, User.removed_at.is_(None)).scalar_subquery()
    numbers = select(func.count()).where(Number.account_id == Account.id).scalar_subquery()
    fits = func.lower(Account.name).contains(name.strip().lower(), autoescape=True)
    with system.database.reading() as look:
        total = look.session.scalar(select(func.count()).select_from(Account).where(fits)) or 0
        pages = max(1, -(-total // ACCOUNTS_A_PAGE))
        page = min(max(page, 1), pages)
        rows = look.session.execute(
            select(Account, people, numbers)
            .where(fits)
            .order_by(func.lower(Account.name), Account.id)
            .limit(ACCOUNTS_A_PAGE)
            .offset((page - 1) * ACCOUNTS_A_PAGE)
        )
        lines = [
            FoundAccount(account.id, account.name, account.contact_name, humans, held, account.created_at)
            for account, humans, held in rows
        ]
    note_reading(system, actor, "accounts", ("account", 0), len(lines))
    return FoundAccounts(lines, total, page, pages)


def count_statuses(system: System, actor: Actor, account_id: int) -> dict[Status, int]:
    """Return how many of an account's numbers have which status; of no number is anything said."""
    authorise_account(actor, Permission.SEE_RECORD, account_id)
    with system.database.reading() as look:
        known = status_query(system.today, account_id, "").subquery("known")
        tally = look.session.execute(select(known.c.status, func.count()).group_by(known.c.status))
        return {Status(status): count for status, count in tally}
