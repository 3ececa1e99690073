"""A person who walks through the pages in one manner: with a pointer, by keyboard alone, narrow, or without a script.

A journey is written once, in words of the person: `fill`, `press`, `follow`. The manner decides how a field is reached.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect
from web_focus import MOST_STOPS, TAKE_NOTE, WHERE

WIDE, NARROW = 1280, 360


@dataclass(frozen=True)
class Manner:
    name: str
    width: int = WIDE
    by_keyboard: bool = False
    script: bool = True


MANNERS = (
    Manner("wide"),
    Manner("narrow", width=NARROW),
    Manner("keyboard", by_keyboard=True),
    Manner("scriptless", script=False),
)


class Walker:
    """Walks, and notes on every page what is wrong with it."""

    def __init__(self, browser: Browser, address: str, manner: Manner, scheme: str = "light") -> None:
        self.manner, self.address, self.faults = manner, address, []
        self.context = browser.new_context(
            viewport={"width": manner.width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=manner.script,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(8000)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._asked)
        self.page.on("console", self._heard)

    def open(self, path: str) -> None:
        """Type an address: what begins a journey, or comes in a mail."""
        self.page.goto(f"{self.address}{path}")
        self._arrive()

    def fill(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        if self.manner.by_keyboard:
            self._reach(field)
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(text)
            expect(field).to_have_value(text)
        else:
            field.fill(text)

    def fill_all(self, **texts: str) -> None:
        """Fill several fields, each named by its label with `_` for a space."""
        for label, text in texts.items():
            self.fill(label.replace("_", " "), text)

    def tick(self, label: str) -> None:
        """Change a box."""
        self._act(self.page.get_by_label(label, exact=True), "Space", lambda box: box.click())

    def choose(self, label: str) -> None:
        """Take one of several, as radio buttons offer them."""
        button = self.page.get_by_label(label, exact=True)
        if not self.manner.by_keyboard:
            button.check()
            return
        group = self.page.locator(f"input[name='{button.get_attribute('name')}']")
        self._reach(group, any_of=True)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if button.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} is not reached by arrows")

    def select(self, label: str, option: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        if self.manner.by_keyboard:
            self._reach(field)
            self.page.keyboard.type(option)
        else:
            field.select_option(label=option)

    def unfold(self, summary: str) -> None:
        self._act(self.page.locator("summary").filter(has_text=summary), "Enter", lambda it: it.click())

    def follow(self, link: str) -> None:
        """Follow a link to the page that it leads to, out of the menu where there is room for no more."""
        menu = self.page.get_by_role("button", name="Menu", exact=True)
        if menu.is_visible() and not self.page.get_by_role("link", name=link, exact=True).first.is_visible():
            self._act(menu, "Enter", lambda it: it.click())
        self._leave(self.page.get_by_role("link", name=link, exact=True).first)

    def press(self, button: str) -> None:
        """Press a button; the page that comes back must not lose the focus."""
        before = self._which()
        self._leave(self.page.get_by_role("button", name=button, exact=True).last)
        if self._which() == before and self.page.evaluate(WHERE)["lost"]:
            self.faults.append(f"{button}: the same page came back and the focus is lost")

    def download(self, link: str) -> bytes:
        """Follow a link that hands out a file."""
        found = self.page.get_by_role("link", name=link, exact=True)
        with self.page.expect_download() as coming:
            self._act(found, "Enter", lambda it: it.click())
        return Path(coming.value.path()).read_bytes()

    def give_file(self, path: Path) -> None:
        """Give a file to the page's one field for it, with the browser's own question for it."""
        field = self.page.locator("input[type=file]")
        if not self.manner.by_keyboard:
            field.set_input_files(path)
            return
        asks = self.page.locator("button.govuk-file-upload-button")
        with self.page.expect_file_chooser() as question:
            self._reach(asks if asks.count() else field)
            self.page.keyboard.press("Enter")
        question.value.set_files(path)

    def reads(self, heading: str) -> None:
        """Expect a page by its heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def row(self, text: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=text)

    def leave(self) -> None:
        self.context.close()
        assert not self.faults, "\n".join(self.faults)

    def _act(self, target: Locator, key: str, by_pointer: Callable[[Locator], None]) -> None:
        if self.manner.by_keyboard:
            self._reach(target)
            self.page.keyboard.press(key)
        else:
            by_pointer(target)

    def _leave(self, target: Locator) -> None:
        """Go to the next page by a link or button."""
        with self.page.expect_navigation(wait_until="load"):
            self._act(target, "Enter", lambda it: it.click())
        self._arrive()

    def _arrive(self) -> None:
        """Look at the page that came."""
        if self.manner.script:
            expect(self.page.locator("body.js-enabled")).to_be_visible()
        sideways = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if sideways > 0:
            self.faults.append(f"{self._here()} scrolls sideways by {sideways}")
        if self.page.get_by_role("heading", level=1).count() != 1:
            self.faults.append(f"{self._here()} has not exactly one h1")
        if self.manner.by_keyboard:
            self.page.evaluate(TAKE_NOTE)

    def _reach(self, target: Locator, *, any_of: bool = False) -> None:
        """Press Tab until the target has the focus, and look at each stop on the way."""
        wanted = target.first if any_of else target
        expect(wanted).to_be_attached()
        goals = target.element_handles() if any_of else [target.element_handle()]
        for _ in range(MOST_STOPS):
            stop = self.page.evaluate(WHERE, goals)
            self.faults += [f"{self._here()}: {fault}" for fault in stop["faults"]]
            if stop["reached"]:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} is not reached by Tab on {self._here()}")

    def _which(self) -> tuple[str, str]:
        return self.page.url.partition("?")[0], self.page.get_by_role("heading", level=1).inner_text()

    def _here(self) -> str:
        return self.page.url.removeprefix(self.address)

    def _asked(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((self.address, "data:")) or ".woff" in url:
            self.faults.append(f"asked for {url}")

    def _heard(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if getattr(message, "type", "") == "error" and "422" not in text:
            self.faults.append(text)
