"""The porting board in the console."""

from datetime import timedelta

import pytest
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.actors import Actor, Role
from app.services.demo import agent_step
from app.services.exports.night import run_export
from app.services.locations.ceasing import port_out
from app.services.locations.registering import register_location
from app.services.replies.collecting import collect_replies
from app.services.system import System
from validators.columns import Location

OPERATIONS = Actor("cli", Role.OPERATIONS)
NUMBER = "01632960777"


def send(system: System) -> None:
    run_export(system, OPERATIONS)
    agent_step(system)
    collect_replies(system, OPERATIONS)


@pytest.fixture
def leaving(system: System) -> System:
    """A number whose export the agent took."""
    place = Location(
        number=NUMBER,
        name="Hartwell Ltd",
        premises="12",
        thoroughfare="Mill Road",
        post_town="Leeds",
        postcode="LS11 5DF",
    )
    register_location(system, OPERATIONS, 1, place)
    send(system)
    port_out(system, OPERATIONS, NUMBER, "456", system.today)
    return system


def test_an_empty_board_says_what_will_stand_there(operator: Visitor) -> None:
    page = operator.get("/ops/porting")
    assert page.heading == "Porting"
    assert "No port is overdue" in page.text
    for stage in ("coming", "sent", "open", "closed", "nonsense"):
        assert "There is none now." in operator.get(f"/ops/porting?stage={stage}").text


def test_a_port_moves_over_the_board_and_is_ended(leaving: System, operator: Visitor, clock: FixedClock) -> None:
    assert NUMBER in operator.get("/ops/porting?stage=coming").text
    send(leaving)
    clock.advance(timedelta(days=12))
    page = operator.get("/ops/porting")
    assert "1 port is overdue" in page.text
    assert "Taken, the other half is awaited" in page.text
    operator.get(next(url for url in page.links() if url.endswith("/end")))
    assert "Say why" in operator.send("End the port", 422, why="").text
    page = operator.send("End the port", why="the other provider confirmed it")
    assert (page.heading, "No port is overdue" in page.text) == ("Porting", True)
    assert "Ended by a person" in operator.get("/ops/porting?stage=closed").text
    assert operator.get("/ops/porting/1/end", 404)
