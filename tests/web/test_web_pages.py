"""Every page of the catalogue under axe-core, and in pictures for a person's eye; no page is left out of it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from pages_catalogue import NO_PAGE, SIGHTS
from playwright.sync_api import Browser, Page
from web_eye import IN_A_BROWSER
from web_houses import ROLES, build
from web_tour import STRANGER, Sight, Tour, picture, toured

from app.services.system import System

pytestmark = IN_A_BROWSER
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = f"axe.run({json.dumps({'runOnly': TAGS, 'resultTypes': ['violations']})}).then((found) => found.violations)"


@pytest.fixture(scope="module")
def tour(
    browser: Browser, first_night: Path, tmp_path_factory: pytest.TempPathFactory, house: Callable[[System], Flask]
) -> Iterator[Tour]:
    """The three installations, served."""
    houses = build(tmp_path_factory.mktemp("houses"), first_night)
    with toured(browser, houses, house) as begun:
        yield begun
    for one in houses.values():
        one.system.database.dispose()


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA."""
    page.evaluate(AXE_SCRIPT)
    return [
        f"{found['id']}: {found['help']}: {', '.join(str(node['target']) for node in found['nodes'][:5])}"
        for found in page.evaluate(RUN)
    ]


def faults_of(page: Page) -> list[str]:
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*violations(page), *([f"scrolls sideways by {sideways}"] if sideways > 0 else [])]


def test_the_catalogue_names_every_page(lone_app: Flask) -> None:
    asked_for = {rule.endpoint for rule in lone_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    named = {sight.endpoint for sight in SIGHTS}
    assert sorted(asked_for - named - NO_PAGE) == []
    assert sorted(NO_PAGE - asked_for) == []


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_a_page_breaks_no_rule_of_wcag(tour: Tour, sight: Sight) -> None:
    page, status = tour.see(sight)
    assert status == sight.status
    assert faults_of(page) == []
    page.close()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_a_page_is_seen_by_every_role(tour: Tour, sight: Sight, width: int, scheme: str) -> None:
    for role in (STRANGER,) if sight.who == STRANGER else ROLES:
        page, status = tour.see(sight, str(role), width, scheme)
        if status == sight.status:
            assert faults_of(page) == []
            picture(page, sight, str(role), width, scheme)
        page.close()
