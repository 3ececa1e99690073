"""The trail in the console: its state, the filters, an entry opened; no name in a URL."""

from collections.abc import Callable

import pytest
from web_visitor import Visitor

from app.audit.events import Action
from app.domain.actors import Actor, Role
from app.services.setup import DEMO_LOGINS
from app.services.system import System
from app.services.trail import list_events
from app.services.trail_state import trail_state

STAFF = Actor("cli:test", Role.OPERATIONS)
ONE_KIND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def rows(visitor: Visitor) -> list[str]:
    return [link for link in visitor.page.links() if link.startswith("/ops/trail/")]


def test_the_chain_says_how_it_stands(lone_operator: Visitor, lone_system: System) -> None:
    page = lone_operator.get("/ops/trail")
    assert "not verified yet" in page.text
    assert "not anchored yet" in page.text
    assert "The trail is whole." in lone_operator.send("Verify the whole trail now").text
    lone_operator.get("/ops/trail")
    (lead,) = lone_operator.page.with_class("eld-lead")
    entries = trail_state(lone_system, STAFF).entries
    assert lead.startswith(f"{entries} entries, verified less than a minute ago, not anchored yet:")


@ONE_KIND
def test_it_is_narrowed_and_an_entry_is_opened(
    operator: Visitor, register: Callable[..., None], system: System
) -> None:
    register()
    operator.get("/ops/trail")
    everything = len(rows(operator))
    offered = [e.attributes["value"] for e in operator.page.all("option")]
    assert "location_submitted" in offered
    assert "night_held" not in offered
    page = operator.send("Show", action_name="location_submitted", actor_name=DEMO_LOGINS[0].email)
    assert len(rows(operator)) == 1
    assert DEMO_LOGINS[0].email in page.text
    operator.get(rows(operator)[0])
    assert "worked out again: agrees" in operator.page.text
    assert "Pennant House" in operator.page.text
    before = next(link for link in operator.page.links() if link.startswith("/ops/trail/"))
    assert operator.get(before).heading.startswith("Entry ")
    operator.get("/ops/trail")
    operator.send("Show", first=["3", "3", "2027"], last=["3", "3", "2027"])
    assert len(rows(operator)) > everything - 2
    operator.send("Show", first=["4", "3", "2027"])
    assert "Nothing fits what you look for" in operator.page.text
    operator.get("/ops/trail")
    operator.send("Show", subject="installation 1")
    assert rows(operator)
    assert len(rows(operator)) < list_events(system, STAFF).total


def test_a_day_that_is_none_is_said(lone_operator: Visitor) -> None:
    lone_operator.get("/ops/trail")
    page = lone_operator.send("Show", 422, first=["31", "2", "2027"])
    assert page.with_class("govuk-error-message") == ["Error: From must be a real date, such as 3 3 2027"]


def test_the_pages_of_a_search_keep_what_is_looked_for(lone_operator: Visitor, lone_system: System) -> None:
    with lone_system.database.unit_of_work() as work:
        for _ in range(60):
            lone_system.record(work, STAFF, Action.MAILS_SHOWN, ("installation", 1), {"mails": 1})
        work.commit()
    lone_operator.get("/ops/trail")
    lone_operator.send("Show", action_name="mails_shown", first=["1", "1", "2027"])
    assert len(rows(lone_operator)) == 50
    page = lone_operator.send("Next page")
    assert "Page 2 of 2" in page.text
    assert len(rows(lone_operator)) == 10


def test_an_entry_that_is_not_there(lone_operator: Visitor) -> None:
    assert lone_operator.get("/ops/trail/99999", 404).heading == "There is nothing here"


def test_from_the_network_is_said_on_the_entry_and_not_under_every_name(lone_operator: Visitor) -> None:
    page = lone_operator.get("/ops/trail")
    assert DEMO_LOGINS[1].email in page.text
    assert "network" not in " ".join(page.with_class("eld-foreign"))
    mine = next(event for event in page.all("tr") if DEMO_LOGINS[1].email in event.text)
    entry = mine.text.split()[0]
    assert "network" in lone_operator.get(f"/ops/trail/{entry}").with_class("eld-facts")[0]
