"""The web face over a demonstration installation: both databases, a clock that stands still, the simulated agent."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from web_eye import CHROMIUM, FLAGS
from web_people import PASSWORD, STAFF
from web_played import NOON, Played, demo_settings
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.actors import Actor, Role
from app.services.accounts import make_user
from app.services.demo import agent_step, load_samples, night
from app.services.directory import load_directory, sample_directory
from app.services.setup import DEMO_LOGINS, SETTING_UP, set_up
from app.services.system import System, open_system
from app.settings import load_settings
from app.web import register_web


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def at_least_cost(patch: pytest.MonkeyPatch) -> None:
    """The same algorithm at its least cost: a log-in at full cost in every test would take most of the time."""
    patch.setattr("app.services.accounts.HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    at_least_cost(monkeypatch)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


def open_demo(folder: Path, database_url: str, clock: FixedClock) -> System:
    settings = demo_settings(folder, database_url)
    set_up(settings, clock)
    return open_system(settings, clock)


def make_app(system: System) -> Flask:
    flask_app = Flask("app", static_folder=None, template_folder=None)
    register_web(flask_app, system, agent_step)
    return flask_app


@pytest.fixture
def system(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[System]:
    opened = open_demo(tmp_path / "data", database_url, clock)
    yield opened
    opened.database.dispose()


@pytest.fixture
def directory(system: System) -> None:
    """The postcode directory of the samples: without one no postcode is doubted."""
    with sample_directory() as path:
        load_directory(system, Actor("cli", Role.OPERATIONS), path)


@pytest.fixture
def flask_app(system: System) -> Flask:
    return make_app(system)


@pytest.fixture
def lone_system(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> Iterator[System]:
    """For what does not differ between databases."""
    opened = open_demo(tmp_path / "data", sqlite_url, clock)
    yield opened
    opened.database.dispose()


@pytest.fixture
def lone_app(lone_system: System) -> Flask:
    return make_app(lone_system)


@pytest.fixture(scope="session")
def first_night(memory: Path) -> Path:
    """The folder of a demonstration whose first night is over."""
    with pytest.MonkeyPatch.context() as patch:
        at_least_cost(patch)
        folder = memory / "first-night"
        opened = open_demo(folder, f"sqlite:///{folder / 'eld.db'}", FixedClock(NOON))
        load_samples(opened)
        night(opened)
        opened.database.dispose()
    return folder


@pytest.fixture
def played(first_night: Path, tmp_path: Path, clock: FixedClock) -> Played:
    return Played(first_night, tmp_path, clock)


def visitor(flask_app: Flask, place: int) -> Visitor:
    found = Visitor(flask_app)
    found.log_in(DEMO_LOGINS[place].email, DEMO_LOGINS[place].password)
    return found


@pytest.fixture
def customer(flask_app: Flask) -> Visitor:
    return visitor(flask_app, 0)


@pytest.fixture
def operator(flask_app: Flask) -> Visitor:
    return visitor(flask_app, 1)


@pytest.fixture
def second(flask_app: Flask) -> Visitor:
    """Another member of staff than the operator."""
    return visitor(flask_app, 2)


@pytest.fixture
def lone_operator(lone_app: Flask) -> Visitor:
    return visitor(lone_app, 1)


@pytest.fixture(scope="session")
def house() -> Callable[[System], Flask]:
    """Puts the web face over a system that a test has changed."""
    return make_app


@pytest.fixture
def register(customer: Visitor) -> Callable[..., None]:
    """Registers a number by the portal's own pages."""

    def by_hand(number: str = "01632 960001", **values: str) -> None:
        customer.get("/numbers/new")
        typed = {
            "number": number,
            "postcode": "ls11 5df",
            "premises": "Pennant House",
            "thoroughfare": "Dewsbury Road",
            "post_town": "Leeds",
            "name": "Harbour Lane Bakery",
        }
        customer.send("Continue", **(typed | values))
        customer.send("Confirm", move_confirmed="y")  # asked for where the number is registered already

    return by_hand


@pytest.fixture
def strict(tmp_path: Path, clock: FixedClock) -> Iterator[System]:
    """An installation in earnest, with one member of staff, who has yet to set up a second factor."""
    environ = {"ELD_CUPID": "123", "ELD_ENVIRONMENT": "test", "ELD_DATA_DIR": str(tmp_path / "earnest")}
    settings = load_settings(environ | {"ELD_PUBLIC_URL": "https://eld.example"})
    set_up(settings, clock)
    opened = open_system(settings, clock)
    with opened.database.unit_of_work() as work:
        make_user(opened, work, SETTING_UP, STAFF, Role.OPERATIONS, PASSWORD)
        work.commit()
    yield opened
    opened.database.dispose()


@pytest.fixture
def strict_app(strict: System) -> Flask:
    return make_app(strict)
