"""In a real browser: a doubtful address is put before a person, who sees where it lies and lets it through."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from web_eye import IN_A_BROWSER, Eye, served

from app.services.demo import load_samples, night
from app.services.system import System

pytestmark = IN_A_BROWSER


@pytest.fixture
def address(lone_system: System, lone_app: Flask) -> Iterator[str]:
    """The demonstration with its first night, served on loopback."""
    load_samples(lone_system)
    night(lone_system)
    with served(lone_app) as at:
        yield at


def faults_of(eye: Eye) -> list[str]:
    """What was wrong, without a page's icon that was let go because the walk went on before it had come."""
    return [fault for fault in eye.faults if not (fault.startswith("not loaded") and "mark.svg" in fault)]


def register(eye: Eye, number: str, postcode: str, latitude: str = "", longitude: str = "") -> None:
    """Give a doubtful address by the portal's form."""
    page = eye.page
    page.goto(f"{eye.address}/numbers/new")
    for label, text in (
        ("Telephone number", number),
        ("Postcode", postcode),
        ("Premises", "Pennant House"),
        ("Street", "Dewsbury Road"),
        ("Post town", "Leeds"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Name", exact=True).fill("Harbour Lane Bakery")
    page.get_by_text("Your reference, property number, coordinates").click()
    page.get_by_label("Latitude").fill(latitude)
    page.get_by_label("Longitude").fill(longitude)
    eye.press("Continue")
    eye.press("Confirm")
    expect(page.get_by_role("heading", level=1)).to_have_text("It is being checked")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark"), (360, "light")])
def test_a_review_is_seen_on_its_map_and_approved(browser: Browser, address: str, width: int, scheme: str) -> None:
    customer = Eye(browser, address, width, scheme, 0)
    register(customer, "01632 960870", "LS11 5DX", "53.7761", "-1.5421")
    register(customer, "01632 960871", "LS11 5DF", "53.8300", "-1.5400")
    customer.look("next-steps")
    operator = Eye(browser, address, width, scheme, 1)
    page = operator.page
    page.goto(f"{address}/ops/reviews")
    operator.look("ops-reviews")
    page.get_by_role("link", name="01632960871").click()
    expect(page.get_by_role("img", name="Where it lies")).to_be_visible()
    assert page.locator(".eld-map__given path").count() == 1
    assert page.locator(".eld-map__centre circle").count() == 2
    row = page.get_by_role("row").filter(has_text="Coordinates that were given")
    expect(row.get_by_text("km")).to_have_text("6.6 km")
    operator.look("ops-review-far")
    page.goto(f"{address}/ops/reviews")
    page.get_by_role("link", name="01632960870").click()
    expect(page.locator(".eld-map__offered .eld-map__letter")).to_have_text("A")
    expect(page.get_by_role("row").filter(has_text="offered instead")).to_contain_text("LS11 5DF")
    operator.look("ops-review")
    operator.press("Approve")
    expect(page.get_by_role("status")).to_contain_text("Approved.")
    page.get_by_label("Choose 01632960871").check()
    operator.press("Approve the chosen ones")
    operator.look("ops-review-several")
    operator.press("Approve it")
    expect(page.get_by_role("status")).to_contain_text("Approved: 1.")
    customer.page.goto(f"{address}/")
    expect(customer.page.get_by_role("row").filter(has_text="01632960870")).to_contain_text("Goes out tonight at 02:00")
    for eye in (customer, operator):
        eye.context.close()
        assert faults_of(eye) == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "light")])
def test_an_address_on_one_line_is_seen_in_its_fields_and_999_is_barred(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    eye = Eye(browser, address, width, scheme, 0)
    page = eye.page
    page.goto(f"{address}/numbers/new")
    page.get_by_label("Telephone number").fill("01632 960872")
    page.get_by_text("Type the address on one line instead").click()
    page.get_by_label("The address on one line").fill(
        "Unit 4, Pennant House, 12 Dewsbury Road, Leeds, West Yorkshire, LS11 5DF"
    )
    eye.press("Split it into fields")
    expect(page.get_by_role("alert").filter(has_text="Not put anywhere")).to_contain_text("West Yorkshire")
    expect(page.get_by_label("Postcode")).to_have_value("LS11 5DF")
    expect(page.get_by_label("Post town")).to_have_value("Leeds")
    eye.look("location-split")
    page.get_by_label("Name", exact=True).fill("Harbour Lane Bakery")
    page.get_by_label("An internet line (VoIP)").check()
    page.get_by_label("Whoever uses this number moves about with it").check()
    eye.press("Continue")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Tick that you know the limits")
    eye.look("location-voip")
    page.get_by_label("I know these limits").check()
    eye.press("Continue")
    eye.look("check-answers-voip")
    eye.press("Confirm")
    page.get_by_role("link", name="See this number").click()
    eye.look("number-voip")
    page.get_by_role("link", name="This number is used outside the UK").click()
    eye.look("bar")
    eye.press("Bar 999 on this number")
    expect(page.locator(".govuk-tag")).to_have_text("999 barred: used outside the UK")
    eye.look("number-barred")
    page.goto(f"{address}/")
    page.get_by_label("Status").select_option("barred")
    expect(page.get_by_role("row").filter(has_text="01632960872")).to_contain_text("999 barred")
    eye.look("home-barred")
    eye.context.close()
    assert faults_of(eye) == []
