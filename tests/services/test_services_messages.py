"""Operations and a customer write to each other about a number; each account sees its own, and mails say nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import update
from stage import Stage, number

from app.domain.actors import AccountRole, Actor, Role
from app.errors import Conflict, NotAllowed, NotFound, Refused
from app.models.accounts import User
from app.models.audit import AuditEvent
from app.models.messages import MessageThread
from app.models.numbers import Number
from app.services.messages.threads import (
    count_unanswered,
    count_unread,
    list_threads,
    list_unanswered,
    show_thread,
    threads_of_number,
)
from app.services.messages.writing import answer, close_thread, mark_read, write_to_customer
from app.services.people.mail import show_waiting

ASKED, ANSWERED = "Is the workshop behind the shop, or beside it?", "Behind it, through the yard."


@pytest.fixture
def written(stage: Stage) -> tuple[Stage, int]:
    """Operations asked about number 1, which the first account has."""
    stage.register(1)
    return stage, write_to_customer(stage.system, stage.staff, stage.number_id(1), f"  {ASKED}\r\n")


def said(stage: Stage, actor: Actor, thread_id: int) -> list[tuple[bool, str, str]]:
    return [(line.of_staff, line.author, line.text) for line in show_thread(stage.system, actor, thread_id).lines]


def test_the_customer_is_told_by_a_mail_that_says_nothing(written: tuple[Stage, int]) -> None:
    stage, _ = written
    (letter,) = show_waiting(stage.system, stage.cli)
    assert letter.to == stage.customer.name
    assert "http://127.0.0.1:8999/messages" in letter.text
    for personal in (ASKED, "Hartwell", number(1), "LS11", stage.staff.name):
        assert personal not in letter.subject + letter.text


def test_only_who_may_answer_gets_the_mail(written: tuple[Stage, int]) -> None:
    stage, thread_id = written
    show_waiting(stage.system, stage.cli)
    stage.execute(update_role(stage.customer, AccountRole.VIEWER))
    answer(stage.system, stage.staff, thread_id, "And on which floor?")
    assert show_waiting(stage.system, stage.cli) == []


def update_role(actor: Actor, role: AccountRole):
    return update(User).where(User.id == actor.user_id).values(account_role=role)


def test_the_two_see_the_same_words_but_the_customer_not_who_of_us(written: tuple[Stage, int]) -> None:
    stage, thread_id = written
    answer(stage.system, stage.customer, thread_id, ANSWERED)
    customer = stage.customer.name
    assert said(stage, stage.customer, thread_id) == [(True, "", ASKED), (False, customer, ANSWERED)]
    assert said(stage, stage.staff, thread_id) == [(True, stage.staff.name, ASKED), (False, customer, ANSWERED)]


def test_unread_for_the_customer_and_unanswered_for_us(written: tuple[Stage, int]) -> None:
    stage, thread_id = written
    system, staff, customer = stage.system, stage.staff, stage.customer
    assert (count_unread(system, customer, stage.account), count_unanswered(system, staff)) == (1, 0)
    assert list_threads(system, customer, stage.account).threads[0].unread == 1
    mark_read(system, staff, thread_id)  # looking at it ourselves is not their reading
    assert count_unread(system, customer, stage.account) == 1
    mark_read(system, customer, thread_id)
    assert count_unread(system, customer, stage.account) == 0
    answer(system, customer, thread_id, ANSWERED)
    assert count_unanswered(system, staff) == 1
    assert [thread.id for thread in list_unanswered(system, staff).threads] == [thread_id]
    answer(system, staff, thread_id, "Thank you.")
    assert (count_unread(system, customer, stage.account), count_unanswered(system, staff)) == (1, 0)
    assert list_unanswered(system, staff).threads == []
    assert [thread.id for thread in list_unanswered(system, staff, everything=True).threads] == [thread_id]


def test_another_account_finds_nothing_and_writes_nothing(written: tuple[Stage, int]) -> None:
    stage, thread_id = written
    system, other = stage.system, stage.other_customer
    for act in (
        lambda: show_thread(system, other, thread_id),
        lambda: answer(system, other, thread_id, ANSWERED),
        lambda: mark_read(system, other, thread_id),
        lambda: list_threads(system, other, stage.account),
        lambda: count_unread(system, other, stage.account),
        lambda: list_unanswered(system, stage.customer),
        lambda: count_unanswered(system, stage.customer),
        lambda: write_to_customer(system, stage.customer, stage.number_id(1), ASKED),
        lambda: close_thread(system, stage.customer, thread_id),
        lambda: show_thread(system, stage.staff, 99),
        lambda: write_to_customer(system, stage.staff, 99, ASKED),
    ):
        with pytest.raises(NotFound):
            act()
    assert threads_of_number(system, other, stage.number_id(1)) == []


def test_a_viewer_reads_and_does_not_answer(written: tuple[Stage, int]) -> None:
    stage, thread_id = written
    viewer = replace(stage.customer, account_role=AccountRole.VIEWER)
    assert said(stage, viewer, thread_id) == [(True, "", ASKED)]
    with pytest.raises(NotAllowed):
        answer(stage.system, viewer, thread_id, ANSWERED)
    for role in (Role.AUDITOR, Role.PRIVACY, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            list_unanswered(stage.system, replace(stage.staff, role=role))


def test_one_conversation_a_number_goes_on_until_it_is_closed(written: tuple[Stage, int]) -> None:
    stage, thread_id = written
    system, number_id = stage.system, stage.number_id(1)
    assert write_to_customer(system, stage.second, number_id, "One more thing.") == thread_id
    close_thread(system, stage.staff, thread_id)
    for act in (
        lambda: close_thread(system, stage.staff, thread_id),
        lambda: answer(system, stage.customer, thread_id, ANSWERED),
    ):
        with pytest.raises(Conflict):
            act()
    later = write_to_customer(system, stage.staff, number_id, "It is about something else.")
    assert later != thread_id
    stage.clock.advance(stage.system.settings.session_idle)
    answer(system, stage.customer, later, ANSWERED)
    assert [thread.id for thread in threads_of_number(system, stage.staff, number_id)] == [later, thread_id]
    assert stage.events().count("messages_closed") == 1


def test_what_was_written_from_a_case_names_it_to_us_alone(stage: Stage) -> None:
    stage.register(1)
    stage.register(2)
    stage.night()
    stage.answer("0102", 1)
    case_id = stage.case(1)["id"]
    system, number_id = stage.system, stage.number_id(1)
    with pytest.raises(NotFound, match="not about this number"):
        write_to_customer(system, stage.staff, stage.number_id(2), ASKED, case_id)
    thread_id = write_to_customer(system, stage.staff, number_id, ASKED, case_id)
    assert show_thread(system, stage.staff, thread_id).case_id == case_id
    assert show_thread(system, stage.customer, thread_id).case_id is None
    assert f'"case_id":{case_id}' in next(e for e in stage.all(AuditEvent) if e.action == "message_written").detail


def test_a_new_holder_of_the_number_does_not_read_the_old_ones_words(written: tuple[Stage, int]) -> None:
    stage, thread_id = written
    number_id = stage.number_id(1)
    stage.execute(update(Number).where(Number.id == number_id).values(account_id=stage.other_account))
    assert threads_of_number(stage.system, stage.other_customer, number_id) == []
    fresh = write_to_customer(stage.system, stage.staff, number_id, "Welcome.")
    assert fresh != thread_id
    assert [thread.id for thread in threads_of_number(stage.system, stage.other_customer, number_id)] == [fresh]
    assert [thread.id for thread in list_threads(stage.system, stage.customer, stage.account).threads] == [thread_id]


def test_a_message_says_something(written: tuple[Stage, int]) -> None:
    stage, thread_id = written
    for wrong in (" ", "x" * 2001, "bell\x07"):
        with pytest.raises(Refused):
            answer(stage.system, stage.customer, thread_id, wrong)
        with pytest.raises(Refused):
            write_to_customer(stage.system, stage.staff, stage.number_id(1), wrong)
    assert len(stage.all(MessageThread)) == 1


def test_the_trail_holds_the_words_erasably_and_that_we_read_theirs(written: tuple[Stage, int]) -> None:
    stage, thread_id = written
    answer(stage.system, stage.customer, thread_id, ANSWERED)
    show_thread(stage.system, stage.customer, thread_id)
    assert "personal_data_read" not in stage.events()
    show_thread(stage.system, stage.staff, thread_id)
    events = [event for event in stage.all(AuditEvent) if event.action in {"message_written", "personal_data_read"}]
    assert [event.role for event in events] == ["operations", "customer", "operations"]
    assert all(ANSWERED not in event.detail for event in events)
    assert f"account-{stage.account}" in events[0].values_digest


def test_pages_of_conversations(stage: Stage) -> None:
    for place in (1, 2, 3):
        stage.register(place)
        write_to_customer(stage.system, stage.staff, stage.number_id(place), ASKED)
        stage.clock.advance(stage.system.settings.session_idle)
    pages = [list_threads(stage.system, stage.customer, stage.account, page, per_page=2) for page in (1, 2, 9)]
    assert [[thread.number[-1] for thread in page.threads] for page in pages] == [["3", "2"], ["1"], ["1"]]
    assert [(page.page, page.pages, page.total) for page in pages] == [(1, 2, 3), (2, 2, 3), (2, 2, 3)]
    assert pages[0].threads[0].as_dict()["closed_at"] is None
