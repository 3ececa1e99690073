"""Many numbers at one address, page by page: nothing is stored before it is confirmed, nothing typed is lost."""

import pytest
from flask import Flask
from web_visitor import Visitor

from app.domain.actors import AccountRole, Actor, Role
from app.models.accounts import User
from app.services.accounts import add_user, list_accounts
from app.services.locations.ceasing import cease_numbers
from app.services.locations.many import place_numbers, spread
from app.services.records import show_record
from app.services.setup import DEMO_LOGINS, SETTING_UP, open_account
from app.services.system import System
from validators.columns import Location

OPERATOR = Actor("cli", Role.OPERATIONS)
BLOCK = {"first": "01632 960100", "last": "01632 960109", "exceptions": "01632 960104\r\n01632960105"}
ADDRESS = {
    "postcode": "ls11 5df",
    "premises": "Foundry House",
    "thoroughfare": "Water Lane",
    "post_town": "Leeds",
    "name": "Crèche Mère",
}


@pytest.fixture
def lone_customer(lone_app: Flask) -> Visitor:
    found = Visitor(lone_app)
    found.log_in(DEMO_LOGINS[0].email, DEMO_LOGINS[0].password)
    return found


@pytest.fixture
def three(lone_system: System) -> list[str]:
    """Three numbers at one address, each with its own name."""
    account = list_accounts(lone_system, OPERATOR)[0].id
    numbers = spread("01632960200", "01632960202")
    for at, number in enumerate(numbers):
        place_numbers(
            lone_system, OPERATOR, account, [number],
            Location(name=f"Shop {at}", premises="1", thoroughfare="Water Lane", post_town="Leeds", postcode="LS1 4AP"),
        )  # fmt: skip
    return numbers


def wanted(system: System, number: str):
    return show_record(system, OPERATOR, number)["wanted"]


def test_a_block_from_the_first_page_to_the_last(customer: Visitor, system: System) -> None:
    customer.get("/")
    assert "/numbers/block" in customer.page.links()
    customer.get("/numbers/block")
    page = customer.send("Continue", **BLOCK)
    assert page.heading == "Where are these 8 numbers used?"
    assert "01632960100 to 01632960109 without 01632960104, 01632960105" in page.text
    page = customer.send("Check", **ADDRESS)
    assert page.with_class("eld-label__line") == ["LS11 5DF", "CRECHE MERE", "FOUNDRY HOUSE", "WATER LANE", "LEEDS"]
    page = customer.send("Continue")
    assert page.heading == "Check your answers"
    assert "8: 01632960100 to 01632960109" in page.text
    assert wanted(system, "01632960100") is None
    page = customer.send("Confirm for 8 numbers")
    assert page.heading == "Thank you. They are registered"
    figures = ["8registered at the address", "0for checking by a person", "0there already"]
    assert page.with_class("eld-figure") == figures
    assert wanted(system, "01632960100")["line_type"] == "DDI"
    assert wanted(system, "01632960104") is None
    assert "8 numbers" in customer.get("/").text


def test_every_fault_of_a_block_is_told_at_once_and_nothing_is_lost(lone_customer: Visitor) -> None:
    lone_customer.get("/numbers/block")
    page = lone_customer.send("Continue", 422, first="01632 960109", last="01632 960100", exceptions="x")
    assert {"#last", "#exceptions"} <= set(page.links())
    assert dict(page.form_with("Continue")[0].values)["first"] == "01632 960109"
    assert page.heading == "Register a block"
    page = lone_customer.send("Continue", **BLOCK)
    page = lone_customer.send("Continue", 422, **(ADDRESS | {"premises": "", "post_town": ""}))
    assert {"#premises", "#post_town"} <= set(page.links())
    assert len(page.with_class("govuk-error-message")) == 2
    assert dict(page.form_with("Check")[0].values)["thoroughfare"] == "Water Lane"


def test_the_numbers_can_be_changed_from_the_later_pages(lone_customer: Visitor) -> None:
    lone_customer.get("/numbers/block")
    lone_customer.send("Continue", **BLOCK)
    page = lone_customer.send("Change which numbers", **ADDRESS)
    assert page.heading == "Register a block"
    assert dict(page.form_with("Continue")[0].values)["first"] == "01632960100"
    lone_customer.send("Continue", exceptions="")
    page = lone_customer.send("Continue", **ADDRESS)
    assert "10: 01632960100" in page.text
    page = lone_customer.send("Change something")
    assert dict(page.form_with("Check")[0].values)["premises"] == "Foundry House"


