"""Sessions: kept here, idle and absolute limits, listed and ended, and over when something about the person changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage_people import ANOTHER, ELSEWHERE, HOME, PASSWORD

from app.domain.actors import AccountRole, Role
from app.errors import Busy, NotAllowed, NotFound
from app.models.people import UserSession
from app.services.people import sessions
from app.services.people.keeping import expire_people
from app.services.people.members import change_account_role, remove_member
from app.services.people.passwords import change_password
from app.services.people.sessions import end_other_sessions, end_session, find_session, list_sessions, log_out
from app.services.people.staff import change_staff_role, remove_staff
from app.services.people.tokens import digest_of
from app.services.people.visits import Visit

HOUR = timedelta(hours=1)


def test_a_session_knows_its_person_and_the_database_not_its_token(people) -> None:
    person = people.opened()
    answer = people.logged_in()
    found = find_session(people.system, answer.session_token)
    assert (found.person, found.state, found.second_factor) == (person, "open", False)
    assert found.ends_at == people.clock.now() + HOUR
    (row,) = people.stage.all(UserSession)
    assert (row.digest, row.origin, row.device) == (digest_of(answer.session_token), HOME.origin, "Firefox on Windows")
    assert find_session(people.system, "x" * 43) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.integers(1, 70), min_size=1, max_size=30))
def test_it_ends_after_an_idle_hour_and_after_twelve_in_any_case(sqlite_people, gaps) -> None:
    people = sqlite_people
    if not people.stage.all(UserSession):
        people.opened()
    answer, began = people.logged_in(), people.clock.now()
    seen, alive = began, True
    for gap in gaps:
        people.clock.advance(timedelta(minutes=gap))
        now = people.clock.now()
        alive = alive and now - seen < HOUR and now - began < 12 * HOUR
        found = find_session(people.system, answer.session_token)
        assert (found is not None) is alive
        if found is not None:
            seen = now
            assert found.ends_at == min(now + HOUR, began + 12 * HOUR)


def test_a_look_within_the_minute_writes_nothing(people, monkeypatch) -> None:
    people.opened()
    answer = people.logged_in()
    monkeypatch.setattr(sessions, "_note_seen", lambda *_: pytest.fail("it was written"))
    people.clock.advance(timedelta(seconds=59))
    assert people.goes_on(answer)


def test_who_cannot_write_now_is_let_in_all_the_same(people, monkeypatch) -> None:
    people.opened()
    answer = people.logged_in()
    people.clock.advance(timedelta(minutes=2))

    def busy():
        raise Busy("somebody else is writing")

    monkeypatch.setattr(people.system.database, "unit_of_work", busy)
    assert people.goes_on(answer)


def test_one_sees_and_ends_ones_own(people) -> None:
    actor = people.opened().actor()
    people.opened("sam@quarry.example")
    other = people.logged_in("sam@quarry.example")
    here = people.logged_in()
    this_one = people.session(here)
    people.clock.advance(timedelta(minutes=1))
    there = people.logged_in(visit=ELSEWHERE)
    mine = list_sessions(people.system, actor, this_one)
    assert [(line.device, line.origin, line.this_one) for line in mine] == [
        ("an unknown device", ELSEWHERE.origin, False),
        ("Firefox on Windows", HOME.origin, True),
    ]
    with pytest.raises(NotFound):
        end_session(people.system, actor, people.session(other))
    end_session(people.system, actor, people.session(there))
    assert (people.goes_on(here), people.goes_on(there), people.goes_on(other)) == (True, False, True)
    assert people.stage.events()[-1] == "sessions_ended"
    with pytest.raises(NotFound):
        end_session(people.system, actor, mine[0].id)


def test_all_others_end_and_this_one_goes_on(people) -> None:
    actor = people.opened().actor()
    answers = [people.logged_in() for _ in range(4)]
    assert end_other_sessions(people.system, actor, people.session(answers[1])) == 3
    assert [people.goes_on(answer) for answer in answers] == [False, True, False, False]
    assert end_other_sessions(people.system, actor, people.session(answers[1])) == 0


def test_after_the_log_out_it_is_over(people) -> None:
    actor = people.opened().actor()
    answer = people.logged_in()
    log_out(people.system, actor, people.session(answer))
    assert not people.goes_on(answer)
    assert people.stage.events()[-1] == "logged_out"


def test_another_role_or_removal_ends_them(people) -> None:
    owner = people.opened().actor()
    sam = people.joined(owner, "sam@quarry.example", AccountRole.EDITOR)
    answer = people.logged_in("sam@quarry.example")
    change_account_role(people.system, owner, owner.account_id, sam.id, AccountRole.EDITOR)
    assert people.goes_on(answer)
    change_account_role(people.system, owner, owner.account_id, sam.id, AccountRole.VIEWER)
    assert not people.goes_on(answer)
    answer = people.logged_in("sam@quarry.example")
    assert find_session(people.system, answer.session_token).person.account_role is AccountRole.VIEWER
    remove_member(people.system, owner, owner.account_id, sam.id)
    assert not people.goes_on(answer)


def test_staff_are_out_with_another_role_or_none(people) -> None:
    admin = people.staff("admin@operations.example", Role.ADMINISTRATOR)
    kim = people.staff("kim@operations.example", Role.OPERATIONS)
    answer = people.logged_in("kim@operations.example")
    change_staff_role(people.system, admin, kim.user_id, Role.AUDITOR)
    assert not people.goes_on(answer)
    answer = people.logged_in("kim@operations.example")
    assert find_session(people.system, answer.session_token).person.role is Role.AUDITOR
    remove_staff(people.system, admin, kim.user_id)
    assert not people.goes_on(answer)


def test_a_log_in_without_its_code_is_nowhere_seen_and_ends_with_the_password(people) -> None:
    actor = people.opened().actor()
    secret, _ = people.with_factor(actor)
    waiting = people.log_in()
    assert list_sessions(people.system, actor) == []
    change_password(people.system, actor, PASSWORD, ANOTHER)
    assert people.give_code(waiting, people.code(secret)).step == "wrong"


def test_a_program_has_no_sessions(people) -> None:
    with pytest.raises(NotAllowed):
        list_sessions(people.system, replace(people.stage.customer, user_id=None))


def test_sessions_go_with_the_access_log(people) -> None:
    people.opened()
    people.logged_in()
    people.clock.advance(timedelta(days=90))
    assert expire_people(people.system)["sessions"] == 0
    people.clock.advance(timedelta(seconds=1))
    assert expire_people(people.system)["sessions"] == 1
    assert people.stage.all(UserSession) == []


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari on an iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18.0 Safari/605.1", "Safari on a Mac"),
        ("Something/1.0 (Linux)", "a browser on Linux"),
        ("Firefox/141.0", "Firefox on an unknown device"),
        ("", "an unknown device"),
    ],
)
def test_a_device_in_words(agent, words) -> None:
    assert Visit("192.0.2.1", agent).device == words


@given(agent=st.text(max_size=500), origin=st.text(max_size=60))
def test_nothing_else_of_a_request_is_kept(agent, origin) -> None:
    visit = Visit(origin, agent)
    assert len(visit.device) <= 60
    assert len(visit.address) <= 45
    assert visit.source


@pytest.mark.parametrize(
    ("origin", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "elsewhere"),
    ],
)
def test_who_is_slowed_down_together(origin, source) -> None:
    assert Visit(origin).source == source
