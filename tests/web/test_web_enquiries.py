"""Contact us: anybody asks, staff answer, and the one who asked sees, objects and withdraws by the link."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.actors import Actor, Role
from app.models.enquiries import Enquiry
from app.services.people.letters import Letter
from app.services.people.mail import show_waiting
from app.services.system import System

TYPED = {
    "topic": "support",
    "interest": "api",
    "name": "Robin Ashdown",
    "email": "robin@ashdown.example",
    "telephone": "01632 960877",
    "business_name": "Ashdown Saddlers",
    "message": "Our program gets no answer.\nWhat can it be?",
    "consent": "y",
}
STAFF = Actor("cli:test", Role.OPERATIONS)
ANSWER = "The key was revoked; make a new one."


def letters(system: System) -> list[Letter]:
    return show_waiting(system, STAFF)


def link(letter: Letter) -> str:
    found = re.search(r"http://127\.0\.0\.1:8999(/enquiries/yours/\S+)", letter.text)
    assert found is not None
    return found[1]


def ask(visitor: Visitor, status: int = 200, **changes: object) -> None:
    visitor.get("/enquiries")
    visitor.send("Send", status, **(TYPED | changes))


def test_every_page_leads_to_it(lone_app: Flask) -> None:
    assert "/enquiries" in Visitor(lone_app).get("/log-in").links()


def test_from_the_question_to_the_answer_to_the_end(system: System, flask_app: Flask, operator: Visitor) -> None:
    stranger = Visitor(flask_app)
    ask(stranger)
    assert stranger.page.heading == "Thank you. We have your enquiry"
    (first,) = letters(system)
    assert first.to == TYPED["email"]

    operator.get("/ops/enquiries")
    assert "Robin Ashdown" in operator.page.text
    operator.get("/ops/enquiries/1")
    assert "Our program gets no answer." in operator.page.text
    assert "I agree that Numbergroup keeps what I write here" in operator.page.text
    operator.send("Send the answer", 422)
    assert "The answer is missing." in operator.page.text
    operator.send("Add the note", note="Looked at the log of calls")
    operator.send("Send the answer", answer=ANSWER)
    assert "Answered" in operator.page.text
    assert operator.get("/ops/enquiries").heading == "Enquiries"
    assert "Nobody waits for an answer" in operator.page.text
    assert "Enquiry 1" in operator.get("/ops/enquiries?state=answered").text
    (second,) = letters(system)
    assert ANSWER in second.text

    page = stranger.get(link(second))
    assert page.heading == "Your enquiry"
    for kept in (*(TYPED[name] for name in ("name", "email", "telephone", "business_name")), ANSWER):
        assert kept in page.text
    assert "Looked at the log" not in page.text
    stranger.get(link(first))
    stranger.send("Object to its use")
    assert "You objected to its use, today at" in stranger.page.text
    assert "objected to its use" in operator.get("/ops/enquiries/1").text
    token = dict(operator.page.forms[0].values)["csrf_token"]
    assert operator.client.post("/ops/enquiries/1/answer", data={"csrf_token": token, "answer": "!"}).status_code == 409
    stranger.send("Withdraw and erase now")
    assert stranger.page.heading == "Your enquiry is erased"
    for spent in (first, second):
        assert stranger.get(link(spent), 404).heading == "This link leads to nothing"
    operator.get("/ops/enquiries/1", 404)
    assert "Robin" not in operator.get("/ops/enquiries?state=all").text


def test_what_is_wrong_is_said_beside_each_field_and_what_was_typed_stays(lone_app: Flask) -> None:
    stranger = Visitor(lone_app)
    ask(stranger, 422, topic=None, interest="", email="robin", consent=None)
    for words in ("Choose whom you want to ask", "Choose what it is about", "We cannot write to", "Tick this"):
        assert words in stranger.page.text
    assert "Our program gets no answer." in stranger.page.text
    assert "govuk-error-summary" in stranger.page.html


def test_a_program_that_fills_in_everything_is_turned_away(lone_system: System, lone_app: Flask) -> None:
    stranger = Visitor(lone_app)
    ask(stranger, 422, website="http://seo.example")
    assert "programs fill it in" in stranger.page.text
    with lone_system.database.reading() as look:
        assert look.session.scalars(select(Enquiry)).all() == []


def test_a_flood_is_slowed_without_a_puzzle(lone_app: Flask, clock: FixedClock) -> None:
    stranger = Visitor(lone_app)
    for _ in range(3):
        ask(stranger)
    ask(stranger, 429)
    assert "Several enquiries came from you just now" in stranger.page.text
    assert stranger.response.headers["Retry-After"] == "60"
    assert "Our program gets no answer." in stranger.page.text
    clock.advance(timedelta(minutes=1))
    ask(stranger)
    ask(stranger, 429)
    assert "Send it again in 2 minutes" in stranger.page.text
    assert stranger.response.headers["Retry-After"] == "120"


def test_the_page_gives_no_cookie_that_stays_and_says_what_is_kept(lone_app: Flask) -> None:
    stranger = Visitor(lone_app)
    page = stranger.get("/enquiries")
    assert "180 days" in page.text
    assert "90 days" in page.text
    cookies = stranger.response.headers.getlist("Set-Cookie")
    assert [given.partition("=")[0] for given in cookies] == ["eld_forms"]
    assert not any("expires" in given.lower() or "max-age" in given.lower() for given in cookies)


def test_staff_close_and_erase(lone_system: System, lone_app: Flask, lone_operator: Visitor) -> None:
    for _ in range(2):
        ask(Visitor(lone_app))
    lone_operator.get("/ops/enquiries/1")
    lone_operator.send("Close it")
    assert "It is closed, and is erased in its time." in lone_operator.page.text
    lone_operator.get("/ops/enquiries/2/erase")
    lone_operator.send("Erase it now")
    assert "Enquiry 2 is erased." in lone_operator.page.text
    with lone_system.database.reading() as look:
        assert look.session.scalars(select(Enquiry.name).order_by(Enquiry.id)).all() == ["Robin Ashdown", ""]


@pytest.mark.parametrize("state", ["open", "answered", "closed", "all", "nonsense"])
def test_every_empty_list_says_what_would_stand_there(lone_operator: Visitor, state: str) -> None:
    page = lone_operator.get(f"/ops/enquiries?state={state}")
    assert page.with_class("eld-empty")
