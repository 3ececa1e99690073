"""The pages of webhooks: made by an owner, tested, looked at, turned off and on, replayed, removed."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from web_visitor import Visitor

from app.clock import FixedClock
from app.services.setup import DEMO_LOGINS
from app.services.system import System
from app.services.webhooks.comparing import note_changes
from app.services.webhooks.delivering import deliver_due


@pytest.fixture
def owner(lone_app: Flask) -> Visitor:
    found = Visitor(lone_app)
    found.log_in(DEMO_LOGINS[0].email, DEMO_LOGINS[0].password)
    return found


@pytest.fixture
def server():
    with HTTPServer(host="127.0.0.1", port=0) as running:
        running.expect_request("/hook", method="POST").respond_with_data("", 204)
        yield running


@pytest.fixture
def made(owner: Visitor, server: HTTPServer) -> Visitor:
    owner.get("/account/webhooks/new")
    owner.send("Make it", url=server.url_for("/hook"))
    return owner


def register(visitor: Visitor, number: str) -> None:
    visitor.get("/numbers/new")
    visitor.send(
        "Continue",
        number=number,
        postcode="ls11 5df",
        premises="Pennant House",
        thoroughfare="Dewsbury Road",
        post_town="Leeds",
        name="Harbour Lane Bakery",
    )
    visitor.send("Confirm")


def secret_on(page) -> str:
    return re.search(r'value="(whsec_[^"]+)"', page.html)[1]


def test_an_owner_makes_one_and_sees_its_secret_once(owner: Visitor, server: HTTPServer) -> None:
    assert "There is no webhook yet" in owner.get("/account/webhooks").text
    owner.get("/account/webhooks/new")
    page = owner.send("Make it", url=server.url_for("/hook"))
    assert page.heading.endswith("secret")
    secret = secret_on(page)
    for url in ("/account/webhooks", "/account/webhooks/1", "/account/webhooks/1/change"):
        assert secret not in owner.get(url).html
    assert server.url_for("/hook") in owner.page.html


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "write the address as https://"),
        ("https://10.0.0.1/hook", "not of the open internet"),
        ("http://hooks.example/", "only https:// is called"),
        ("https://user:pw@hooks.example/", "user name or password"),
    ],
)
def test_what_cannot_be_told_is_refused_beside_its_field(owner: Visitor, url: str, told: str) -> None:
    owner.get("/account/webhooks/new")
    page = owner.send("Make it", 422, url=url, statuses=None)
    assert told in page.text
    assert "Choose at least one status" in page.text
    assert "There is a problem" in page.text


def test_a_test_event_and_a_status_stand_in_the_log(
    made: Visitor, server: HTTPServer, lone_system: System, clock: FixedClock
) -> None:
    made.get("/account/webhooks/1")
    made.send("Send a test event")
    register(made, "01632 960001")
    note_changes(lone_system)
    assert deliver_due(lone_system) == 2
    page = made.get("/account/webhooks/1")
    assert "Test event" in page.text
    assert "01632960001" in page.text.replace(" ", "")
    assert "Taken" in page.text
    made.get("/account/webhooks/1/events/1/replay")
    made.send("Send it again")
    assert deliver_due(lone_system) == 1
    assert len(server.log) == 3
    clock.advance(timedelta(minutes=5))


def test_the_log_goes_by_pages(made: Visitor, lone_system: System, clock: FixedClock) -> None:
    for _ in range(30):
        made.get("/account/webhooks/1")
        made.send("Send a test event")
        clock.advance(timedelta(minutes=10))
    assert deliver_due(lone_system) == 30
    page = made.get("/account/webhooks/1")
    older = next(link for link in page.links() if "before=" in link)
    page = made.get(older)
    assert page.text.count("Test event") == 5
    assert "Newest tries" in page.text
    assert "no older tries" in made.get("/account/webhooks/1?before=1").text
    made.get("/account/webhooks/1?before=x")


def test_off_and_on_again_and_what_was_missed(made: Visitor, server: HTTPServer, lone_system: System) -> None:
    made.get("/account/webhooks/1/off")
    page = made.send("Turn it off")
    assert "Off" in page.text
    register(made, "01632 960001")
    note_changes(lone_system)
    assert deliver_due(lone_system) == 0
    made.get("/account/webhooks/1")
    made.send("Turn it on")
    made.get("/account/webhooks/1/replay")
    assert "Choose since when" in made.send("Continue", 422).text
    page = made.send("Continue", hours="24")
    assert "1 event of the last 24 hours" in page.text
    made.send("Send it again")
    assert deliver_due(lone_system) == 1
    assert len(server.log) == 1


def test_nothing_to_replay_is_said(made: Visitor) -> None:
    made.get("/account/webhooks/1/replay")
    assert "Nothing happened in the last hour" in made.send("Continue", hours="1").text


def test_change_new_secret_and_removal(made: Visitor, server: HTTPServer) -> None:
    first = secret_on(made.page)
    made.get("/account/webhooks/1/secret")
    assert secret_on(made.send("Make a new secret")) != first
    made.get("/account/webhooks/1/change")
    page = made.send("Change it", statuses=["live", "rejected"])
    assert "Rejected, Live" in page.text
    assert "Old secret" in page.text
    made.get("/account/webhooks/1/remove")
    page = made.send("Remove it")
    assert server.url_for("/hook") not in page.html
    made.get("/account/webhooks/1", 404)
    made.get("/account/webhooks/99/replay", 404)


def test_staff_have_no_such_pages(lone_operator: Visitor) -> None:
    for url in ("/account/webhooks", "/account/webhooks/new", "/account/webhooks/1"):
        assert lone_operator.get(url, 403).heading == "This page is not for your log-in"
