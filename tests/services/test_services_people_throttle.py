"""Guesses grow slow, by source and by name, and nobody is kept out by somebody else's."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage_people import ELSEWHERE, EMAIL, HOME, PASSWORD

from app.models.people import Throttle
from app.services.people.logging_in import Step
from app.services.people.throttle import PACES, Slowed, pause_after
from app.services.people.visits import Visit

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def guess(people, times: int, email: str = EMAIL, visit: Visit = ELSEWHERE) -> list[Step]:
    return [people.log_in(email, f"wrong {number}", visit).step for number in range(times)]


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


def test_in_a_flood_one_who_knows_the_password_cannot_try_codes_out(guarded) -> None:
    people, secret, codes = guarded
    known = replace(HOME, device_token=people.log_in(code=people.next_code(secret)).device_token)
    guess(people, 6)
    tries = [people.log_in(visit=ELSEWHERE, code=f"{number:06}").step for number in range(320)]
    assert set(tries) == {Step.WAIT}
    assert people.log_in(visit=ELSEWHERE, code=people.code(secret)).step is Step.WAIT
    assert people.log_in(visit=known, code=people.next_code(secret)).step is Step.IN
    guess(people, 6)
    assert people.log_in(visit=ELSEWHERE, code=codes[0]).step is Step.IN


def test_in_a_flood_of_many_who_bring_one_code_one_gets_in(people) -> None:
    secret, codes = people.with_factor(people.opened().actor())
    for code in (codes[0], people.code(secret)):
        guess(people, 8)
        with ThreadPoolExecutor(4) as pool:
            steps = list(pool.map(lambda _, code=code: people.log_in(code=code).step, range(4)))
        assert steps.count(Step.IN) == 1


def test_in_a_flood_a_recovery_code_gets_in_and_is_used_up_only_then(guarded) -> None:
    people, _, codes = guarded
    guess(people, 40)
    assert people.log_in(password="wrong", code=codes[0]).step is Step.WRONG
    assert people.log_in(code=codes[0].upper().replace("-", " ")).step is Step.IN
    guess(people, 40)
    assert people.log_in(code=codes[0]).step is Step.WAIT
    assert people.log_in(code=codes[1]).step is Step.IN


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