def test_what_was_taken_out_of_use_is_to_be_named(lone_customer: Visitor, lone_system: System) -> None:
    account = list_accounts(lone_system, OPERATOR)[0].id
    place_numbers(lone_system, OPERATOR, account, ["01632960103"], Location(**ADDRESS))
    cease_numbers(lone_system, OPERATOR, ["01632960103"])
    lone_customer.get("/numbers/block")
    lone_customer.send("Continue", **BLOCK)
    page = lone_customer.send("Continue", 422, **ADDRESS)
    assert "(1 of 8: 01632960103)" in " ".join(page.with_class("govuk-error-summary"))


def test_several_numbers_are_pasted_and_keep_their_names(
    lone_customer: Visitor, lone_system: System, three: list[str]
) -> None:
    lone_customer.get("/")
    assert "/numbers/several" in lone_customer.page.links()
    lone_customer.get("/numbers/several")
    page = lone_customer.send("Continue", 422)
    assert "#typed" in page.links()
    page = lone_customer.send("Continue", 422, typed="01632 960200\n12")
    assert "Not UK telephone numbers: 12." in " ".join(page.with_class("govuk-error-summary"))
    page = lone_customer.send("Continue", typed="01632 960200, 01632960201\r\n+44 1632 960200")
    assert page.heading == "Where are these 2 numbers used?"
    page = lone_customer.send("Continue", **(ADDRESS | {"name": ""}))
    assert "Each keeps its own" in page.text
    lone_customer.send("Confirm for 2 numbers")
    assert [wanted(lone_system, number)["premises"] for number in three] == ["FOUNDRY HOUSE", "FOUNDRY HOUSE", "1"]
    assert wanted(lone_system, three[1])["name"] == "SHOP 1"


def test_several_numbers_are_chosen_at_their_address(
    lone_customer: Visitor, lone_system: System, three: list[str]
) -> None:
    page = lone_customer.get("/numbers/several")
    (link,) = [url for url in page.links() if "at=" in url]
    page = lone_customer.get(link)
    ticked = [value for name, value in page.form_with("Continue")[0].values if name == "chosen"]
    assert ticked == three, "all are ticked until somebody takes a tick away"
    page = lone_customer.send("Continue", chosen=three[1:])
    assert page.heading == "Where are these 2 numbers used?"
    page = lone_customer.send("Change which numbers")
    assert page.heading == "Move several numbers"
    assert "01632960201" in page.html
    page = lone_customer.send("Continue", typed="\n".join(three))
    page = lone_customer.send("Continue", **(ADDRESS | {"name": ""}))
    page = lone_customer.send("Confirm for 3 numbers")
    assert page.heading == "Thank you. They are registered"
    assert {wanted(lone_system, number)["premises"] for number in three} == {"FOUNDRY HOUSE"}


def test_an_address_of_another_account_offers_nothing(lone_customer: Visitor) -> None:
    for at in ("999", "x", "-1", "9" * 40):
        page = lone_customer.get(f"/numbers/several?at={at}")
        assert not [name for name, _ in page.form_with("Continue")[0].values if name == "chosen"]


def test_numbers_of_another_account_cannot_be_moved(
    lone_customer: Visitor, lone_system: System, three: list[str]
) -> None:
    other = Visitor(lone_customer.client.application)
    with lone_system.database.unit_of_work() as work:
        account = open_account(lone_system, work, OPERATOR, "Lockside Dental")
        work.commit()
    add_user(lone_system, SETTING_UP, "owner@lockside.example", Role.CUSTOMER, "one-two-three-four", account)
    other.log_in("owner@lockside.example", "one-two-three-four")
    other.get("/numbers/several")
    other.send("Continue", typed=three[0])
    page = other.send("Continue", 422, **ADDRESS)
    assert "already registered by another account" in page.text
    assert wanted(lone_system, three[0])["premises"] == "1"


def test_the_free_line_and_a_suggestion_work_here_too(lone_customer: Visitor) -> None:
    lone_customer.get("/numbers/block")
    lone_customer.send("Continue", **BLOCK)
    page = lone_customer.send("Split it into fields", free_line="Foundry House, Water Lane, Leeds LS11 5DF")
    values = dict(page.form_with("Check")[0].values)
    assert (values["postcode"], values["post_town"].lower()) == ("LS11 5DF", "leeds")
    page = lone_customer.send("Check", **(ADDRESS | {"postcode": "LS1O 5DF"}))
    page = lone_customer.send("Use LS10 5DF as postcode")
    assert dict(page.form_with("Check")[0].values)["postcode"] == "LS10 5DF"
    assert dict(page.form_with("Check")[0].values)["first"] == "01632960100"


