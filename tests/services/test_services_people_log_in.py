"""Logging in: what is right gets in, what is wrong is slowed down, and nobody is kept out by somebody else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from stage_people import ANOTHER, ELSEWHERE, EMAIL, HOME, PARTICULARS, PASSWORD, People

from app.domain.actors import AccountRole, Role
from app.domain.people import AccessKind
from app.models.people import AccessEntry, KnownDevice, Throttle
from app.services.accounts import nobodys_hash
from app.services.people import password_hashes
from app.services.people.logging_in import Step
from app.services.people.members import remove_member
from app.services.people.passwords import ask_reset, change_password
from app.services.people.second_factor import begin_second_factor, confirm_second_factor
from app.services.people.sessions import find_session
from app.services.people.signing_up import sign_up
from app.services.people.throttle import PACES, Slowed, pause_after
from app.services.people.visits import Visit

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def guess(people, times: int, email: str = EMAIL, visit: Visit = ELSEWHERE) -> list[Step]:
    return [people.log_in(email, f"wrong {number}", visit).step for number in range(times)]


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


def test_guesses_at_a_name_grow_slow_whether_it_is_known_or_not(people) -> None:
    people.opened()
    for email in (EMAIL, "nobody@quarry.example"):
        assert guess(people, 7, email) == [Step.WRONG] * 5 + [Step.WAIT] * 2
        people.clock.advance(SECOND)
        assert guess(people, 2, email) == [Step.WRONG, Step.WAIT]
        assert people.log_in(email, "x", ELSEWHERE).wait == 2 * SECOND


def test_guesses_at_many_names_from_one_address_grow_slow(people) -> None:
    steps = [people.log_in(f"user{number}@quarry.example", "x", ELSEWHERE).step for number in range(25)]
    assert steps == [Step.WRONG] * 20 + [Step.WAIT] * 5
    assert people.log_in("other@quarry.example", "x", HOME).step is Step.WRONG


def test_guesses_at_once_are_not_more_than_guesses_in_turn(people) -> None:
    people.opened()
    with ThreadPoolExecutor(4) as pool:
        steps = list(pool.map(lambda number: people.log_in(EMAIL, f"x{number}", ELSEWHERE).step, range(12)))
    assert steps.count(Step.WRONG) == 5


def test_the_right_one_begins_anew_but_not_for_the_address(people) -> None:
    people.opened()
    people.opened("sam@quarry.example")
    for _ in range(4):
        guess(people, 4, EMAIL, ELSEWHERE)
        people.logged_in(visit=ELSEWHERE)
    guess(people, 4, EMAIL, ELSEWHERE)
    assert people.log_in("sam@quarry.example", PASSWORD, ELSEWHERE).step is Step.WAIT
    assert people.log_in("sam@quarry.example", PASSWORD, HOME).step is Step.IN


def test_a_known_device_passes_while_others_guess_and_is_slowed_by_its_own_guesses_alone(people) -> None:
    people.opened()
    known = replace(HOME, device_token=people.logged_in().device_token)
    assert Step.WAIT in guess(people, 40)
    assert people.log_in().step is Step.WAIT
    assert people.log_in(visit=known).step is Step.IN
    assert guess(people, 6, EMAIL, known) == [Step.WRONG] * 5 + [Step.WAIT]
    people.clock.advance(SECOND)
    assert people.log_in(visit=known).step is Step.IN


def test_a_device_is_known_for_its_own_person_alone_and_for_half_a_year(people) -> None:
    people.opened()
    people.opened("sam@quarry.example")
    known = replace(HOME, device_token=people.logged_in("sam@quarry.example").device_token)
    guess(people, 6)
    assert people.log_in(visit=known).step is Step.WAIT
    people.clock.advance(timedelta(days=181))
    guess(people, 6, "sam@quarry.example")
    assert people.log_in("sam@quarry.example", visit=known).step is Step.WAIT


@pytest.fixture
def guarded(sqlite_people):
    """Somebody with a second factor, guesses at whom never end; the secret, and the recovery codes."""
    person = sqlite_people.opened()
    return sqlite_people, *sqlite_people.with_factor(person.actor())


GUESSES = st.lists(
    st.one_of(
        st.tuples(
            st.just("guess"), st.integers(0, 3), st.sampled_from(["", "000000", "123456", "aaaa-bbbb-cccc-dddd"])
        ),
        st.tuples(st.just("time"), st.sampled_from([1, 5, 31, 1000]), st.just("")),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(guesses=GUESSES, from_home=st.booleans())
def test_no_guesses_keep_out_one_with_password_and_second_factor(guarded, guesses, from_home) -> None:
    """Whoever guesses, from wherever, with or without codes: the right password with the right code gets in at once."""
    people, secret, _ = guarded
    for what, value, code in guesses:
        if what == "guess":
            source = HOME.origin if from_home and value == 0 else f"198.51.100.{value}"
            answer = people.log_in(EMAIL, f"wrong {value}", Visit(source), code)
            assert answer.step in {Step.WRONG, Step.WAIT}
        else:
            people.clock.advance(timedelta(seconds=value))
    assert people.log_in(code=people.next_code(secret)).step is Step.IN
    people.clock.advance(MINUTE)


def test_in_a_flood_a_right_code_buys_one_guess_and_no_more(guarded) -> None:
    people, secret, _ = guarded
    for _ in range(12):
        assert guess(people, 1) == [Step.WRONG]
        people.clock.advance(timedelta(minutes=15))
    assert guess(people, 2) == [Step.WRONG, Step.WAIT]
    code = people.next_code(secret)
    steps = [people.log_in(password=f"wrong {at}", visit=ELSEWHERE, code=code).step for at in range(3)]
    assert steps == [Step.WRONG, Step.WAIT, Step.WAIT]


def test_in_a_flood_a_recovery_code_gets_in_and_is_used_up_only_then(guarded) -> None:
    people, _, codes = guarded
    guess(people, 40)
    assert people.log_in(password="wrong", code=codes[0]).step is Step.WRONG
    assert people.log_in(code=codes[0].upper().replace("-", " ")).step is Step.IN
    guess(people, 40)
    assert people.log_in(code=codes[0]).step is Step.WAIT
    assert people.log_in(code=codes[1]).step is Step.IN


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
    made = begin_second_factor(people.system, actor, PASSWORD)
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


def test_what_is_counted_tells_nobody_whom(people) -> None:
    people.opened()
    guess(people, 2)
    keys = " ".join(row.key for row in people.stage.all(Throttle))
    assert not any(word in keys for word in ("quarry", "198.51", "kim"))


@given(what=st.sampled_from([*Slowed]), failures=st.integers(0, 10_000))
def test_pauses_grow_and_end(what, failures) -> None:
    assert pause_after(what, failures) <= pause_after(what, failures + 1) <= PACES[what].longest
    assert (pause_after(what, failures) == timedelta(0)) is (failures < PACES[what].free)


def test_failures_are_forgotten_after_a_day(people) -> None:
    people.opened()
    guess(people, 6)
    people.clock.advance(timedelta(hours=24))
    assert guess(people, 6) == [Step.WRONG] * 5 + [Step.WAIT]


@pytest.mark.parametrize("text", ["", "\0", "x" * 10_000, "a\0b@quarry.example", "é@quarry.example", "' OR 1=1 --"])
def test_odd_names_and_passwords_are_wrong_and_no_more(people, text) -> None:
    people.opened()
    assert people.log_in(text, text).step is Step.WRONG
    assert people.log_in(EMAIL, text, replace(HOME, device_token=text)).step is Step.WRONG
    assert people.give_code(people.logged_in(), text).step is Step.WRONG
    assert find_session(people.system, text) is None
