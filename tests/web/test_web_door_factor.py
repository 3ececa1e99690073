"""The second factor: set up, asked for, slowed, lost, taken away; nothing else opens where it is still to be set up."""

import re
from datetime import timedelta

from flask import Flask
from web_people import ANOTHER, OWNER, OWNERS, PASSWORD, STAFF, another, code_of, letters, person_in, with_factor
from web_visitor import Visitor

from app.clock import FixedClock
from app.services.system import System

SECRET = re.compile(r"\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b")
RECOVERY = re.compile(r"\b(?:[a-z2-7]{4}-){3}[a-z2-7]{4}\b")


def secret_on(visitor: Visitor) -> str:
    found = SECRET.search(visitor.page.text)
    assert found is not None, visitor.page.text
    return found[0].replace(" ", "")


def wait_a_step(clock: FixedClock) -> None:
    clock.advance(timedelta(seconds=90))


def test_turned_on_asked_for_and_turned_off(system: System, flask_app: Flask, clock: FixedClock) -> None:
    visitor = another(flask_app)
    visitor.get("/your-log-in")
    visitor.get("/your-log-in/second-factor")
    assert "#password" in visitor.send("Continue", 422, password="not mine at all").links()
    page = visitor.send("Continue", password=OWNERS)
    assert page.heading == "Give the secret to your app"
    assert len(page.all("svg")) == 2  # the mark in the header, and the square
    secret = secret_on(visitor)
    wrong = visitor.send("Finish", 422, code="000000")
    assert secret_on(visitor) == secret
    assert "#code" in wrong.links()
    page = visitor.send("Finish", code=code_of(system, secret))
    assert page.heading == "Keep your recovery codes"
    codes = RECOVERY.findall(page.text)
    assert len(set(codes)) == 10
    assert "10 left" in visitor.get("/your-log-in").text
    assert not RECOVERY.search(visitor.page.text)
    visitor.send("Log out")
    wait_a_step(clock)
    assert visitor.log_in(OWNER, OWNERS).heading == "Enter your code"
    assert "#code" in visitor.send("Continue", 422, code="000000").links()
    assert visitor.send("Continue", code=code_of(system, secret)).heading == "Your numbers"
    visitor.get("/your-log-in/second-factor/remove")
    visitor.send("Turn it off", 422, password=OWNERS, code="000000")
    assert "Your second factor is off" in visitor.send("Turn it off", password=OWNERS, code=codes[0]).text
    assert "Off. With it on" in visitor.page.text


def test_a_square_that_was_begun_anew_elsewhere_is_not_shown_again(lone_system: System, lone_app: Flask) -> None:
    visitor = another(lone_app)
    visitor.get("/your-log-in/second-factor")
    visitor.send("Continue", password=OWNERS)
    older = visitor.page
    visitor.get("/your-log-in/second-factor")
    visitor.send("Continue", password=OWNERS)
    newer = secret_on(visitor)
    visitor.page = older
    page = visitor.send("Finish", code=code_of(lone_system, secret_on(visitor)))
    assert "begun anew elsewhere" in page.text
    assert not SECRET.search(page.text)
    visitor.send("Continue", password=OWNERS)
    assert secret_on(visitor) != newer


def test_a_code_that_is_awaited_opens_nothing_and_leads_to_where_one_wanted(
    lone_system: System, lone_app: Flask, clock: FixedClock
) -> None:
    secret, _ = with_factor(lone_system, person_in(lone_system, another(lone_app)), OWNERS)
    wait_a_step(clock)
    visitor = Visitor(lone_app)
    visitor.get("/bulk")
    visitor.send("Log in", email=OWNER, password=OWNERS)
    for url in ("/", "/bulk", "/numbers/new", "/your-log-in"):
        assert visitor.get(url).heading == "Enter your code"
        assert "Log out" not in visitor.page.text
    visitor.get("/bulk")
    assert visitor.send("Continue", code=code_of(lone_system, secret)).heading == "Many at once"


def test_the_password_is_given_again_after_ten_minutes(lone_system: System, lone_app: Flask, clock: FixedClock) -> None:
    secret, _ = with_factor(lone_system, person_in(lone_system, another(lone_app)), OWNERS)
    visitor = another(lone_app)
    clock.advance(timedelta(minutes=10))
    assert visitor.send("Continue", code=code_of(lone_system, secret)).heading == "Log in"
    visitor.get("/log-in/code")
    assert visitor.page.heading == "Log in"


def test_a_recovery_code_is_good_once(lone_system: System, lone_app: Flask) -> None:
    _, codes = with_factor(lone_system, person_in(lone_system, another(lone_app)), OWNERS)
    written = codes[0].upper().replace("-", " ")
    assert another(lone_app).send("Continue", code=written).heading == "Your numbers"
    assert another(lone_app).send("Continue", 422, code=codes[0]).heading == "Enter your code"


