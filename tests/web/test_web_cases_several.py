"""Several cases at once in the console: chosen, shown once more, done; and the keys, none of which acts alone."""

import pytest
from web_visitor import Visitor

from app.domain.actors import Actor, Role
from app.services.cases.opening import CaseFacts, open_case
from app.services.casework.working import close_case
from app.services.system import System

ROBOT = Actor("cli:test", Role.OPERATIONS)


@pytest.fixture
def four(lone_system: System, lone_operator: Visitor) -> Visitor:
    with lone_system.database.unit_of_work() as work:
        for place in range(4):
            open_case(lone_system, work, ROBOT, CaseFacts("SEQGAP", f"file {place}"))
        work.commit()
    lone_operator.get("/ops/cases?queue=open")
    return lone_operator


def test_the_chosen_are_taken_and_the_list_is_where_it_was(four: Visitor) -> None:
    page = four.send("Take", case=["1", "3"])
    assert page.heading == "Take 2 cases?"
    page = four.send("Take 2 cases")
    assert "2 cases yours now." in page.text
    assert "Yours: 2" in page.text
    assert four.response.request.full_path == "/ops/cases?queue=open"


def test_none_chosen_is_said(four: Visitor) -> None:
    assert "Choose the cases first" in four.send("Close").text
    four.get("/ops/cases")
    assert "Choose the cases first" in four.send("Close", case=["x", "99", "9" * 30]).text


def test_all_of_a_page_are_chosen_without_a_script(four: Visitor) -> None:
    page = four.get("/ops/cases?queue=open&page=1&all=yes")
    assert "Choose none" in page.text
    assert four.send("Give").heading == "Give 4 cases?"
    assert four.send("Give 4 cases", 422).with_class("govuk-error-message") == ["Error: Choose a person"]
    assert "4 cases given." in four.send("Give 4 cases", owner="sam@operations.example").text


def test_what_moved_on_meanwhile_is_named_and_the_rest_is_done(four: Visitor, lone_system: System) -> None:
    four.send("Close", case=["1", "2"])
    assert four.send("Close 2 cases", 422).with_class("govuk-error-message") == ["Error: Say why"]
    close_case(lone_system, ROBOT, 2, "Done by another")
    page = four.send("Close 2 cases", why="One bad night")
    assert page.heading == "Not every case was done"
    assert "1 case closed. 1 could not be:" in page.text
    assert "Done by another" in page.text
    assert "/ops/cases/2" in page.links()


def test_a_note_stands_on_each(four: Visitor) -> None:
    four.send("Note", case=["1", "4"])
    four.send("Add the note to 2 cases", text="The agent rang")
    for case_id in (1, 4):
        assert "The agent rang" in four.get(f"/ops/cases/{case_id}").text
    assert "The agent rang" not in four.get("/ops/cases/2").text


@pytest.mark.parametrize("url", ["/ops/cases", "/ops/cases/2"])
def test_every_key_is_told_and_none_acts_alone(four: Visitor, url: str) -> None:
    page = four.get(url)
    keys = {element.attributes["accesskey"] for element in page.elements if "accesskey" in element.attributes}
    told = {element.text for element in page.all("kbd")}
    assert keys
    assert keys <= told
    assert "Alt" in page.text


def test_nothing_can_be_chosen_of_the_closed(four: Visitor, lone_system: System) -> None:
    close_case(lone_system, ROBOT, 1, "over")
    page = four.get("/ops/cases?queue=closed")
    assert "Case 1" in page.text
    assert not [element for element in page.all("input") if element.attributes.get("type") == "checkbox"]
