"""What only a browser shows, apart from the journeys: where the focus goes, what is lit, and where a review lies."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from web_eye import IN_A_BROWSER, served
from web_played import Played
from web_walker import MANNERS, Walker

from app.services.setup import DEMO_LOGINS
from app.services.system import System

pytestmark = IN_A_BROWSER
WIDE = MANNERS[0]


@pytest.fixture
def address(played: Played, house: Callable[[System], Flask]) -> Iterator[str]:
    """The demonstration with its first night, served on loopback."""
    system = played.copy()
    with served(house(system)) as at:
        yield at
    system.database.dispose()


def walker(browser: Browser, address: str, place: int, path: str) -> Walker:
    who = Walker(browser, address, WIDE)
    who.open(f"/log-in?next={path}")
    who.fill("E-mail address", DEMO_LOGINS[place].email)
    who.fill("Password", DEMO_LOGINS[place].password)
    who.press("Log in")
    return who


def register(customer: Walker, number: str, postcode: str, latitude: str = "", longitude: str = "") -> None:
    """Give a doubtful address by the portal's form."""
    customer.open("/numbers/new")
    customer.fill_all(Telephone_number=number, Postcode=postcode, Premises="Pennant House", Street="Dewsbury Road")
    customer.fill_all(Post_town="Leeds", Name="Harbour Lane Bakery")
    customer.unfold("Your reference, property number, coordinates")
    customer.fill_all(Latitude=latitude, Longitude=longitude)
    customer.press("Continue")
    customer.press("Confirm")
    customer.reads("It is being checked")


def test_a_suggestion_is_taken_by_its_button(browser: Browser, address: str) -> None:
    customer = walker(browser, address, 0, "/numbers/new")
    page = customer.page
    customer.fill_all(Postcode="LS1O 5DF", Post_town="Leeds", Name="Café Mère: Bakers & Confectioners Company Limited")
    customer.press("Continue")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    customer.press("Use LS10 5DF as postcode")
    expect(page.get_by_label("Postcode")).to_have_value("LS10 5DF")
    customer.fill_all(Telephone_number="01632 960880", Premises="Pennant House", Street="Dewsbury Road")
    customer.fill("Postcode", "LS11 5DF")
    customer.press("Check")
    expect(page.locator(".eld-label")).to_contain_text("CAFE MERE: BAKERS & CONFECTIONERS")
    customer.leave()


def test_a_field_of_a_record_is_lit_in_its_line(browser: Browser, address: str) -> None:
    operator = walker(browser, address, 1, "/ops/files")
    operator.follow("BT199903032701.DAT")
    operator.page.locator("details.eld-record summary").first.click()
    operator.page.get_by_role("link", name="premises").first.click()
    expect(operator.page.locator("#r1-premises")).to_be_in_viewport()
    operator.leave()


def test_a_review_is_seen_on_its_map(browser: Browser, address: str) -> None:
    customer = walker(browser, address, 0, "/numbers/new")
    register(customer, "01632 960870", "LS11 5DX", "53.7761", "-1.5421")
    register(customer, "01632 960871", "LS11 5DF", "53.8300", "-1.5400")
    operator = walker(browser, address, 1, "/ops/reviews")
    page = operator.page
    operator.follow("01632960871")
    expect(page.get_by_role("img", name="Where it lies")).to_be_visible()
    assert page.locator(".eld-map__given path").count() == 1
    assert page.locator(".eld-map__centre circle").count() == 2
    row = operator.row("Coordinates that were given")
    expect(row.get_by_text("km")).to_have_text("6.6 km")
    operator.follow("Reviews")
    operator.follow("01632960870")
    expect(page.locator(".eld-map__offered .eld-map__letter")).to_have_text("A")
    expect(operator.row("offered instead")).to_contain_text("LS11 5DF")
    customer.leave()
    operator.leave()


def test_an_address_on_one_line_is_seen_in_its_fields_and_999_is_barred(browser: Browser, address: str) -> None:
    customer = walker(browser, address, 0, "/numbers/new")
    page = customer.page
    customer.fill("Telephone number", "01632 960872")
    customer.unfold("Type the address on one line instead")
    customer.fill("The address on one line", "Unit 4, Pennant House, 12 Dewsbury Road, Leeds, West Yorkshire, LS11 5DF")
    customer.press("Split it into fields")
    expect(page.get_by_role("alert").filter(has_text="Not put anywhere")).to_contain_text("West Yorkshire")
    expect(page.get_by_label("Postcode")).to_have_value("LS11 5DF")
    expect(page.get_by_label("Post town")).to_have_value("Leeds")
    customer.fill("Name", "Harbour Lane Bakery")
    page.get_by_label("An internet line (VoIP)").check()
    page.get_by_label("Whoever uses this number moves about with it").check()
    customer.press("Continue")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Tick that you know the limits")
    page.get_by_label("I know these limits").check()
    customer.press("Continue")
    customer.press("Confirm")
    customer.follow("See this number")
    customer.follow("This number is used outside the UK")
    customer.press("Bar 999 on this number")
    expect(page.locator(".govuk-tag")).to_have_text("999 barred: used outside the UK")
    customer.follow("Your numbers")
    with page.expect_navigation():
        page.get_by_label("Status").select_option("barred")
    expect(customer.row("01632960872")).to_contain_text("999 barred")
    customer.leave()


def test_all_numbers_of_a_page_are_chosen_at_once_and_moved(browser: Browser, address: str) -> None:
    customer = walker(browser, address, 0, "/")
    page = customer.page
    page.set_viewport_size({"width": 360, "height": 740})
    boxes = page.get_by_role("checkbox", name="Choose 0")
    page.get_by_role("button", name="Choose all on this page").click()
    assert boxes.count() > 1
    assert all(box.is_checked() for box in boxes.all())
    expect(page.get_by_role("button", name="Choose none")).to_be_visible()
    boxes.first.press("Space")
    expect(page.get_by_role("button", name="Choose all on this page")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    customer.press("Move the chosen numbers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Move several numbers")
    assert len(page.get_by_label("Type or paste the numbers").input_value().split()) > 1
    customer.leave()
