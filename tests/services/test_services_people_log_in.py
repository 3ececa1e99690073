"""Logging in: what is right gets in, what is wrong is slowed down, and nobody is kept out by somebody else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event
from stage_people import ANOTHER, ELSEWHERE, EMAIL, HOME, PARTICULARS, PASSWORD, People

from app.domain.actors import AccountRole, Role
from app.domain.people import AccessKind
from app.errors import Refused
from app.models.people import AccessEntry, KnownDevice
from app.services.accounts import nobodys_hash
from app.services.people import password_hashes
from app.services.people.logging_in import Step
from app.services.people.members import remove_member
from app.services.people.passwords import ask_reset, change_password
from app.services.people.second_factor import begin_second_factor, confirm_second_factor
from app.services.people.sessions import find_session
from app.services.people.signing_up import sign_up
from app.services.people.visits import Visit

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_the_right_password_gets_in_and_both_are_kept(people) -> None:
    person = people.opened()
    assert people.log_in(password="wrong").step is Step.WRONG
    answer = people.logged_in(" KIM@Quarry.Example")
    assert answer.person == person
    entries = [(entry.kind, entry.user_id, entry.origin, entry.device) for entry in people.stage.all(AccessEntry)]
    assert entries == [
        (AccessKind.REFUSED, person.id, "192.0.2.50", "Firefox on Windows"),
        (AccessKind.LOGGED_IN, person.id, "192.0.2.50", "Firefox on Windows"),
    ]
    assert [event for event in people.stage.events() if event.startswith("log")] == ["log_in_failed", "logged_in"]


def test_an_unknown_name_takes_the_same_work_and_gives_the_same_answer(people, monkeypatch) -> None:
    people.opened()
    tried = []
    check = password_hashes.is_password
    monkeypatch.setattr(
        "app.services.people.logging_in.is_password", lambda kept, given: tried.append(kept) or check(kept, given)
    )
    before = len(people.stage.events())
    answers = [people.log_in(email, "wrong", ELSEWHERE) for email in (EMAIL, "nobody@quarry.example")]
    assert answers[0] == answers[1]
    assert people.stage.events()[before:] == ["log_in_failed"] * 2
    assert (tried[0] is None, tried[1]) == (False, None)
    assert nobodys_hash().startswith("$argon2id$")


@pytest.fixture
def statements():
    """What is asked of the database, without the values."""
    asked = []

    def note(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def test_as_many_questions_are_asked_whoever_it_is(people, statements) -> None:
    """What could be measured from outside: the statements, one by one, are the same for a stranger."""
    people.opened()
    people.letters()
    acts = {
        "log in": lambda email: people.log_in(email, "wrong"),
        "with a device": lambda email: people.log_in(email, "wrong", replace(HOME, device_token="x" * 43)),
        "slowed": lambda email: [people.log_in(email, "wrong", Visit("203.0.113.1")) for _ in range(9)],
        "with a code": lambda email: people.log_in(email, "wrong", code="123456"),
        "reset": lambda email: ask_reset(people.system, email, HOME),
        "sign up": lambda email: sign_up(people.system, replace(PARTICULARS, email=email), HOME),
    }
    for name, act in acts.items():
        asked = []
        for email in (EMAIL, "nobody@quarry.example"):
            statements.clear()
            act(email)
            asked.append(list(statements))
        assert asked[0] == asked[1], name
        assert asked[0]


def test_the_code_comes_second(people) -> None:
    person = people.opened()
    secret, _ = people.with_factor(person.actor())
    people.letters()
    answer = people.log_in()
    assert (answer.step, answer.person, answer.device_token) == (Step.CODE, None, "")
    assert find_session(people.system, answer.session_token).state == "code-awaited"
    wrong = people.give_code(answer, "000000")
    assert (wrong.step, wrong.code_wrong) == (Step.CODE, True)
    right = people.give_code(answer, people.code(secret))
    assert (right.step, right.person) == (Step.IN, person)
    assert right.session_token != answer.session_token
    assert not people.goes_on(answer)
    assert people.give_code(answer, people.next_code(secret)).step is Step.WRONG


def test_password_and_code_may_come_together(people) -> None:
    secret, _ = people.with_factor(people.opened().actor())
    answer = people.log_in(code="12 34 56")
    assert (answer.step, answer.code_wrong) == (Step.CODE, True)
    code = people.code(secret)
    assert people.log_in(code=f" {code[:3]} {code[3:]} ").step is Step.IN


def test_a_code_is_taken_once(people) -> None:
    secret, _ = people.with_factor(people.opened().actor())
    code = people.code(secret)
    assert people.log_in(code=code).step is Step.IN
    assert people.log_in(code=code).step is Step.CODE
    people.clock.advance(timedelta(seconds=30))
    newer = people.code(secret)
    assert people.log_in(code=newer).step is Step.IN
    assert people.log_in(code=code).step is Step.CODE


@pytest.mark.parametrize(("off", "step"), [(-60, Step.CODE), (-30, Step.IN), (30, Step.IN), (60, Step.CODE)])
def test_a_clock_may_be_one_step_off(sqlite_people, off, step) -> None:
    people = sqlite_people
    secret, _ = people.with_factor(people.opened().actor())
    people.clock.advance(timedelta(seconds=off))
    code = people.code(secret)
    people.clock.advance(timedelta(seconds=-off))
    assert people.log_in(code=code).step is step


def test_who_knows_the_password_cannot_try_codes_out_and_its_owner_is_told(people) -> None:
    secret, codes = people.with_factor(people.opened().actor())
    known = replace(HOME, device_token=people.log_in(code=people.code(secret)).device_token)
    people.letters()
    waits = [people.log_in(visit=ELSEWHERE, code=f"{number:06}").wait for number in range(9)]
    assert waits[-1] > timedelta(0)
    assert [letter.subject for letter in people.letters()] == ["Somebody knows your password at Numbergroup"]
    assert people.log_in(visit=ELSEWHERE, code=people.next_code(secret)).step is Step.IN
    for number in range(300):
        people.log_in(visit=ELSEWHERE, code=f"{number:06}")
        people.clock.advance(timedelta(seconds=10))
    assert people.log_in(visit=ELSEWHERE, code=people.next_code(secret)).step is Step.CODE
    people.clock.advance(timedelta(seconds=30))
    assert people.log_in(visit=known, code=people.code(secret)).step is Step.IN
    assert people.log_in(visit=ELSEWHERE, code=codes[0]).step is Step.IN


def test_a_log_in_waits_for_its_code_ten_minutes(people) -> None:
    secret, _ = people.with_factor(people.opened().actor())
    answer = people.log_in()
    people.clock.advance(timedelta(minutes=10))
    assert people.give_code(answer, people.code(secret)).step is Step.WRONG


@pytest.mark.usefixtures("quick_hashes")
def test_staff_set_a_second_factor_up_before_anything_else(new_stage) -> None:
    people = People(new_stage(ELD_SECOND_FACTOR="staff"))
    actor = people.staff("kim@operations.example", Role.OPERATIONS)
    answer = people.log_in("kim@operations.example")
    assert answer.step is Step.SET_UP
    waiting = find_session(people.system, answer.session_token)
    assert (waiting.state, waiting.second_factor) == ("to-set-up", False)
    other = people.staff("lee@operations.example", Role.OPERATIONS)
    with pytest.raises(Refused):
        begin_second_factor(people.system, other, "", waiting.session_id)
    made = begin_second_factor(people.system, actor, "", waiting.session_id)
    people.clock.advance(timedelta(minutes=10))
    with pytest.raises(Refused):
        begin_second_factor(people.system, actor, "", waiting.session_id)
    assert len(confirm_second_factor(people.system, actor, people.code(made.secret), waiting.session_id)) == 10
    after = find_session(people.system, answer.session_token)
    assert (after.state, after.second_factor) == ("open", True)
    assert people.log_in("kim@operations.example").step is Step.CODE


def test_a_new_device_is_told_of_and_the_first_is_not(people) -> None:
    people.opened()
    people.letters()
    first = people.logged_in()
    assert people.letters() == []
    people.logged_in(visit=replace(HOME, device_token=first.device_token))
    assert people.letters() == []
    people.logged_in(visit=ELSEWHERE)
    (letter,) = people.letters()
    assert "an unknown device that was not used before, from 198.51.100.9" in letter.text
    assert len(people.stage.all(KnownDevice)) == 2


def test_one_who_was_removed_does_not_get_in(people) -> None:
    owner = people.opened()
    sam = people.joined(owner.actor(), "sam@quarry.example", AccountRole.VIEWER)
    secret, _ = people.with_factor(sam.actor())
    waiting = people.log_in("sam@quarry.example")
    remove_member(people.system, owner.actor(), owner.account_id, sam.id)
    assert people.log_in("sam@quarry.example", code=people.code(secret)).step is Step.WRONG
    assert people.give_code(waiting, people.code(secret)).step is Step.WRONG
    assert people.log_in(f"removed-{sam.id}@removed.invalid", "").step is Step.WRONG


def test_a_password_that_changes_while_it_is_checked_lets_nobody_in(people, monkeypatch) -> None:
    person = people.opened()
    check = password_hashes.is_password

    def changing(kept, given):
        monkeypatch.setattr("app.services.people.logging_in.is_password", check)
        right = check(kept, given)
        change_password(people.system, person.actor(), PASSWORD, ANOTHER)
        return right

    monkeypatch.setattr("app.services.people.logging_in.is_password", changing)
    assert people.log_in().step is Step.WRONG


@pytest.mark.parametrize("text", ["", "\0", "x" * 10_000, "a\0b@quarry.example", "é@quarry.example", "' OR 1=1 --"])
def test_odd_names_and_passwords_are_wrong_and_no_more(people, text) -> None:
    people.opened()
    assert people.log_in(text, text).step is Step.WRONG
    assert people.log_in(EMAIL, text, replace(HOME, device_token=text)).step is Step.WRONG
    assert people.give_code(people.logged_in(), text).step is Step.WRONG
    assert find_session(people.system, text) is None
