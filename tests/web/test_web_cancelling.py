"""A planned change on its number's page, and the way back from it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.actors import Actor, Role
from app.services.accounts import add_user, list_accounts
from app.services.exports.night import run_export
from app.services.inventory import load_numbers
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.locations.planned import planned
from app.services.locations.registering import register_location
from app.services.setup import DEMO_LOGINS, SETTING_UP
from app.services.system import System
from validators.columns import Location

NUMBER = "01632 960001"
OPERATOR = Actor("cli", Role.OPERATIONS)
Register = Callable[..., None]


def only(system: System) -> tuple[int, int]:
    """The planned change, and the number's id."""
    (change,) = planned(system, OPERATOR, NUMBER)
    return change.id, change.number_id


def test_cancel_what_is_planned(customer: Visitor, operator: Visitor, register: Register, system: System) -> None:
    register()
    change, number_id = only(system)
    page = customer.get(f"/numbers/{number_id}")
    assert "Planned" in page.text
    assert "Used here from 3 March 2027" in page.text
    assert "The agent is told tomorrow at 02:00." in page.text
    seen = operator.get(f"/ops/numbers/{number_id}")
    assert "Used here from 3 March 2027" in seen.text
    assert f"by {DEMO_LOGINS[0].email}" in seen.text
    assert DEMO_LOGINS[0].email not in page.with_class("eld-history")[0]
    assert f"/planned/{change}/cancel" not in seen.links()

    assert f"/planned/{change}/cancel" in page.links()
    asked = customer.get(f"/planned/{change}/cancel")
    assert asked.heading == "Cancel this for 01632960001?"
    assert "help will not know where to go" in asked.text
    done = customer.send("Cancel it")
    assert "Cancelled. Nothing is said of the number now: give its address" in done.text
    assert "Planned" not in done.text
    assert done.with_class("govuk-tag") == ["Needs an address"]
    again = customer.get(f"/planned/{change}/cancel")
    assert "Nothing was cancelled: this was cancelled already." in again.text


def test_what_holds_instead_is_said_first(customer: Visitor, register: Register, system: System) -> None:
    register()
    run_export(system, OPERATOR)
    day = system.today + timedelta(days=6)
    account = list_accounts(system, OPERATOR)[0].id
    typed = Location(
        number=NUMBER,
        name="Harbour Lane Bakery",
        premises="Second House",
        thoroughfare="Dewsbury Road",
        post_town="Leeds",
        postcode="LS11 5DF",
        effective_date=day.isoformat(),
    )
    register_location(system, OPERATOR, account, typed)
    change, number_id = only(system)
    page = customer.get(f"/planned/{change}/cancel")
    assert "On 9 March 2027 this holds still" in page.text
    assert "PENNANT HOUSE" in page.text
    assert "The agent is told 9 March 2027 at 02:00." in customer.get(f"/numbers/{number_id}").text

    cease_numbers(system, OPERATOR, [NUMBER], system.today + timedelta(days=2))
    end, _ = only(system)
    page = customer.get(f"/planned/{end}/cancel")
    assert "Out of use from 5 March 2027" in page.text
    assert "The number stays yours and in use." in page.text
    assert "an address from 9 March 2027" in page.text
    done = customer.send("Cancel it")
    assert "Cancelled. The number stays in use, and what was said before holds." in done.text

    cease_numbers(system, OPERATOR, [NUMBER], system.today + timedelta(days=1))
    register_location(system, OPERATOR, account, typed)
    lifted, move = planned(system, OPERATOR, NUMBER)
    page = customer.get(f"/planned/{move.id}/cancel")
    assert "The number goes out of use on 4 March 2027." in page.text
    assert "Cancelled. The number goes out of use on 4 March 2027" in customer.send("Cancel it").text
    assert lifted.id == only(system)[0]


def test_moves_reviews_and_what_gives_way_have_their_words(
    customer: Visitor, register: Register, system: System, directory: None
) -> None:
    assert directory is None
    register()
    register(premises="Second House")
    number_id = planned(system, OPERATOR, NUMBER)[0].number_id
    assert "It gives way to what was said after it" in customer.get(f"/numbers/{number_id}").text
    register_location(
        system,
        OPERATOR,
        list_accounts(system, OPERATOR)[0].id,
        Location(
            number=NUMBER,
            name="Harbour Lane Bakery",
            premises="Third House",
            thoroughfare="Dewsbury Road",
            post_town="Leeds",
            postcode="LS11 9ZZ",
        ),
    )
    assert "A person looks at the address first." in customer.get(f"/numbers/{number_id}").text
    port_out(system, OPERATOR, NUMBER, "456", system.today)
    assert "To another provider (CUPID 456) on 3 March 2027" in customer.get(f"/numbers/{number_id}").text


def test_too_late_or_not_yours(
    customer: Visitor, register: Register, system: System, clock: FixedClock, tmp_path: Path
) -> None:
    register()
    change, _ = only(system)
    customer.get(f"/planned/{change}/cancel")
    run_export(system, OPERATOR)
    clock.advance(timedelta(minutes=5))
    late = customer.send("Cancel it")
    assert late.heading == "01632960001"
    assert "Nothing was cancelled: this has gone out to the agent in BT1999" in late.text

    table = tmp_path / "numbers.csv"
    table.write_text("kind,start,account\nin_use,01632 960002,Lockside Dental\n")
    load_numbers(system, OPERATOR, table)
    other = next(one.id for one in list_accounts(system, OPERATOR) if one.name == "Lockside Dental")
    add_user(system, SETTING_UP, "owner@lockside.example", Role.CUSTOMER, "one-two-three-four", other)
    cease_numbers(system, OPERATOR, ["01632 960002"], system.today + timedelta(days=2))
    theirs = planned(system, OPERATOR, "01632 960002")[0].id
    assert customer.get(f"/planned/{theirs}/cancel", 404).heading == "There is nothing here"
    customer.get("/planned/999999/cancel", 404)