def test_what_was_done_cannot_be_forged_in_an_address(lone_customer: Visitor) -> None:
    home = lone_customer.get("/").heading
    assert lone_customer.get("/numbers/placed?accepted=2&unchanged=x&for_review=1").heading == home
    assert lone_customer.response.request.path == "/"


def test_no_number_or_count_stands_in_an_address(lone_customer: Visitor) -> None:
    lone_customer.get("/numbers/block")
    lone_customer.send("Continue", **BLOCK)
    lone_customer.send("Continue", **ADDRESS)
    page = lone_customer.send("Confirm for 8 numbers")
    assert lone_customer.response.request.path == "/numbers/placed"
    assert lone_customer.response.request.query_string == b""
    assert page.with_class("eld-figure")[0].startswith("8")


def test_numbers_are_chosen_in_the_list_and_moved(
    lone_customer: Visitor, lone_system: System, three: list[str]
) -> None:
    page = lone_customer.get("/")
    ids = [box.attributes["value"] for box in page.all("input") if box.attributes.get("name") == "number"]
    assert [text for text in (label.text for label in page.all("label")) if text.startswith("Choose")] == [
        f"Choose {number}" for number in three
    ]
    page = lone_customer.send("Move the chosen numbers", number=ids[1:])
    assert page.heading == "Move several numbers"
    assert page.with_class("govuk-error-summary") == []
    assert next(area.text.split() for area in page.all("textarea")) == three[1:]
    page = lone_customer.send("Continue", typed="\n".join(three[1:]))
    assert page.heading == "Where are these 2 numbers used?"
    lone_customer.send("Continue", **(ADDRESS | {"name": ""}))
    lone_customer.send("Confirm for 2 numbers")
    assert [wanted(lone_system, number)["premises"] for number in three] == ["1", "FOUNDRY HOUSE", "FOUNDRY HOUSE"]


@pytest.mark.usefixtures("three")
def test_nothing_chosen_in_the_list_is_said_kindly(lone_customer: Visitor) -> None:
    lone_customer.get("/")
    page = lone_customer.send("Move the chosen numbers", 422)
    assert "No number was chosen yet." in " ".join(page.with_class("govuk-error-summary"))
    assert "#typed" in page.links()


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("strange", ["999", "x", "-1", "9" * 40, "01632960200"])
def test_a_row_that_is_not_the_accounts_is_left_out_and_said(lone_customer: Visitor, strange: str) -> None:
    page = lone_customer.get("/")
    own = next(box.attributes["value"] for box in page.all("input") if box.attributes.get("name") == "number")
    page = lone_customer.send("Move the chosen numbers", 422, number=[own, strange])
    assert "Not all that you chose are in use here any more." in " ".join(page.with_class("govuk-error-summary"))
    assert next(area.text.split() for area in page.all("textarea")) == ["01632960200"]


def test_what_is_out_of_use_or_used_abroad_is_never_one_of_many(
    lone_customer: Visitor, lone_system: System, three: list[str]
) -> None:
    cease_numbers(lone_system, OPERATOR, three[:1])
    page = lone_customer.get("/")
    labels = [label.text for label in page.all("label") if label.text.startswith("Choose")]
    assert labels == [f"Choose {number}" for number in three[1:]]
    cease_numbers(lone_system, OPERATOR, three[1:])
    page = lone_customer.get("/")
    assert three[0] in page.text
    assert "Move the chosen numbers" not in page.text


@pytest.mark.usefixtures("three")
def test_who_may_only_look_chooses_nothing(lone_customer: Visitor, lone_system: System, lone_app: Flask) -> None:
    account = list_accounts(lone_system, OPERATOR)[0].id
    viewing = add_user(lone_system, SETTING_UP, "viewer@mill.example", Role.CUSTOMER, "one-two-three-four", account)
    with lone_system.database.unit_of_work() as work:
        work.session.get(User, viewing).account_role = AccountRole.VIEWER
        work.commit()
    viewer = Visitor(lone_app)
    page = viewer.log_in("viewer@mill.example", "one-two-three-four")
    assert "01632960200" in page.text
    assert not [box for box in page.all("input") if box.attributes.get("name") == "number"]
    assert "Move the chosen numbers" not in page.text
    assert lone_customer
