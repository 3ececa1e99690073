"""A forgotten password, an invitation, another e-mail address: links by mail, good once, that tell nobody."""

import re

from flask import Flask
from web_people import ANOTHER, OWNER, OWNERS, PASSWORD, another, code_of, letters, mailed_link, person_in, with_factor
from web_visitor import Visitor

from app.domain.actors import AccountRole
from app.services.people.invitations import invite, revoke_invitation
from app.services.system import System


def asked(flask_app: Flask, email: str = OWNER) -> Visitor:
    visitor = Visitor(flask_app)
    visitor.get("/log-in")
    visitor.get("/password/forgotten")
    visitor.send("Send me a link", email=email)
    return visitor


def test_another_password_by_a_link_ends_all_sessions(system: System, flask_app: Flask) -> None:
    open_elsewhere = another(flask_app)
    letters(system)
    visitor = asked(flask_app)
    assert visitor.page.heading == "Check your mail"
    visitor.get(mailed_link(system))
    for password in ("", "short", "harbourlane2027"):
        assert "#password" in visitor.send("Change the password", 422, password=password).links()
    page = visitor.send("Change the password", password=PASSWORD)
    assert page.heading == "Log in"
    assert "Your password is changed" in page.text
    assert open_elsewhere.get("/").heading == "Log in"
    visitor.get("/log-in")
    visitor.send("Log in", 422, email=OWNER, password=OWNERS)
    assert visitor.send("Log in", email=OWNER, password=PASSWORD).heading == "Your numbers"


def test_nobody_is_told_who_has_a_log_in(lone_system: System, lone_app: Flask) -> None:
    pages = [
        re.sub(r'value="[^"]{20,}"', "", asked(lone_app, email).page.html) for email in (OWNER, "nobody@quarry.example")
    ]
    assert pages[0] == pages[1]
    (letter,) = letters(lone_system)
    assert letter.to == OWNER


def test_what_is_no_address_is_said(lone_app: Flask) -> None:
    visitor = Visitor(lone_app)
    visitor.get("/password/forgotten")
    for email in ("", "kim at quarry", "x" * 300):
        assert "#email" in visitor.send("Send me a link", 422, email=email).links()


def test_a_spent_link_leads_to_another(lone_system: System, lone_app: Flask) -> None:
    asked(lone_app)
    link, early, late = mailed_link(lone_system), Visitor(lone_app), Visitor(lone_app)
    early.get(link)
    late.get(link)
    early.send("Change the password", password=PASSWORD)
    page = late.send("Change the password", 410, password=ANOTHER)
    assert page.heading == "This link cannot be used"
    assert "/password/forgotten" in page.links()


def test_a_second_factor_stays_when_the_password_changes(lone_system: System, lone_app: Flask) -> None:
    secret, _ = with_factor(lone_system, person_in(lone_system, another(lone_app)), OWNERS)
    letters(lone_system)
    visitor = asked(lone_app)
    visitor.get(mailed_link(lone_system))
    visitor.send("Change the password", password=PASSWORD)
    assert visitor.log_in(OWNER, PASSWORD).heading == "Enter your code"
    assert "#code" in visitor.send("Continue", 422, code=code_of(lone_system, secret)).links()  # used up already


def test_joining_by_invitation(system: System, flask_app: Flask) -> None:
    owner = person_in(system, another(flask_app))
    letters(system)
    invite(system, owner.actor(), owner.account_id or 0, "robin@harbourlane.example", AccountRole.EDITOR)
    link, visitor = mailed_link(system), Visitor(flask_app)
    page = visitor.get(link)
    assert page.heading == "Join Harbour Lane Bakery Ltd"
    assert "as an editor" in page.text
    page = visitor.send("Join", 422, name="", password="short")
    assert {"#name", "#password"} <= set(page.links())
    page = visitor.send("Join", name="Robin Ashby", password=PASSWORD)
    assert page.heading == "Your numbers"
    assert "You are in the account of Harbour Lane Bakery Ltd" in page.text
    assert Visitor(flask_app).get(link, 410).heading == "This link cannot be used"


