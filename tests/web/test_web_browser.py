"""In a real browser: the journeys at a desk and on a telephone, light and dark; pictures of them for a person's eye."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from web_eye import IN_A_BROWSER, Eye, served

from app.services.demo import load_samples, night
from app.services.setup import DEMO_LOGINS
from app.services.system import System

SAMPLES = Path(__file__).parents[2] / "samples"

pytestmark = IN_A_BROWSER


@pytest.fixture
def address(lone_system: System, lone_app: Flask) -> Iterator[str]:
    """The demonstration with its first night, served on loopback."""
    load_samples(lone_system)
    night(lone_system)
    with served(lone_app) as at:
        yield at


def portal(eye: Eye) -> None:
    page = eye.page
    eye.look("home")
    page.get_by_role("link", name="01632960504", exact=True).click()
    eye.look("number")
    page.get_by_role("link", name="Give the address").click()
    page.get_by_label("Postcode").fill("LS1O 5DF")
    page.get_by_label("Post town").fill("Leeds")
    page.get_by_label("Name", exact=True).fill("Café Mère: Bakers & Confectioners Company Limited")
    eye.press("Continue")
    expect(page.get_by_role("alert").first).to_contain_text("There is a problem")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    eye.look("location-errors")
    page.get_by_role("button", name="Use LS10 5DF").click()
    expect(page.get_by_label("Postcode")).to_have_value("LS10 5DF")
    page.get_by_label("Postcode").fill("LS11 5DF")
    page.get_by_label("Premises").fill("Pennant House")
    page.get_by_label("Street").fill("Dewsbury Road")
    eye.press("Check")
    expect(page.locator(".eld-label")).to_contain_text("CAFE MERE: BAKERS & CONFECTIONERS")
    eye.look("location")
    eye.press("Continue")
    eye.look("check-answers")
    page.get_by_role("heading", name="Check your answers").wait_for()
    page.goto(f"{eye.address}/bulk")
    eye.look("bulk")
    page.locator("input[type=file]").set_input_files(SAMPLES / "locations-with-faults.csv")
    eye.press("Look through it")
    page.get_by_role("heading", name="What is in your file").wait_for()
    eye.look("bulk-summary")


def console(eye: Eye) -> None:
    eye.look("ops-tonight")
    for path, name in (
        ("/ops/send", "ops-send"),
        ("/ops/cases", "ops-cases"),
        ("/ops/cases/1", "ops-case"),
        ("/ops/cases/1/close", "ops-close-case"),
        ("/ops/reviews", "ops-reviews"),
        ("/ops/missing", "ops-missing"),
        ("/ops/numbers", "ops-numbers"),
        ("/ops/numbers/1", "ops-number"),
        ("/ops/trail", "ops-trail"),
        ("/ops/files", "ops-files"),
    ):
        eye.go(path, name)
    eye.page.get_by_role("link", name="BT199903032701.DAT").click()
    eye.page.locator("details.eld-record summary").first.click()
    eye.page.get_by_role("link", name="premises").first.click()
    expect(eye.page.locator("#r1-premises")).to_be_in_viewport()
    eye.look("ops-file")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_pages_in_a_browser(browser: Browser, address: str, width: int, scheme: str) -> None:
    for place, walk in ((0, portal), (1, console)):
        eye = Eye(browser, address, width, scheme, place)
        walk(eye)
        eye.context.close()
        assert eye.faults == []


def test_nothing_needs_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/log-in")
    page.get_by_label("E-mail address").fill(DEMO_LOGINS[0].email)
    page.get_by_label("Password", exact=True).fill(DEMO_LOGINS[0].password)
    page.get_by_label("Password", exact=True).press("Enter")
    page.get_by_role("link", name="Add a number").click()
    for label, text in (
        ("Telephone number", "01632 960777"),
        ("Postcode", "LS11 5DF"),
        ("Premises", "Pennant House"),
        ("Street", "Dewsbury Road"),
        ("Post town", "Leeds"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("Name", exact=True).fill("Bakery")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("This can go out as it stands.")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. It is registered")
    assert page.url.endswith("/next")
    context.close()
