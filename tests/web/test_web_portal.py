"""The customer's journeys, page by page over HTTP, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from web_page import Page
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.actors import Actor, Role
from app.services.accounts import add_user, list_accounts
from app.services.exports.night import run_export
from app.services.inventory import load_numbers
from app.services.locations.registering import register_location
from app.services.setup import DEMO_LOGINS, SETTING_UP
from app.services.system import System
from validators.columns import Location

ADDRESS = {
    "number": "01632 960001",
    "postcode": "ls11 5df",
    "premises": "Pennant House",
    "thoroughfare": "Dewsbury Road",
    "post_town": "Leeds",
    "name": "Crèche Mère & Fils",
}
OPERATOR = Actor("cli", Role.OPERATIONS)


def test_register_look_confirm_wait(customer: Visitor) -> None:
    assert "You have no numbers in use." in customer.page.text
    customer.get("/numbers/new")
    page = customer.send("Check", **ADDRESS)
    assert page.with_class("eld-label__line") == [
        "LS11 5DF",
        "CRECHE MERE & FILS",
        "PENNANT HOUSE",
        "DEWSBURY ROAD",
        "LEEDS",
    ]
    assert page.with_class("eld-label__changes") == [
        "Name. Written without accents or typographic marks: Crèche Mère & Fils becomes Creche Mere & Fils"
    ]
    assert dict(page.form_with("Check")[0].values)["name"] == ADDRESS["name"]  # what was typed stays
    page = customer.send("Continue")
    assert page.heading == "Check your answers"
    assert "3 March 2027" in page.text
    page = customer.send("Confirm")
    assert page.heading == "Thank you. It is registered"
    assert page.with_class("govuk-tag") == ["Goes out tonight at 02:00"]
    page = customer.get("/")
    assert page.with_class("eld-lead") == ["Your one number is not live yet. Nothing needs you."]
    assert "Until then the agent holds nothing for this number." in page.text


def test_every_fault_at_once_beside_its_field_and_in_the_summary(customer: Visitor) -> None:
    customer.get("/numbers/new")
    typed = {"number": "01632 960001", "postcode": "LS1O 5DF", "post_town": "Leeds", "name": "Bakery"}
    page = customer.send("Continue", 422, **typed)
    linked = {link for link in page.links() if link.startswith("#")}
    assert {"#postcode", "#premises", "#thoroughfare"} <= linked
    errors = page.with_class("govuk-error-message")
    assert len(errors) == 3
    assert all(error.startswith("Error: ") for error in errors)
    assert dict(page.forms[-1].values)["postcode"] == "LS1O 5DF"
    page = customer.send("Use LS10 5DF as postcode")
    assert dict(page.forms[-1].values)["postcode"] == "LS10 5DF"
    assert "#postcode" not in page.links()


def test_nothing_is_stored_before_it_is_confirmed(customer: Visitor) -> None:
    customer.get("/numbers/new")
    customer.send("Continue", **ADDRESS)
    page = customer.send("Change something")
    assert dict(page.form_with("Check")[0].values)["premises"] == "Pennant House"
    assert "You have no numbers in use." in customer.get("/").text


@pytest.mark.usefixtures("directory")
def test_a_doubtful_address_is_checked_by_a_person_and_comes_back_with_words(
    customer: Visitor, operator: Visitor
) -> None:
    customer.get("/numbers/new")
    page = customer.send("Check", **(ADDRESS | {"postcode": "LS11 5XZ"}))
    assert page.with_class("eld-note--review") == ["It can go out once a person has checked it: see what is marked."]
    assert "A person will check this. LS11 5XZ is not in our postcode directory." in page.text
    assert "A person checks this before it goes out." in customer.send("Continue").text
    page = customer.send("Confirm")
    assert page.heading == "It is being checked"
    assert page.with_class("govuk-tag") == ["Being checked"]

    page = operator.get("/ops/reviews")
    operator.get(next(link for link in page.links() if link.startswith("/ops/reviews/")))
    assert operator.send("Return to the customer", 422).with_class("govuk-error-message") == ["Error: Say why"]
    operator.send("Return to the customer", why="Royal Mail knows no LS11 5XZ. Give the postcode of the building.")
    assert "Give the postcode of the building." in customer.get("/").text


@pytest.mark.usefixtures("directory")
def test_a_review_is_approved_by_another_person_only(customer: Visitor, operator: Visitor, system: System) -> None:
    account = list_accounts(system, OPERATOR)[0].id
    own = Actor(DEMO_LOGINS[1].email, Role.OPERATIONS, user_id=2)
    register_location(system, own, account, Location(**(ADDRESS | {"postcode": "LS11 5XZ"})))
    page = operator.get("/ops/reviews")
    page = operator.get(next(link for link in page.links() if link.startswith("/ops/reviews/")))
    assert "You submitted this yourself" in page.text
    assert "Approve" not in [button[2] for form in page.forms for button in form.buttons]

    second = Visitor(operator.client.application)
    second.log_in(DEMO_LOGINS[2].email, DEMO_LOGINS[2].password)
    second.get(page.url.rstrip("?"))
    assert "Approved" in second.send("Approve").text
    assert customer.get("/").with_class("govuk-tag") == ["Goes out tonight at 02:00"]


def test_another_account_finds_nothing(
    flask_app: Flask, system: System, register: Callable[..., None], tmp_path: Path
) -> None:
    register()
    csv = tmp_path / "numbers.csv"
    csv.write_text("kind,start,end,account,child_cupid,line_type\nin_use,01632960900,01632960900,Other Ltd,,\n")
    load_numbers(system, OPERATOR, csv)
    other = next(account for account in list_accounts(system, OPERATOR) if account.name == "Other Ltd")
    add_user(system, SETTING_UP, "other@other.example", Role.CUSTOMER, "one-two-three-four", other.id)
    stranger = Visitor(flask_app)
    page = stranger.log_in("other@other.example", "one-two-three-four")
    own = [link for link in page.links() if link.startswith("/numbers/") and link[9:].isdecimal()]
    assert len(own) == 1
    foreign = next(f"/numbers/{place}" for place in range(1, 9) if f"/numbers/{place}" not in own)
    for url in (foreign, f"{foreign}/location", f"{foreign}/cease", f"{foreign}/next"):
        assert stranger.get(url, 404).heading == "There is nothing here"


def test_a_search_finds_and_stands_in_no_address(customer: Visitor, register: Callable[..., None]) -> None:
    register("01632 960001")
    register("01632 960002", name="Quayside Cycles")
    customer.get("/")
    page = customer.send("Show", search="quayside")
    assert page.with_class("eld-number")[0] == "01632960002"
    assert "01632960001" not in page.text
    page = customer.send("Show", search="960001")
    assert "01632960002" not in page.text
    page = customer.send("Show", search="nothing like it")
    assert "No number fits" in page.text
    page = customer.get("/?search=960001")
    assert "01632960002" in page.text  # a search in an address is not taken at all
    assert "No number fits" in customer.get("/?status=live").text
    assert "01632960001" in customer.get("/?status=waiting&page=99999999").text


def test_one_address_of_several_numbers_moves_alone_or_as_a_whole(
    customer: Visitor, register: Callable[..., None]
) -> None:
    register("01632 960001")
    register("01632 960002")
    page = customer.get("/")
    first = next(link for link in page.links() if link.startswith("/numbers/") and link[9:].isdecimal())
    customer.get(f"{first}/location")
    page = customer.send("Continue", 422, premises="Tannery Court")
    assert page.with_class("govuk-error-message") == ["Error: Say whether the other numbers at this address move too."]
    page = customer.send("Continue", scope="all")
    assert "This moves all 2 numbers at this address" in page.text
    customer.send("Confirm")
    assert customer.get("/").text.count("2 numbers") == 1
    customer.get(f"{first}/location")
    assert "Also at this address: 01632960002" in customer.page.text
    customer.send("Continue", scope="alone", premises="Pennant House")
    customer.send("Confirm")
    assert "scope" not in dict(customer.get(f"{first}/location").form_with("Check")[0].values)


def test_somebody_else_was_quicker(customer: Visitor, flask_app: Flask, register: Callable[..., None]) -> None:
    register()
    url = next(link for link in customer.get("/").links() if link.startswith("/numbers/") and link[9:].isdecimal())
    colleague = Visitor(flask_app)
    colleague.log_in(DEMO_LOGINS[0].email, DEMO_LOGINS[0].password)
    customer.get(f"{url}/location")
    colleague.get(f"{url}/location")
    colleague.send("Continue", premises="Tannery Court")
    colleague.send("Confirm")
    page = customer.send("Continue", 409, premises="The Old Rope Store")
    assert "Somebody else changed this number while you were typing." in page.text
    assert dict(page.form_with("Check")[0].values)["premises"] == "The Old Rope Store"
    assert customer.send("Continue").heading == "Check your answers"


def test_a_number_goes_out_of_use_after_a_word_of_warning(
    customer: Visitor, register: Callable[..., None], clock: FixedClock
) -> None:
    register()
    url = next(link for link in customer.get("/").links() if link.startswith("/numbers/") and link[9:].isdecimal())
    page = customer.get(f"{url}/cease")
    assert "Whoever dials 999 from it afterwards is not found." in page.text
    wrong = {"2": "2 is not a date", "1": "today or later"}
    page = customer.send("Take it out of use", 422, on=["31", "2", "2027"])
    assert "2027-02-31 is not a date" in page.text
    page = customer.send("Take it out of use", 422, on=["1", "3", "2027"])
    assert wrong["1"] in page.text
    page = customer.send("Take it out of use", on=["", "", ""])
    assert page.with_class("govuk-tag") == ["No longer in use"]
    assert "Change where it is used" not in page.text
    clock.advance(timedelta(days=1))
    assert customer.get(f"{url}/cease").heading.startswith("Take")
    assert "not in use here" in customer.send("Take it out of use", 422).text


def test_an_internet_line_asks_for_the_limits_to_be_known(customer: Visitor) -> None:
    customer.get("/numbers/new")
    page = customer.send("Continue", 422, **ADDRESS, line_type="VOIP")
    assert "#voip_acknowledged" in page.links()
    assert customer.send("Continue", voip_acknowledged="y").heading == "Check your answers"
    assert customer.send("Confirm").heading == "Thank you. It is registered"


def test_a_move_next_week_is_sent_next_week(customer: Visitor) -> None:
    customer.get("/numbers/new")
    page = customer.send("Continue", **ADDRESS, effective_date=["9", "3", "2027"])
    assert "9 March 2027" in page.text
    assert customer.send("Confirm").with_class("govuk-tag") == ["Goes out on 9 March 2027"]
    page = customer.get("/numbers/new")
    page = customer.send("Continue", 422, **ADDRESS, effective_date=["soon", "", ""])
    assert "#effective_date-day" in page.links()
    assert "soon" in [value for name, value in page.form_with("Check")[0].values if name == "effective_date"]


def test_what_happens_next_is_told_of_the_change_just_made(customer: Visitor, register: Callable[..., None]) -> None:
    register()
    page = customer.get("/")
    (link,) = {link for link in page.links() if link.startswith("/numbers/") and link[-1].isdigit()}
    for day in ("9", "25", "15"):
        customer.get(f"{link}/location")
        customer.send("Continue", premises=f"House {day}", effective_date=[day, "3", "2027"])
        page = customer.send("Confirm")
        assert page.heading == "Thank you. It is registered"
        assert page.with_class("govuk-tag") == [f"Goes out on {day} March 2027"]
        assert "3 March 2027" not in page.text.replace(f"{day} March 2027", "")


def test_an_id_that_no_row_can_have_is_no_page(customer: Visitor) -> None:
    assert customer.get("/numbers/99999999999999999999", 404).heading == "There is nothing here"


def test_home_says_what_waits_for_whom_and_each_line_leads_to_its_numbers(
    customer: Visitor, register: Callable[..., None]
) -> None:
    assert "What is waiting for whom" not in customer.get("/").text
    register("01632 960001", effective_date=["9", "4", "2027"])
    page = customer.get("/")
    assert page.with_class("eld-turns") == [
        "What is waiting for whom 1 with a change planned for later, the first on 9 April 2027"
    ]
    assert "/?status=waiting" in page.links()
    assert "What is waiting for whom" not in customer.get("/?status=waiting").text
    assert "01632960001" in customer.page.text


@pytest.mark.usefixtures("directory")
def test_what_waits_adds_up_with_the_sentence_above_it(
    customer: Visitor, register: Callable[..., None], system: System, tmp_path: Path
) -> None:
    csv = tmp_path / "numbers.csv"
    account = list_accounts(system, OPERATOR)[0].name
    csv.write_text(f"kind,start,end,account,child_cupid,line_type\nin_use,01632960900,01632960901,{account},,\n")
    load_numbers(system, OPERATOR, csv)
    register("01632 960001")
    run_export(system, OPERATOR)
    register("01632 960002")
    register("01632 960003", postcode="LS11 5XZ")
    register("01632 960004", effective_date=["9", "4", "2027"])
    register("01632 960004", effective_date=["12", "4", "2027"])
    page = customer.get("/")
    assert page.with_class("eld-lead") == ["None of 6 numbers are live. 2 need you."]
    (panel,) = page.with_class("eld-turns")
    for words in (
        "2 need you: no address yet",
        "1 being checked by us",
        "1 waiting for tonight's file, which goes out tomorrow at 02:00",
        "1 waiting for the agent",
        "1 with a change planned for later, the first on 9 April 2027",
    ):
        assert words in panel
    assert sum(int(item.text.split()[0]) for item in page.all("li") if "status=" in _link_in(page, item.text)) == 6


def _link_in(page: Page, text: str) -> str:
    """Return where the link leads with whose words a line begins; empty where none is."""
    words = " ".join(text.split())
    of_list = [link for link in page.all("a") if "/?status=" in link.attributes.get("href", "")]
    return next((link.attributes["href"] for link in of_list if words.startswith(" ".join(link.text.split()))), "")