def test_an_invitation_that_was_withdrawn_is_spent(lone_system: System, lone_app: Flask) -> None:
    owner = person_in(lone_system, another(lone_app))
    letters(lone_system)
    waiting = invite(lone_system, owner.actor(), owner.account_id or 0, "robin@quarry.example", AccountRole.VIEWER)
    visitor = Visitor(lone_app)
    visitor.get(mailed_link(lone_system))
    revoke_invitation(lone_system, owner.actor(), owner.account_id or 0, waiting)
    page = visitor.send("Join", 410, name="Robin Ashby", password=PASSWORD)
    assert "Else ask whoever invited you to send it again." in page.text


def test_another_address_to_log_in_with(system: System, flask_app: Flask) -> None:
    visitor, elsewhere = another(flask_app), another(flask_app)
    letters(system)
    visitor.get("/your-log-in")
    visitor.get("/your-log-in/e-mail")
    assert "#password" in visitor.send("Send the link", 422, email="new@quarry.example", password=ANOTHER).links()
    assert "#email" in visitor.send("Send the link", 422, email="new at quarry", password=OWNERS).links()
    page = visitor.send("Send the link", email="new@quarry.example", password=OWNERS)
    assert "A mail is on its way to the new address" in page.text
    assert OWNER in page.text
    link = mailed_link(system)
    assert "new@quarry.example" in visitor.get(link).text
    page = visitor.send("Log in with this address from now on")
    assert page.heading == "Your log-in"
    assert "new@quarry.example" in page.text
    assert elsewhere.get("/").heading == "Log in"
    assert visitor.get(link, 410).heading == "This link cannot be used"
    assert Visitor(flask_app).log_in("new@quarry.example", OWNERS).heading == "Your numbers"


def test_a_new_address_can_be_confirmed_in_another_browser(lone_system: System, lone_app: Flask) -> None:
    visitor = another(lone_app)
    visitor.get("/your-log-in/e-mail")
    visitor.send("Send the link", email="new@quarry.example", password=OWNERS)
    link, elsewhere, late = mailed_link(lone_system), Visitor(lone_app), Visitor(lone_app)
    late.get(link)
    elsewhere.get(link)
    assert elsewhere.send("Log in with this address from now on").heading == "Log in"
    assert visitor.get("/").heading == "Log in"
    assert late.send("Log in with this address from now on", 410).heading == "This link cannot be used"


def test_an_address_that_has_a_log_in_is_told_to_its_reader_alone(lone_system: System, lone_app: Flask) -> None:
    visitor = another(lone_app)
    letters(lone_system)
    visitor.get("/your-log-in/e-mail")
    page = visitor.send("Send the link", email="alex@operations.example", password=OWNERS)
    assert "A mail is on its way to the new address" in page.text
    assert ["log-in" in letter.subject for letter in letters(lone_system)] == [True]


def test_a_link_by_mail_lets_in_at_once_while_somebody_else_guesses(lone_system: System, lone_app: Flask) -> None:
    """There is no second factor, and the device was never seen before: this is the one way that stays."""

    attacker = Visitor(lone_app)

    def guess() -> None:
        attacker.get("/log-in")
        for status in (422, 422, 422, 422, 422, 429):
            attacker.send("Log in", status, email=OWNER, password="a guess of mine")

    guess()
    victim = Visitor(lone_app)
    victim.get("/log-in")
    page = victim.send("Log in", 429, email=OWNER, password=OWNERS)
    assert "the device that you open it on is known from then on, so you can log in there at once" in page.text
    for _ in range(5):  # who guesses may ask for links too: a fourth mail has to wait, but the first three are good
        asked(lone_app)
    victim.get(mailed_link(lone_system))
    victim.send("Change the password", password=PASSWORD)
    guess()
    victim.get("/log-in")
    assert victim.send("Log in", email=OWNER, password=PASSWORD).heading == "Your numbers"
