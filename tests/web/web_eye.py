"""A person at a real browser: opens pages, looks for what is wrong with them and takes their picture."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app.services.setup import DEMO_LOGINS

CHROMIUM = shutil.which("chromium") or ""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PICTURES = Path(__file__).parents[2] / "screenshots"
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed"),
]


@contextmanager
def served(flask_app: Flask) -> Iterator[str]:
    """Serve an application on loopback and give its address."""
    server = make_server("127.0.0.1", 0, flask_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Eye:
    """Opens pages, looks for what is wrong with them and takes their picture."""

    def __init__(self, browser: Browser, address: str, width: int, scheme: str, place: int) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.suffix, self.address = f"{width}-{scheme}", address
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("requestfailed", lambda request: self.faults.append(f"not loaded: {request.url}"))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)
        self.page.goto(f"{address}/log-in")
        self.look("log-in")
        self.page.get_by_label("E-mail address").fill(DEMO_LOGINS[place].email)
        self.page.get_by_label("Password", exact=True).fill(DEMO_LOGINS[place].password)
        self.page.get_by_role("button", name="Log in").click()

    def _heard(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if getattr(message, "type", "") == "error" and "422" not in text:
            self.faults.append(text)

    def _asked(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith(self.address) or ".woff" in url:
            self.faults.append(f"asked for {url}")

    def go(self, path: str, name: str) -> None:
        self.page.goto(f"{self.address}{path}")
        self.look(name)

    def press(self, text: str) -> None:
        self.page.get_by_role("button", name=text, exact=True).last.click()

    def look(self, name: str) -> None:
        self.page.wait_for_load_state("load")
        expect(self.page.locator("body.js-enabled")).to_be_visible()
        sideways = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if sideways > 0:
            self.faults.append(f"{name} scrolls sideways by {sideways}")
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}-{self.suffix}.png", full_page=True)