def test_who_is_slowed_down_gets_in_with_a_code(lone_system: System, lone_app: Flask, clock: FixedClock) -> None:
    secret, _ = with_factor(lone_system, person_in(lone_system, another(lone_app)), OWNERS)
    wait_a_step(clock)
    attacker, visitor = Visitor(lone_app), Visitor(lone_app)
    attacker.get("/log-in")
    for status in (422, 422, 422, 422, 422, 429):
        attacker.send("Log in", status, email=OWNER, password="a guess of mine")
    visitor.get("/log-in")
    assert "Code of your app" not in visitor.page.text
    page = visitor.send("Log in", 429, email=OWNER, password=OWNERS)
    assert "Wait 1 second, then try again" in page.text
    assert dict(page.forms[0].values)["email"] == OWNER
    visitor.send("Log in", 429, password=OWNERS, code="000000")
    page = visitor.send("Log in", password=OWNERS, code=code_of(lone_system, secret))
    assert page.heading == "Your numbers"


def test_wrong_codes_with_the_right_password_are_slowed_and_told(lone_system: System, lone_app: Flask) -> None:
    with_factor(lone_system, person_in(lone_system, another(lone_app)), OWNERS)
    letters(lone_system)
    visitor = another(lone_app)
    for _ in range(6):
        visitor.send("Continue", 422, code="000000")
    assert "a recovery code is taken at once" in visitor.page.text
    assert [letter.subject for letter in letters(lone_system)] == ["Somebody knows your password at Numbergroup"]


def test_new_recovery_codes_take_the_place_of_the_old(lone_system: System, lone_app: Flask) -> None:
    visitor = another(lone_app)
    _, old = with_factor(lone_system, person_in(lone_system, visitor), OWNERS)
    visitor.log_in(OWNER, OWNERS)  # the other sessions ended when it was set up
    visitor.send("Continue", code=old[1])
    visitor.get("/your-log-in/recovery-codes")
    visitor.send("Make new ones", 422, password="not mine at all")
    new = RECOVERY.findall(visitor.send("Make new ones", password=OWNERS).text)
    assert len(new) == 10
    assert another(lone_app).send("Continue", 422, code=old[0]).heading == "Enter your code"
    assert another(lone_app).send("Continue", code=new[0]).heading == "Your numbers"


def test_pages_of_a_factor_that_is_or_is_not_there_lead_back(lone_system: System, lone_app: Flask) -> None:
    visitor = another(lone_app)
    for url in ("/your-log-in/second-factor/remove", "/your-log-in/recovery-codes"):
        assert visitor.get(url).heading == "Your log-in"
    _, codes = with_factor(lone_system, person_in(lone_system, visitor), OWNERS)
    visitor.log_in(OWNER, OWNERS)
    visitor.send("Continue", code=codes[0])
    assert visitor.get("/your-log-in/second-factor").heading == "Your log-in"
    assert visitor.get("/log-in").heading == "Your numbers"


def test_a_secret_that_was_tampered_with_begins_anew(lone_app: Flask) -> None:
    visitor = another(lone_app)
    visitor.get("/your-log-in/second-factor")
    visitor.send("Continue", password=OWNERS)
    assert visitor.send("Finish", secret="<svg onload=x>", code="123456").heading == "Turn your second factor on"


def test_staff_in_earnest_set_it_up_before_anything_else(strict: System, strict_app: Flask) -> None:
    visitor = another(strict_app, STAFF, PASSWORD)
    assert visitor.page.heading == "Set up your second factor"
    assert "Your log-in" not in visitor.page.text.replace("Your log-in needs", "")
    visitor.send("Begin")
    visitor.send("Finish", 422, code="000000")
    page = visitor.send("Finish", code=code_of(strict, secret_on(visitor)))
    assert page.heading == "Keep your recovery codes"
    assert "/ops" in page.links()
    assert visitor.get("/ops").heading == "Tonight"
    assert "Turn off" not in visitor.get("/your-log-in").text
    assert visitor.get("/your-log-in/second-factor/remove").heading == "Your log-in"
    assert visitor.get("/log-in/set-up").heading == "Tonight"


def test_who_comes_late_to_set_up_gives_the_password_again(
    strict: System, strict_app: Flask, clock: FixedClock
) -> None:
    visitor = another(strict_app, STAFF, PASSWORD)
    clock.advance(timedelta(minutes=11))
    assert "some time has passed" in visitor.send("Begin", 422).text
    assert "This is not your password" in visitor.send("Begin", 422, password=ANOTHER).text
    visitor.send("Begin", password=PASSWORD)
    assert visitor.send("Finish", code=code_of(strict, secret_on(visitor))).heading == "Keep your recovery codes"
