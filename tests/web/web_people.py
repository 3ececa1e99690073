"""People before the pages: what they are called, and the mail that waits for them."""

import re

import pyotp
from flask import Flask
from web_visitor import Visitor

from app.domain.actors import AccountRole, Actor, Role
from app.services.accounts import Person
from app.services.people.invitations import accept_invitation, invite
from app.services.people.letters import Letter
from app.services.people.mail import show_waiting
from app.services.people.second_factor import begin_second_factor, confirm_second_factor
from app.services.people.sessions import find_session
from app.services.people.visits import Visit
from app.services.setup import DEMO_LOGINS
from app.services.system import System

OPERATOR = Actor("cli", Role.OPERATIONS)
PASSWORD = "four herons on a slow pond"
ANOTHER = "seven kettles under the bridge"
STAFF = "kim@operations.example"
OWNER, OWNERS = DEMO_LOGINS[0].email, DEMO_LOGINS[0].password
DATA = {
    "business_name": "Quarry Lane Joiners Ltd",
    "contact_name": "Kim Hartwell",
    "email": "kim@quarry.example",
    "landline": "0113 496 0123",
    "mobile": "07700 900123",
    "billing_address": "12 Dewsbury Road, Leeds",
    "billing_postcode": "ls11 5df",
    "company_number": "01234567",
    "vat_number": "GB 980 7806 84",
}
LINK = re.compile(r"http://127\.0\.0\.1:8999(/[a-z/-]+/[0-9A-Za-z_-]{43})\b")
HERE = Visit("127.0.0.1", "curl/8")


def letters(system: System) -> list[Letter]:
    """The mail that waits; each comes once."""
    return show_waiting(system, OPERATOR)


def link_in(letter: Letter) -> str:
    found = LINK.search(letter.text)
    assert found is not None, letter.text
    return found[1]


def mailed_link(system: System) -> str:
    """The path of the link in the last mail that has one."""
    return [link_in(letter) for letter in letters(system) if LINK.search(letter.text)][-1]


def person_in(system: System, visitor: Visitor) -> Person:
    """Who is logged in there, as the services know them."""
    visiting = find_session(system, visitor.client.get_cookie("eld_visit").value)
    assert visiting is not None
    return visiting.person


def member(system: System, by: Person, email: str, role: AccountRole) -> None:
    """Somebody joins the account of `by` with the usual password."""
    invite(system, by.actor(), by.account_id or 0, email, role)
    token = mailed_link(system).rpartition("/")[2]
    accept_invitation(system, token, "Robin Ashby", PASSWORD, HERE)


def with_factor(system: System, person: Person, password: str) -> tuple[str, list[str]]:
    """The person's second factor set up: secret, and recovery codes."""
    made = begin_second_factor(system, person.actor(), password)
    codes = confirm_second_factor(system, person.actor(), code_of(system, made.secret))
    return made.secret, codes


def code_of(system: System, secret: str) -> str:
    """What the app shows now."""
    return pyotp.TOTP(secret).at(system.clock.now())


def another(flask_app: Flask, email: str = OWNER, password: str = OWNERS) -> Visitor:
    """The same or another person in a browser of their own, logged in."""
    visitor = Visitor(flask_app)
    visitor.log_in(email, password)
    return visitor
