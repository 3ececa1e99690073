"""A tour through the pages of the catalogue: three installations served at once, each person logged in once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from pyotp import TOTP
from web_eye import PICTURES, served
from web_houses import House, email_of

from app.domain.actors import AccountRole, Role
from app.services.setup import DEMO_PASSWORD
from app.services.system import System

STRANGER, OWNER, OPERATIONS = "stranger", str(AccountRole.OWNER), str(Role.OPERATIONS)
Step = Callable[[Page], object]
TIMEOUT = 8000


@dataclass(frozen=True)
class Sight:
    """A rendering of a page: whose it is, where it lies, and what is done there to bring it about.

    `path` names things of the house in braces; `status` is what it answers to whoever opens it first.
    """

    name: str
    endpoint: str
    path: str
    who: str = OWNER
    house: str = "trouble"
    steps: tuple[Step, ...] = ()
    status: int = 200


def press(button: str) -> Step:
    def act(page: Page) -> None:
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("button", name=button, exact=True).last.click()

    return act


def follow(link: str) -> Step:
    def act(page: Page) -> None:
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("link", name=link, exact=True).first.click()

    return act


def fill(**texts: str) -> Step:
    """Fill fields, each named by its label with `_` for a space."""

    def act(page: Page) -> None:
        for label, text in texts.items():
            page.get_by_label(label.replace("_", " "), exact=True).first.fill(text)

    return act


def unfold(summary: str) -> Step:
    return lambda page: page.locator("summary").filter(has_text=summary).first.click()


class Tour:
    """Opens sights; keeps for each person and each kind of window one browser context."""

    def __init__(self, browser: Browser, addresses: dict[str, str], houses: dict[str, House]) -> None:
        self.browser, self.addresses, self.houses = browser, addresses, houses
        self.known: dict[tuple[str, str], Any] = {}
        self.windows: dict[tuple[str, str, int, str], BrowserContext] = {}

    def see(self, sight: Sight, who: str = "", width: int = 1280, scheme: str = "light") -> tuple[Page, int]:
        """Open a sight in a window of its own and return it with the status of the page that it begins with."""
        role = who or sight.who
        page = self._window(sight, role, width, scheme).new_page()
        page.set_default_timeout(TIMEOUT)
        path = sight.path.format(**self.houses[sight.house].things)
        response = page.goto(f"{self.addresses[sight.house]}{path}")
        status = response.status if response else 0
        if status == sight.status:
            for step in sight.steps:
                step(page)
        page.wait_for_load_state("load")
        page.locator("body.js-enabled").wait_for()
        return page, status

    def _window(self, sight: Sight, role: str, width: int, scheme: str) -> BrowserContext:
        # A stranger may log in on the way, and is none at the next sight.
        key = (sight.house, sight.name if role == STRANGER else role, width, scheme)
        if key not in self.windows:
            self.windows[key] = self.browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                reduced_motion="reduce",
                storage_state=self._logged_in(sight.house, role),
            )
        return self.windows[key]

    def _logged_in(self, house: str, role: str) -> Any:
        if role == STRANGER:
            return None
        if (house, role) not in self.known:
            context = self.browser.new_context()
            page = context.new_page()
            page.goto(f"{self.addresses[house]}/log-in")
            page.get_by_label("E-mail address").fill(email_of(role))
            page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
            press("Log in")(page)
            if page.url.endswith("/log-in/code"):
                self._give_code(page, self.houses[house])
            self.known[house, role] = context.storage_state()
            context.close()
        return self.known[house, role]

    def _give_code(self, page: Page, house: House) -> None:
        """Give the code that an app would show a minute later: each is good once."""
        house.system.clock.advance(timedelta(minutes=1))
        page.locator("#code").fill(TOTP(str(house.things["secret"])).at(house.system.clock.now()))
        press("Continue")(page)

    def close(self) -> None:
        for window in self.windows.values():
            window.close()


@contextmanager
def toured(browser: Browser, houses: dict[str, House], make_app: Callable[[System], Flask]) -> Iterator[Tour]:
    with ExitStack() as stack:
        at = {name: stack.enter_context(served(make_app(house.system))) for name, house in houses.items()}
        tour = Tour(browser, at, houses)
        yield tour
        tour.close()


def picture(page: Page, sight: Sight, who: str, width: int, scheme: str) -> None:
    """Keep how a page looks, for a person's eye."""
    PICTURES.mkdir(exist_ok=True)
    name = sight.name if who == sight.who else f"{sight.name}-{who}"
    page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
