"""Reviews page by page over HTTP: why, by when, where it lies, several at once; on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.actors import Actor, Role
from app.models.records import Registration
from app.services.accounts import list_accounts
from app.services.directory.touched import SUBMITTED_BY
from app.services.locations.registering import register_location
from app.services.setup import DEMO_LOGINS
from app.services.system import System
from validators.columns import Location

pytestmark = pytest.mark.usefixtures("directory")

Register = Callable[..., None]
OPERATOR = Actor("cli", Role.OPERATIONS)


def first_review(operator: Visitor) -> str:
    links = operator.get("/ops/reviews").links()
    return next(link for link in links if link.startswith("/ops/reviews/"))


def test_a_review_says_why_what_the_directory_knows_and_where_it_lies(register: Register, operator: Visitor) -> None:
    register(postcode="LS11 5DX", latitude="53.7761", longitude="-1.5421", name="Crèche Mère")
    page = operator.get(first_review(operator))
    assert "LS11 5DX is not in the directory, which covers LS." in page.text
    assert page.text.count("LS11 5DX is not in our postcode directory") == 1
    assert "To be judged by tomorrow at 12:00." in page.text
    drawn = [element.attributes.get("class", "") for element in page.all("g")]
    assert drawn == ["eld-map__offered", "eld-map__given", "eld-map__bar"]
    (title,) = [element.text for element in page.all("title") if "Emergency" not in element.text]
    assert title == "Where it lies"
    rows = [" ".join(element.text.split()) for element in page.all("tr")]
    assert any(row.startswith("A LS11 5DF, offered instead") for row in rows)
    assert any("Coordinates that were given 53.77610, -1.54210" in row for row in rows)
    assert page.with_class("eld-label__line")[:2] == ["LS11 5DX", "CRECHE MERE"]
    assert "Nothing: until this is approved, help will not know where to go." in page.text


def test_the_list_is_filtered_by_finding_and_marks_what_is_overdue(
    register: Register, operator: Visitor, clock: FixedClock
) -> None:
    register("01632 960001", postcode="LS11 5XZ")
    clock.advance(timedelta(days=1, hours=1))
    register("01632 960002", latitude="53.83", longitude="-1.54")
    page = operator.get("/ops/reviews")
    assert page.with_class("eld-choices") == ["All Coordinates far away: 1 Postcode not known: 1"]
    assert "1 is overdue." in page.text
    assert page.with_class("govuk-tag--red") == ["Overdue"]
    page = operator.get("/ops/reviews?code=G02")
    assert "01632960002" in page.text
    assert "01632960001" not in page.text
    assert page.with_class("eld-lead")[0].startswith("1 record waits for a person")
    assert ": coordinates far away. " in page.with_class("eld-lead")[0]
    assert "Nothing waits because of this." in operator.get("/ops/reviews?code=P04").text


def test_several_are_approved_after_another_look(register: Register, operator: Visitor, customer: Visitor) -> None:
    for number in ("01632 960001", "01632 960002", "01632 960003"):
        register(number, postcode="LS11 5XZ")
    page = operator.get("/ops/reviews")
    ids = [element.attributes["value"] for element in page.all("input") if element.attributes.get("name") == "review"]
    assert len(ids) == 3
    assert "Choose the records that you want to approve" in operator.send("Approve the chosen ones").text
    page = operator.send("Approve the chosen ones", review=ids[:2])
    assert page.heading == "Approve 2 records?"
    assert "01632960003" not in page.text
    assert "Approved: 2." in operator.send("Approve all 2").text
    assert sorted(customer.get("/").with_class("govuk-tag")) == ["Being checked", *["Goes out tonight at 02:00"] * 2]
    operator.get("/ops/reviews")
    assert operator.send("Approve the chosen ones", review=["x", "9" * 30, ids[0]]).heading == "Reviews"


def test_ones_own_cannot_be_ticked_and_is_refused(operator: Visitor, system: System) -> None:
    own = Actor(DEMO_LOGINS[1].email, Role.OPERATIONS, user_id=2)
    typed = {"premises": "Pennant House", "thoroughfare": "Dewsbury Road", "post_town": "Leeds", "name": "Bakery"}
    location = Location(number="01632960001", postcode="LS11 5XZ", **typed)
    register_location(system, own, list_accounts(system, OPERATOR)[0].id, location)
    page = operator.get("/ops/reviews")
    assert [element for element in page.all("input") if element.attributes.get("name") == "review"] == []
    review_id = first_review(operator).rpartition("/")[2]
    token = dict(page.form_with("Approve the chosen ones")[0].values)["csrf_token"]
    answer = operator.client.post("/ops/reviews/approve", data={"csrf_token": token, "review": review_id})
    assert answer.status_code == 403
    assert "nobody judges what they submitted themselves" in answer.get_data(as_text=True)


def test_what_the_directory_sent_to_review_says_so(
    register: Register, operator: Visitor, customer: Visitor, system: System
) -> None:
    register(postcode="LS11 5XZ")
    with system.database.unit_of_work() as work:
        work.session.execute(update(Registration).values(submitted_by=SUBMITTED_BY, submitted_by_user_id=None))
        work.commit()
    page = operator.get(first_review(operator))
    assert "The customer changed nothing. A new postcode directory came in" in page.text
    assert "The postcode directory, when it was loaded" in page.text
    operator.send("Return to the customer", why="Royal Mail gave your street new postcodes: look yours up.")
    page = customer.get("/")
    assert "look yours up." in page.text
    page = customer.get(next(link for link in page.links() if link.startswith("/numbers/") and link[-1].isdigit()))
    assert "look yours up." in page.text
    page = customer.get(next(link for link in page.links() if link.endswith("/location")))
    assert "look yours up." in page.text, "the words stand where the address is mended"


def test_a_review_that_was_judged_is_no_page(register: Register, operator: Visitor, flask_app: Flask) -> None:
    register(postcode="LS11 5XZ")
    url = first_review(operator)
    operator.get(url)
    operator.send("Approve")
    operator.get(url, 404)
    assert flask_app.name == "app"
