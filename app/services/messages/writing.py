"""Writing about a number: operations to the customer, the customer back; and the end of a conversation."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import AccountRole, Actor, Role
from app.domain.people import MailKind
from app.domain.permissions import Permission
from app.errors import Conflict, NotFound, Refused
from app.models.accounts import User
from app.models.messages import Message, MessageThread
from app.models.numbers import Number
from app.models.replies import Case
from app.services.access import authorise
from app.services.enquiries.typed import check_text
from app.services.people.mail import put_mail
from app.services.system import System

TEXT_MOST = 2000
# Who may answer is told that there is something to answer.
TOLD = (AccountRole.OWNER, AccountRole.EDITOR)


def write_to_customer(system: System, actor: Actor, number_id: int, text: str, case_id: int | None = None) -> int:
    """Write to the account that has a number and return the conversation; its people are told by mail, without words.

    What is open about the number goes on. NotFound where there is no such number, or the case is not about it.
    """
    authorise(actor, Permission.WRITE_MESSAGES)
    if actor.role is Role.CUSTOMER:
        raise NotFound("there is no such thing in your account")
    written = _written(text)
    try:
        with system.database.unit_of_work() as work:
            thread = _open_thread(system, work, number_id, case_id)
            thread_id = thread.id
            _add(system, work, actor, thread, written)
            _tell(system, work, thread.account_id)
            work.commit()
    except IntegrityError as another:
        raise Conflict("Somebody else wrote about this number in this moment: look at it again.") from another
    return thread_id


def answer(system: System, actor: Actor, thread_id: int, text: str) -> None:
    """Answer in a conversation, as the customer or as operations; Conflict where it was closed.

    NotFound for another account's.
    """
    authorise(actor, Permission.WRITE_MESSAGES)
    written = _written(text)
    with system.database.unit_of_work() as work:
        thread = _locked(work, actor, thread_id)
        if thread.closed_at is not None:
            raise Conflict("This conversation was closed. If something is still open, write to us by “Contact us”.")
        _add(system, work, actor, thread, written)
        if actor.role is not Role.CUSTOMER:
            _tell(system, work, thread.account_id)
        work.commit()


def close_thread(system: System, actor: Actor, thread_id: int) -> None:
    """End a conversation; what was written stays. Conflict where it is closed, NotFound where there is none."""
    authorise(actor, Permission.WRITE_MESSAGES)
    if actor.role is Role.CUSTOMER:
        raise NotFound("there is no such thing in your account")
    with system.database.unit_of_work() as work:
        thread = _locked(work, actor, thread_id)
        if thread.closed_at is not None:
            raise Conflict("This conversation is closed already.")
        _close(system, work, actor, thread)
        work.commit()


def mark_read(system: System, actor: Actor, thread_id: int) -> None:
    """Note that the account has seen what we wrote; for staff, who only look, nothing is noted."""
    authorise(actor, Permission.SEE_MESSAGES)
    if actor.role is not Role.CUSTOMER:
        return
    with system.database.unit_of_work() as work:
        thread = _locked(work, actor, thread_id)
        seen = update(Message).where(
            Message.thread_id == thread.id, Message.of_staff.is_(True), Message.read_at.is_(None)
        )
        work.session.execute(seen.values(read_at=system.clock.now()), execution_options={"synchronize_session": False})
        work.commit()


def _open_thread(system: System, work: UnitOfWork, number_id: int, case_id: int | None) -> MessageThread:
    number = work.session.get(Number, number_id)
    if number is None:
        raise NotFound("there is no such number")
    if case_id is not None:
        case = work.session.get(Case, case_id)
        if case is None or case.number_id != number_id:
            raise NotFound(f"case {case_id} is not about this number")
    thread = work.session.scalars(
        select(MessageThread)
        .where(
            MessageThread.number_id == number_id,
            MessageThread.account_id == number.account_id,
            MessageThread.closed_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    now = system.clock.now()
    if thread is None:
        thread = MessageThread(
            account_id=number.account_id, number_id=number_id, awaits_us=False, opened_at=now, last_at=now
        )
        work.session.add(thread)
    thread.case_id = case_id or thread.case_id
    work.session.flush()
    return thread


def _locked(work: UnitOfWork, actor: Actor, thread_id: int) -> MessageThread:
    thread = work.session.get(MessageThread, thread_id, with_for_update=True, populate_existing=True)
    if thread is None or (actor.role is Role.CUSTOMER and thread.account_id != actor.account_id):
        raise NotFound("there is no such conversation")
    return thread


def _add(system: System, work: UnitOfWork, actor: Actor, thread: MessageThread, text: str) -> None:
    now, of_staff = system.clock.now(), actor.role is not Role.CUSTOMER
    message = Message(
        thread_id=thread.id, at=now, of_staff=of_staff, author=actor.name, user_id=actor.user_id, text=text
    )
    work.session.add(message)
    thread.last_at, thread.awaits_us = now, not of_staff
    work.session.flush()
    system.record(
        work,
        actor,
        Action.MESSAGE_WRITTEN,
        ("number", thread.number_id),
        {"thread_id": thread.id, "message_id": message.id, "of_staff": of_staff, "case_id": thread.case_id},
        values={"text": text},
        account_id=thread.account_id,
    )


def _close(system: System, work: UnitOfWork, actor: Actor, thread: MessageThread) -> None:
    thread.closed_at, thread.awaits_us = system.clock.now(), False
    system.record(work, actor, Action.MESSAGES_CLOSED, ("number", thread.number_id), {"thread_id": thread.id})


def _tell(system: System, work: UnitOfWork, account_id: int) -> None:
    people = select(User.email).where(
        User.account_id == account_id, User.account_role.in_(TOLD), User.removed_at.is_(None)
    )
    for email in work.session.scalars(people.order_by(User.id)):
        put_mail(work, MailKind.MESSAGE, email, system.clock.now())


def _written(text: str) -> str:
    written = text.replace("\r\n", "\n").strip()
    problems = check_text("text", written, TEXT_MOST, "The message")
    if problems:
        raise Refused(problems)
    return written
