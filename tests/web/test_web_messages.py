"""Messages about a number: from the console to the portal and back, seen at the number and counted on the way."""

from collections.abc import Callable

from web_visitor import Visitor

from app.domain.actors import Actor, Role
from app.services.overview import list_numbers
from app.services.people.mail import show_waiting
from app.services.system import System

STAFF = Actor("cli:test", Role.OPERATIONS)
QUESTION, REPLY = "Is the workshop behind the shop?", "Yes, through the yard.\nRing twice."


def number_id(system: System) -> int:
    return list_numbers(system, STAFF, None).lines[0].id


def test_there_and_back(system: System, operator: Visitor, customer: Visitor, register: Callable[..., None]) -> None:
    register()
    place = number_id(system)
    assert "Nothing was written to the customer about this number." in operator.get(f"/ops/numbers/{place}").text
    assert customer.get("/messages").with_class("eld-empty")
    operator.get(f"/ops/messages/about/{place}")
    operator.send("Send", 422)
    assert "The message is missing." in operator.page.text
    operator.send("Send", text=QUESTION)
    assert "Nobody of the customer's has read" in operator.page.text
    (letter,) = show_waiting(system, STAFF)
    assert QUESTION not in letter.text
    assert "01632" not in letter.text + letter.subject

    assert "Messages (1 new)" in customer.get("/").text
    assert QUESTION in customer.get(f"/numbers/{place}").text
    assert "1 new" in customer.get("/messages").text
    customer.get("/messages/1")
    assert QUESTION in customer.page.text
    assert "operations.example" not in customer.page.text
    assert "new)" not in customer.get("/").text
    customer.get("/messages/1")
    customer.send("Send the answer", 422, text=" ")
    customer.send("Send the answer", text=REPLY)
    assert "Your answer is sent." in customer.page.text

    assert "1message to answer" in operator.get("/ops").with_class("eld-figure--bad")
    assert "1 customer waits for our answer." in operator.get("/ops/messages").text
    assert "Yes, through the yard." in operator.get(f"/ops/numbers/{place}").text
    operator.get("/ops/messages/1")
    operator.send("Send", text="Thank you.")
    assert "No customer waits" in operator.get("/ops/messages").text
    assert "01632 960001".replace(" ", "") in operator.get("/ops/messages?which=all").text.replace(" ", "")
    operator.get("/ops/messages/1")
    operator.send("Close the conversation")
    assert "Begin another conversation" in operator.page.text
    page = customer.get("/messages/1")
    assert "This conversation was closed" in page.text
    assert all("answer" not in form.action for form in page.forms)


def test_from_a_case_to_its_end(operator: Visitor, register: Callable[..., None]) -> None:
    register(premises="Berth Office")
    play(operator)
    operator.get("/ops/cases/1")
    assert "Messages with the customer" in operator.page.text
    (target,) = [url for url in operator.page.links() if url.startswith("/ops/messages/about/")]
    assert target.endswith("?case=1")
    operator.get(target)
    operator.send("Send", text=QUESTION)
    assert "/ops/cases/1" in operator.page.links()
    assert QUESTION in operator.get("/ops/cases/1").text
    operator.get("/ops/cases/1/close")
    operator.send(next(text for _, _, text in operator.page.forms[-1].buttons), why="Answered by telephone")
    operator.get("/ops/cases/1")
    (target,) = [url for url in operator.page.links() if url.startswith("/ops/messages/1")]
    operator.get(target)
    operator.send("Close the conversation")
    assert "Closed, today" in operator.get("/ops/cases/1").text


def play(operator: Visitor) -> None:
    """Let the agent refuse what was registered."""
    operator.get("/ops/send")
    operator.send("Send now")
    operator.send("Let the simulated agent answer")
    operator.send("Collect replies now")


def test_each_house_has_its_own_way_to_them(
    system: System, operator: Visitor, customer: Visitor, register: Callable[..., None]
) -> None:
    register()
    operator.get(f"/ops/messages/about/{number_id(system)}")
    operator.send("Send", text=QUESTION)
    assert QUESTION not in operator.get("/messages", 403).text
    assert QUESTION not in customer.get("/ops/messages/1", 403).text
    assert operator.get("/ops/messages/99", 404).heading == "There is nothing here"
    assert operator.get("/ops/messages/about/99", 404).heading == "There is nothing here"
