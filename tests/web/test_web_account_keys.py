"""The access log and the keys of an account, as its owner sees them."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.actors import AccountRole, Actor, Role
from app.domain.people import AccessKind
from app.models.accounts import Account
from app.models.people import AccessEntry
from app.services.api_door import authenticate
from app.services.api_keys import Scope, make_key
from app.services.setup import DEMO_LOGINS
from app.services.system import System

KEY = re.compile(r"eld_[0-9a-f]{10}_[0-9A-Za-z_-]{43}")


@pytest.fixture
def owner(lone_app: Flask) -> Visitor:
    visitor = Visitor(lone_app)
    visitor.log_in(DEMO_LOGINS[0].email, DEMO_LOGINS[0].password)
    return visitor


def make(owner: Visitor, name: str = "Billing system", scopes: tuple[str, ...] = ("locations:read",)) -> str:
    """Make a key on the page and return it."""
    owner.get("/account/keys/new")
    page = owner.send("Make the key", name=name, scopes=list(scopes))
    shown = next(element for element in page.all("input") if element.attributes.get("id") == "key")
    assert "readonly" in shown.attributes
    return shown.attributes["value"]


def test_a_key_is_shown_once_and_works(owner: Visitor, lone_system: System) -> None:
    assert "There is no key yet" in owner.get("/account/keys").text
    key = make(owner)
    assert KEY.fullmatch(key)
    assert "shown this once" in owner.page.text
    holder = authenticate(lone_system, key, "192.0.2.9")
    assert holder is not None
    assert holder.account_id == 1
    page = owner.get("/account/keys")
    assert key not in page.html
    assert (key[:14] in page.html, "Billing system" in page.text, DEMO_LOGINS[0].email in page.text) == (True,) * 3
    assert "See numbers and addresses" in page.text
    assert "Never" not in page.text


def test_what_is_missing_of_a_key_is_said_at_once(owner: Visitor) -> None:
    owner.get("/account/keys/new")
    page = owner.send("Make the key", 422, name="", scopes=None)
    assert page.with_class("govuk-error-summary__list") == ["Give the key a name Choose at least one"]
    page = owner.send("Make the key", 422, name="two\x07bells", scopes=["locations:read"])
    assert "#name" in page.links()
    page = owner.send("Make the key", 422, name="x", scopes=["everything"])
    assert "There is no key yet" in owner.get("/account/keys").text


def test_a_key_is_revoked_after_one_more_question(owner: Visitor, lone_system: System) -> None:
    key = make(owner)
    owner.get("/account/keys")
    owner.get(next(link for link in owner.page.links() if link.endswith("/revoke")))
    assert "Billing system" in owner.page.heading
    page = owner.send("Revoke it")
    assert "is revoked" in page.text
    assert authenticate(lone_system, key, "192.0.2.9") is None
    assert not [link for link in page.links() if link.endswith("/revoke")]
    assert "It was revoked already" in owner.get("/account/keys/1/revoke").text


def test_a_key_of_another_account_is_not_there(owner: Visitor, lone_system: System) -> None:
    with lone_system.database.unit_of_work() as work:
        other = Account(name="Quayside Cycles Ltd", created_at=lone_system.clock.now())
        work.session.add(other)
        work.session.flush()
        account_id = other.id
        work.commit()
    theirs = Actor("x", Role.CUSTOMER, account_id, account_role=AccountRole.OWNER)
    made = make_key(lone_system, theirs, account_id, "Theirs", [Scope.READ])
    owner.get(f"/account/keys/{made.id}/revoke", 404)
    assert "Theirs" not in owner.get("/account/keys").text
    assert authenticate(lone_system, made.key, "192.0.2.9") is not None


def test_log_ins_and_calls_are_shown_with_where_they_came_from(
    owner: Visitor, lone_app: Flask, lone_system: System, clock: FixedClock
) -> None:
    key = make(owner)
    authenticate(lone_system, key, "198.51.100.7")
    clock.advance(timedelta(minutes=5))
    authenticate(lone_system, key, "198.51.100.7")
    other = Visitor(lone_app)
    other.get("/log-in")
    other.send("Log in", 422, email=DEMO_LOGINS[0].email, password="not the password at all")
    page = owner.get("/account/access")
    assert "An entry is kept for 90 days" in page.text
    rows = [" ".join(row.text.split()) for row in page.all("tr")][1:]
    refused, api, logged_in = rows
    assert ("Log-in refused" in refused, DEMO_LOGINS[0].email in refused) == (True, True)
    assert ("API calls" in api, "198.51.100.7" in api, key[:14] in api, "last" in api) == (True,) * 4
    assert ("Logged in" in logged_in, "127.0.0.1" in logged_in) == (True, True)


def test_the_log_is_paged_to_its_end(owner: Visitor, lone_system: System) -> None:
    now = lone_system.clock.now()
    with lone_system.database.unit_of_work() as work:
        for place in range(119):
            entry = {"kind": AccessKind.API, "account_id": 1, "origin": f"192.0.2.{place}", "at": now, "last_at": now}
            work.session.add(AccessEntry(**entry))
        work.commit()
    seen = []
    page = owner.get("/account/access")
    while True:
        seen += [element.text for element in page.all("td") if "192.0.2." in element.text]
        older = [link for link in page.links() if "before=" in link]
        if not older:
            break
        page = owner.get(older[0])
        assert "/account/access" in page.links()
    assert seen == [f"192.0.2.{place}" for place in reversed(range(119))]


def test_a_strange_place_in_the_log_is_no_fault(owner: Visitor) -> None:
    for before in ("", "x", "-1", "9" * 30, "%C2%B2", "9223372036854775807", "9" * 19):
        assert "Logged in" in owner.get(f"/account/access?before={before}").text


def test_an_end_of_the_log_is_said(owner: Visitor) -> None:
    assert "Nothing older is kept" in owner.get("/account/access?before=0").text
