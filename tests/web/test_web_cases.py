"""The cases in the console: queues and pages, owners, notes, closed and opened again, and what moved on meanwhile."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.actors import Actor, Role
from app.services.cases.opening import CaseFacts, open_case
from app.services.casework.working import close_case, give_case
from app.services.system import System

ROBOT = Actor("cli:test", Role.OPERATIONS)
# For what the pages alone decide: one kind of database is enough.
ONE_KIND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def play(operator: Visitor) -> None:
    operator.get("/ops/send")
    operator.send("Send now")
    operator.send("Let the simulated agent answer")
    operator.send("Collect replies now")


@pytest.fixture
def refused(operator: Visitor, register: Callable[..., None]) -> Visitor:
    """Case 1 is open: the agent refused the address."""
    register(premises="Berth Office")
    play(operator)
    return operator


def open_many(system: System, count: int, **facts: object) -> None:
    with system.database.unit_of_work() as work:
        for place in range(count):
            open_case(system, work, ROBOT, CaseFacts("SEQGAP", f"file {place}", **facts))
        work.commit()


def history(visitor: Visitor) -> list[str]:
    (listed,) = visitor.page.with_class("eld-history")
    return listed.split("today at ")[1:]


@ONE_KIND
def test_a_case_is_taken_given_and_given_back(refused: Visitor, second: Visitor) -> None:
    refused.get("/ops/cases/1")
    assert "nobody yet" in refused.page.with_class("eld-facts")[0]
    refused.send("Take it")
    refused.get("/ops/cases/1/give")
    assert refused.send("Give it", 422).with_class("govuk-error-message") == ["Error: Choose a person"]
    page = refused.send("Give it", owner="sam@operations.example")
    assert "The case is given." in page.text
    assert "sam@operations.example" in page.with_class("eld-facts")[0]
    assert "Yours: 1" in second.get("/ops/cases?queue=mine").text
    second.get("/ops/cases/1")
    assert "Give it back" in second.page.text
    second.send("Give it back")
    told = [line[5:].strip() for line in history(second)]
    assert told[:3] == [
        "sam@operations.example: Given back: nobody has it.",
        "alex@operations.example: Given to sam@operations.example",
        "alex@operations.example: Taken",
    ]


def test_who_was_quicker_is_named(refused: Visitor, second: Visitor) -> None:
    refused.get("/ops/cases/1")
    second.get("/ops/cases/1")
    second.send("Take it")
    page = refused.send("Take it", 409)
    assert "sam@operations.example has taken case 1" in page.text
    refused.get("/ops/cases/1/close")
    second.get("/ops/cases/1/close")
    second.send("Close the case", why="The customer gave the number up")
    page = refused.send("Close the case", 409, why="Mine")
    assert (
        "Case 1 was closed by sam@operations.example on 3 March 2027 at 12:00: The customer gave the number up"
        in page.text
    )


@ONE_KIND
def test_a_note_stands_in_the_history(refused: Visitor) -> None:
    refused.get("/ops/cases/1")
    assert refused.send("Add the note", 422).with_class("govuk-error-message") == [
        "Error: Write what the note is to say"
    ]
    assert refused.page.heading == "Write a note on case 1"
    refused.send("Add the note", text="Rang the customer: <b>no answer</b>")
    assert "alex@operations.example: Rang the customer: <b>no answer</b>" in history(refused)[0]
    refused.get("/ops/cases/1/note")
    assert "1,000" in refused.send("Add the note", 422, text="x" * 1001).with_class("govuk-error-message")[0]


@ONE_KIND
def test_a_case_is_closed_and_opened_again(refused: Visitor) -> None:
    refused.get("/ops/cases/1/close")
    refused.send("Close the case", why="The customer gave the number up")
    assert "Closed: 1" in refused.get("/ops/cases?queue=closed").text
    assert "The customer gave the number up" in refused.page.text
    refused.get("/ops/cases/1")
    assert "Take it" not in refused.page.text
    assert "/ops/cases/1/reopen" in refused.page.links()
    refused.get("/ops/cases/1/reopen")
    assert refused.send("Open it again", 422).with_class("govuk-error-message") == ["Error: Say why"]
    assert "The case is open again" in refused.send("Open it again", why="They kept it after all").text
    told = " ".join(history(refused))
    for part in ("Opened again: They kept it after all", "Closed: The customer gave the number up", "Opened: ", "0102"):
        assert part in told
    assert "This case is open." in refused.get("/ops/cases/1/reopen").text


def test_the_queues_count_and_narrow(refused: Visitor, system: System, clock: FixedClock) -> None:
    open_many(system, 1, urgent=True)
    page = refused.get("/ops/cases")
    for words in ("Not closed: 2", "To mend: 2", "Overdue: 0", "Yours: 0", "Nobody's: 2", "Sent again: 0"):
        assert words in page.text
    rows = page.all("tbody")[0].text
    assert rows.index("Case 2") < rows.index("Case 1"), "what is urgent first"
    clock.advance(timedelta(days=7))
    page = refused.get("/ops/cases?queue=overdue")
    assert page.with_class("eld-lead") == ["2 to mend, 0 sent again and waiting. 2 are overdue."]
    assert page.with_class("govuk-tag").count("Overdue") == 2
    assert "Overdue" in refused.get("/ops/cases/1").with_class("govuk-tag")
    give_case(system, ROBOT, 1, "alex@operations.example")
    close_case(system, ROBOT, 2, "sent again")
    for queue, shown in {"mine": 1, "unowned": 0, "closed": 1, "resent": 0, "open": 1, "nonsense": 1}.items():
        page = refused.get(f"/ops/cases?queue={queue}")
        assert len([link for link in page.links() if link.startswith("/ops/cases/")]) == shown, queue
        assert bool(page.with_class("eld-empty")) is not shown


def test_a_long_queue_comes_in_pages(operator: Visitor, system: System, clock: FixedClock) -> None:
    open_many(system, 60)
    clock.advance(timedelta(days=1))
    open_many(system, 60)
    page = operator.get("/ops/cases")
    first = [link for link in page.links() if link.startswith("/ops/cases/")]
    assert (len(first), first[0]) == (50, "/ops/cases/1")
    assert "/ops/cases?page=3&queue=unclosed" in page.links()
    page = operator.get("/ops/cases?page=3&queue=unclosed")
    last = [link for link in page.links() if link.startswith("/ops/cases/")]
    assert (len(last), last[-1]) == (20, "/ops/cases/120")
    assert operator.get("/ops/cases?page=99").all("tbody")[0].text.split() == page.all("tbody")[0].text.split()
    page = operator.get("/ops/cases/60")
    assert {"/ops/cases/59", "/ops/cases/61"} <= set(page.links())
    page = operator.get("/ops/cases/1")
    assert "Previous case" not in page.text
    assert "/ops/cases/2" in page.links()


def test_a_case_about_a_file_leads_to_the_file(
    operator: Visitor, register: Callable[..., None], system: System
) -> None:
    register()
    operator.get("/ops/send")
    operator.send("Send now")
    open_many(system, 1, file_name="BT199903032701.DAT")
    open_many(system, 1, file_name="BT199903032701.CAR")
    assert "/ops/files/BT199903032701.DAT" in operator.get("/ops/cases/1").links()
    assert not [link for link in operator.get("/ops/cases/2").links() if link.startswith("/ops/files/")]
