"""Conversations as they are read: at a number, in the customer's list, in the list of what waits for an answer."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor, Role
from app.domain.permissions import Permission
from app.errors import NotFound
from app.models.accounts import Account
from app.models.messages import Message, MessageThread
from app.models.numbers import Number
from app.services.access import authorise, authorise_account, note_reading
from app.services.system import System
from validators.numbers import national

PER_PAGE = 50
AT_A_NUMBER = 20


@dataclass(frozen=True)
class MessageLine:
    """One message; a customer is not told which of us wrote it."""

    id: int
    at: datetime
    of_staff: bool
    author: str
    text: str
    new: bool


@dataclass(frozen=True)
class Thread:
    """One conversation; `unread` counts what the account has not seen, `lines` are the oldest first."""

    id: int
    number_id: int
    number: str
    account_id: int
    account: str
    case_id: int | None
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    awaits_us: bool
    unread: int
    lines: tuple[MessageLine, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, without the messages."""
        moments = {name: getattr(self, name) for name in ("opened_at", "last_at", "closed_at")}
        facts = {name: value for name, value in vars(self).items() if name not in {"lines", *moments}}
        return facts | {name: moment and moment.isoformat() for name, moment in moments.items()}


@dataclass(frozen=True)
class ThreadPage:
    """One page of conversations, the latest first."""

    threads: list[Thread]
    total: int
    page: int
    pages: int


def list_threads(system: System, actor: Actor, account_id: int, page: int = 1, per_page: int = PER_PAGE) -> ThreadPage:
    """Return an account's conversations, the latest first."""
    authorise_account(actor, Permission.SEE_MESSAGES, account_id)
    return _page(system, actor, MessageThread.account_id == account_id, MessageThread.last_at.desc(), page, per_page)


def list_unanswered(
    system: System, actor: Actor, page: int = 1, per_page: int = PER_PAGE, *, everything: bool = False
) -> ThreadPage:
    """Return the conversations in which a customer's word is the last, what waits longest first; staff alone.

    With `everything` all of them, the latest first.
    """
    _staff(actor)
    if everything:
        which: ColumnElement[bool] = MessageThread.id.is_not(None)
        return _page(system, actor, which, MessageThread.last_at.desc(), page, per_page)
    return _page(system, actor, WAITS_FOR_US, MessageThread.last_at, page, per_page)


def count_unanswered(system: System, actor: Actor) -> int:
    """Return in how many conversations a customer waits for us; staff alone."""
    _staff(actor)
    with system.database.reading() as look:
        return look.session.scalar(select(func.count()).select_from(MessageThread).where(WAITS_FOR_US)) or 0


def count_unread(system: System, actor: Actor, account_id: int) -> int:
    """Return how many messages of ours nobody of the account has seen."""
    authorise_account(actor, Permission.SEE_MESSAGES, account_id)
    unread = select(func.count()).select_from(Message).join(MessageThread, MessageThread.id == Message.thread_id)
    with system.database.reading() as look:
        return look.session.scalar(unread.where(MessageThread.account_id == account_id, *UNREAD)) or 0


def threads_of_number(system: System, actor: Actor, number_id: int) -> list[Thread]:
    """Return what was written about a number, the latest conversation first; a customer gets their own account's."""
    authorise(actor, Permission.SEE_MESSAGES)
    chosen = select(MessageThread.id).where(MessageThread.number_id == number_id)
    if actor.role is Role.CUSTOMER:
        chosen = chosen.where(MessageThread.account_id == actor.account_id)
    with system.database.reading() as look:
        ids = list(look.session.scalars(chosen.order_by(MessageThread.last_at.desc()).limit(AT_A_NUMBER)))
        found = _threads(look, actor, ids, lines=True)
    note_reading(system, actor, "messages", ("number", number_id), len(found))
    return found


def show_thread(system: System, actor: Actor, thread_id: int) -> Thread:
    """Return one conversation with its messages; NotFound for another account's."""
    authorise(actor, Permission.SEE_MESSAGES)
    with system.database.reading() as look:
        found = _threads(look, actor, [thread_id], lines=True)
    if not found or (actor.role is Role.CUSTOMER and found[0].account_id != actor.account_id):
        raise NotFound("there is no such conversation")
    note_reading(system, actor, "messages", ("number", found[0].number_id))
    return found[0]


WAITS_FOR_US = MessageThread.awaits_us.is_(True) & MessageThread.closed_at.is_(None)
UNREAD = (Message.of_staff.is_(True), Message.read_at.is_(None))


def _staff(actor: Actor) -> None:
    authorise(actor, Permission.SEE_MESSAGES)
    if actor.role is Role.CUSTOMER:
        raise NotFound("there is no such thing in your account")


def _page(
    system: System, actor: Actor, which: ColumnElement[bool], order: ColumnElement[Any] | Any, page: int, per_page: int
) -> ThreadPage:
    with system.database.reading() as look:
        total = look.session.scalar(select(func.count()).select_from(MessageThread).where(which)) or 0
        pages = max(1, -(-total // per_page))
        page = min(max(page, 1), pages)
        ids = select(MessageThread.id).where(which).order_by(order, MessageThread.id)
        chosen = list(look.session.scalars(ids.limit(per_page).offset((page - 1) * per_page)))
        found = ThreadPage(_threads(look, actor, chosen), total, page, pages)
    note_reading(system, actor, "messages", ("installation", 1), len(chosen))
    return found


def _threads(look: Reading, actor: Actor, ids: list[int], *, lines: bool = False) -> list[Thread]:
    """Return conversations in the order of `ids`."""
    rows = look.session.execute(
        select(MessageThread, Number.number, Account.name)
        .join(Number, Number.id == MessageThread.number_id)
        .join(Account, Account.id == MessageThread.account_id)
        .where(MessageThread.id.in_(ids))
    )
    found = {row[0].id: row for row in rows}
    tally = look.session.execute(
        select(Message.thread_id, func.count()).where(Message.thread_id.in_(ids), *UNREAD).group_by(Message.thread_id)
    )
    unread = Counter({thread_id: count for thread_id, count in tally})  # noqa: C416  a row is no pair to mypy
    said: dict[int, list[MessageLine]] = {thread_id: [] for thread_id in ids}
    if lines:
        for message in look.session.scalars(select(Message).where(Message.thread_id.in_(ids)).order_by(Message.id)):
            said[message.thread_id].append(_line(actor, message))
    return [
        Thread(
            id=thread.id,
            number_id=thread.number_id,
            number=national(number),
            account_id=thread.account_id,
            account=account,
            case_id=None if actor.role is Role.CUSTOMER else thread.case_id,
            opened_at=thread.opened_at,
            last_at=thread.last_at,
            closed_at=thread.closed_at,
            awaits_us=thread.awaits_us,
            unread=unread[thread.id],
            lines=tuple(said[thread.id]),
        )
        for thread, number, account in (found[thread_id] for thread_id in ids if thread_id in found)
    ]


def _line(actor: Actor, message: Message) -> MessageLine:
    hidden = message.of_staff and actor.role is Role.CUSTOMER
    new = message.of_staff and message.read_at is None
    return MessageLine(
        message.id, message.at, message.of_staff, "" if hidden else message.author, message.text, new=new
    )
