"""In a real browser, at a desk and on a telephone: a block is registered, and some of it moves on."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from web_eye import IN_A_BROWSER, Eye, served

from app.services.demo import load_samples
from app.services.system import System

pytestmark = IN_A_BROWSER


@pytest.fixture
def address(lone_system: System, lone_app: Flask) -> Iterator[str]:
    """The samples, served on loopback."""
    load_samples(lone_system)
    with served(lone_app) as at:
        yield at


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_a_block_is_registered_and_some_of_it_moves(browser: Browser, address: str, width: int, scheme: str) -> None:
    eye = Eye(browser, address, width, scheme, 0)
    page = eye.page
    page.get_by_role("link", name="Register a block").click()
    page.get_by_label("First number").fill("01632 960700")
    page.get_by_label("Last number").fill("01632 960690")
    eye.press("Continue")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    eye.look("many-block-errors")
    page.get_by_label("Last number").fill("01632 960749")
    page.get_by_label("Numbers of the block").fill("01632 960704\n01632 960705")
    eye.press("Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where are these 48 numbers used?")
    for label, text in (("Postcode", "LS11 5DF"), ("Premises", "Foundry House"), ("Street", "Dewsbury Road")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Post town").fill("Leeds")
    page.get_by_label("Name", exact=True).fill("Harbour Lane Bakery")
    eye.press("Check")
    expect(page.locator(".eld-label")).to_contain_text("FOUNDRY HOUSE")
    eye.look("many-location")
    eye.press("Continue")
    eye.look("many-answers")
    eye.press("Confirm for 48 numbers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. They are registered")
    eye.look("many-done")
    page.goto(f"{address}/numbers/several")
    page.get_by_role("link", name="Foundry House").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(48)
    page.get_by_label("01632960700").uncheck()
    eye.look("many-several")
    eye.press("Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where are these 47 numbers used?")
    assert eye.faults == []
