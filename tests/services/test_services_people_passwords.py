"""Passwords: length and not composition, none that is guessed early; changed, reset, and kept by today's parameters."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from stage_people import ANOTHER, ELSEWHERE, EMAIL, HOME, PASSWORD, token_in
from zxcvbn.frequency_lists import FREQUENCY_LISTS

import app.services.accounts
from app.errors import NotAllowed, Refused
from app.models.accounts import User
from app.models.people import KnownDevice, OneTimeLink, WaitingMail
from app.services.people.links import LinkSpent
from app.services.people.logging_in import Step
from app.services.people.password_rules import JUDGED, LONGEST, SHORTEST, check_password, words_of
from app.services.people.passwords import ask_reset, change_password, is_reset_good, reset_password


def code_of(password: str, *own: str) -> set[str]:
    return {problem.code for problem in check_password(password, words_of(*own))}


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password123456!",
        "qwertyuiop12",
        "aaaaaaaaaaaa",
        "abcdefghijkl",
        "123456789012",
        "iloveyou1234",
        "liverpoolfc1",
        "letmeinplease",
        "x" * 128,
        "quarrylane2027",
        "Quarry-Lane-1",
        "kimhartwell27",
        "kim@quarry.example",
    ],
)
def test_what_is_guessed_early_is_refused(password) -> None:
    assert code_of(password, "Quarry Lane Joiners Ltd", "Kim Hartwell", EMAIL) == {"B09"}


def test_what_leaked_is_refused_as_it_is_and_as_people_mend_it() -> None:
    leaked = FREQUENCY_LISTS["passwords"]
    long = [word for word in leaked if len(word) >= SHORTEST]
    mended = [f"{word.capitalize()}2024!" for word in leaked[:2000] if len(word) >= 7]
    assert len(long) > 200
    assert len(mended) > 500
    assert [word for word in (*long, *mended) if code_of(word) != {"B09"}] == []


def test_what_a_manager_makes_is_taken() -> None:
    assert [word for word in (secrets.token_urlsafe(15) for _ in range(100)) if code_of(word)] == []


LETTERS_OF_ALL_KINDS = "пять цапель на пруду", "🦆🫖🌧️🪨🧵🕯️🪁🥾🫐🪵🦔🧊"


@pytest.mark.parametrize(
    "password", [PASSWORD, ANOTHER, "zK9#mQ2v!pL7", "correct horse battery", *LETTERS_OF_ALL_KINDS]
)
def test_what_is_hard_to_guess_is_taken_whatever_it_is_made_of(password) -> None:
    assert code_of(password, "Quarry Lane Joiners Ltd", EMAIL) == set()


@pytest.mark.parametrize(
    "password",
    [
        "password password password",
        "Dragon, dragon! DRAGON.",
        "quarry hartwell lane joiners",
        "joinershartwellquarrykim",
        "Hartwell-2027-Joiners-2027",
        "kim quarry kim quarry kim",
    ],
)
def test_own_words_and_one_word_again_and_again_count_for_nothing(password) -> None:
    assert code_of(password, "Quarry Lane Joiners Ltd", "Kim Hartwell", EMAIL) == {"B09"}


@given(st.lists(st.sampled_from(words_of("Quarry Lane Joiners", "Kim Hartwell")), min_size=5, max_size=9))
def test_own_words_make_no_password_in_whatever_order(words) -> None:
    for between in ("", " ", "-"):
        assert code_of(between.join(words)[:LONGEST], "Quarry Lane Joiners", "Kim Hartwell") in ({"B05"}, {"B09"})


def test_how_long_it_may_be() -> None:
    assert code_of("zK9#mQ2v!pL") == {"B05"}
    assert code_of(PASSWORD * 6) == {"B05"}
    assert code_of((PASSWORD * 6)[:LONGEST]) == set()
    assert (SHORTEST, LONGEST) == (12, 128)


@given(st.text(min_size=SHORTEST, max_size=LONGEST))
def test_what_is_good_stays_good_when_more_comes_behind(password) -> None:
    found = code_of(password, "Quarry Lane")
    assert found <= {"B09"}
    if code_of(password[:JUDGED], "Quarry Lane") == set():
        assert found == set()


def test_a_change_ends_the_other_sessions_and_is_told(people) -> None:
    person = people.opened()
    here, there = people.logged_in(), people.logged_in(visit=ELSEWHERE)
    people.letters()
    change_password(people.system, person.actor("192.0.2.50"), PASSWORD, ANOTHER, people.session(here))
    assert (people.goes_on(here), people.goes_on(there)) == (True, False)
    assert [letter.subject for letter in people.letters()] == ["Your password at Numbergroup was changed"]
    assert people.stage.events()[-2:] == ["sessions_ended", "mails_shown"]
    assert people.log_in().step is Step.WRONG
    assert people.log_in(password=ANOTHER).step is Step.IN


def test_the_old_password_is_asked_for_and_cannot_be_guessed_inside(people) -> None:
    actor = people.opened().actor()
    for _ in range(5):
        with pytest.raises(Refused) as refused:
            change_password(people.system, actor, "wrong", ANOTHER)
        assert [problem.code for problem in refused.value.problems] == ["B12"]
    with pytest.raises(Refused) as refused:
        change_password(people.system, actor, PASSWORD, ANOTHER)
    assert [problem.code for problem in refused.value.problems] == ["B14"]
    people.clock.advance(timedelta(seconds=2))
    with pytest.raises(Refused) as refused:
        change_password(people.system, actor, PASSWORD, "password1234")
    assert [problem.code for problem in refused.value.problems] == ["B09"]
    change_password(people.system, actor, PASSWORD, ANOTHER)
    assert people.log_in(password=ANOTHER).step is Step.IN


def test_a_program_has_no_password(people) -> None:
    key = replace(people.stage.customer, user_id=None)
    with pytest.raises(NotAllowed):
        change_password(people.system, key, PASSWORD, ANOTHER)


def test_a_reset_by_mail_ends_all_sessions_and_makes_this_device_known(people) -> None:
    people.opened()
    before = people.logged_in()
    people.letters()
    ask_reset(people.system, " KIM@quarry.example", ELSEWHERE)
    token = people.token()
    assert is_reset_good(people.system, token)
    with pytest.raises(Refused):
        reset_password(people.system, token, "password1234", ELSEWHERE)
    person, device = reset_password(people.system, token, ANOTHER, ELSEWHERE)
    assert person.email == EMAIL
    assert not people.goes_on(before)
    assert len(people.stage.all(KnownDevice)) == 1
    assert people.log_in(password=ANOTHER, visit=replace(ELSEWHERE, device_token=device)).step is Step.IN
    assert people.log_in().step is Step.WRONG
    assert not is_reset_good(people.system, token)
    with pytest.raises(LinkSpent):
        reset_password(people.system, token, PASSWORD, ELSEWHERE)


def test_a_reset_passes_where_guesses_have_slowed_everybody_down(people) -> None:
    people.opened()
    for _ in range(6):
        people.log_in(password="wrong", visit=ELSEWHERE)
    assert people.log_in().step is Step.WAIT
    ask_reset(people.system, EMAIL, HOME)
    _, device = reset_password(people.system, people.token(), ANOTHER, HOME)
    for _ in range(30):
        people.log_in(password="wrong", visit=ELSEWHERE)
    assert people.log_in(password=ANOTHER).step is Step.WAIT
    assert people.log_in(password=ANOTHER, visit=replace(HOME, device_token=device)).step is Step.IN


def test_a_second_factor_outlives_a_reset(people) -> None:
    person = people.opened()
    secret, _ = people.with_factor(person.actor())
    ask_reset(people.system, EMAIL, HOME)
    reset_password(people.system, people.token(), ANOTHER, HOME)
    answer = people.log_in(password=ANOTHER)
    assert answer.step is Step.CODE
    assert people.give_code(answer, people.code(secret)).step is Step.IN


def test_strangers_are_told_nothing_and_mailed_nothing(people) -> None:
    people.opened()
    people.letters()
    left = []
    for email in (EMAIL, "nobody@quarry.example"):
        before = len(people.stage.events())
        ask_reset(people.system, email, ELSEWHERE)
        link, mail = people.stage.all(OneTimeLink)[-1], people.stage.all(WaitingMail)[-1]
        left.append((link.user_id, link.digest, mail.kind, people.stage.events()[before:]))
    assert left[0] == left[1]
    assert [letter.to for letter in people.letters()] == [EMAIL]
    with pytest.raises(Refused):
        ask_reset(people.system, "nobody", ELSEWHERE)


def test_a_reset_link_is_good_for_an_hour_and_dies_with_the_next_password(people) -> None:
    actor = people.opened().actor()
    ask_reset(people.system, EMAIL, HOME)
    ask_reset(people.system, EMAIL, HOME)
    first, second = (token_in(letter) for letter in people.letters())
    reset_password(people.system, first, ANOTHER, HOME)
    assert not is_reset_good(people.system, second)
    ask_reset(people.system, EMAIL, HOME)
    third = token_in(people.letters()[-1])
    change_password(people.system, actor, ANOTHER, PASSWORD)
    assert not is_reset_good(people.system, third)
    people.clock.advance(timedelta(minutes=20))
    ask_reset(people.system, EMAIL, HOME)
    late = token_in(people.letters()[-1])
    people.clock.advance(timedelta(hours=1))
    assert not is_reset_good(people.system, late)


def test_the_hash_is_made_anew_when_its_parameters_change(people, monkeypatch) -> None:
    person = people.opened()
    before = people.user(person.id).password_hash
    monkeypatch.setattr(app.services.accounts, "HASHER", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert people.log_in(password="wrong").step is Step.WRONG
    assert people.user(person.id).password_hash == before
    people.logged_in()
    after = people.user(person.id).password_hash
    assert "t=2" in after
    assert people.goes_on(people.logged_in())


def test_one_without_a_usable_hash_is_nobody(people) -> None:
    person = people.opened()
    for kept in ("", "none"):
        people.stage.execute(update(User).where(User.id == person.id).values(password_hash=kept))
        assert people.log_in(password="none").step is Step.WRONG
        assert people.log_in(password="").step is Step.WRONG
