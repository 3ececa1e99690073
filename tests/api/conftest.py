"""The API over a demonstration installation with the sample directory: an application of both faces, and keys."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from api_caller import ACCOUNT, STAFF, Caller, MakeCaller
from api_served import make_app, owners_key, staff_key
from argon2 import PasswordHasher
from flask import Flask

from app.api.limits import limiter
from app.clock import FixedClock
from app.services.api_keys import Scope, make_key
from app.services.directory import load_directory, sample_directory
from app.services.inventory import load_numbers
from app.services.setup import set_up
from app.services.system import System, open_system
from app.services.trail import verify_trail
from app.settings import load_settings


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm at its least cost: a log-in at full cost in every test would take most of the time."""
    monkeypatch.setattr("app.services.accounts.HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    if limiter.initialized:
        limiter.reset()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2027, 3, 3, 12, 0, tzinfo=UTC))


def open_installation(folder: Path, database_url: str, clock: FixedClock) -> System:
    settings = load_settings({"ELD_DEMO": "1", "ELD_DATA_DIR": str(folder), "ELD_DATABASE_URL": database_url})
    set_up(settings, clock)
    system = open_system(settings, clock)
    with sample_directory() as path:
        load_directory(system, STAFF, path)
    return system


@pytest.fixture
def system(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[System]:
    opened = open_installation(tmp_path / "data", database_url, clock)
    yield opened
    assert verify_trail(opened, STAFF).ok
    opened.database.dispose()


@pytest.fixture
def lone_system(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> Iterator[System]:
    """For what does not differ between databases."""
    opened = open_installation(tmp_path / "data", sqlite_url, clock)
    yield opened
    opened.database.dispose()


def calls(system: System) -> MakeCaller:
    flask_app = make_app(system)

    def make(*scopes: Scope, account_id: int = ACCOUNT) -> Caller:
        made = make_key(system, STAFF, account_id, "a test", scopes or (Scope.READ, Scope.WRITE))
        return Caller(flask_app.test_client(), made.key)

    return make


@pytest.fixture
def caller(system: System) -> Caller:
    """One with a key for everything; on both kinds of database."""
    return calls(system)()


@pytest.fixture
def lone_app(lone_system: System) -> Flask:
    return make_app(lone_system)


@pytest.fixture
def new_caller(lone_system: System) -> MakeCaller:
    """Make callers with the scopes that a test names."""
    return calls(lone_system)


@pytest.fixture
def lone_caller(new_caller: MakeCaller) -> Caller:
    return new_caller()


@pytest.fixture
def lone_owner(lone_app: Flask, lone_system: System) -> Caller:
    return Caller(lone_app.test_client(), owners_key(lone_system))


@pytest.fixture
def lone_staff(lone_app: Flask, lone_system: System) -> Caller:
    return Caller(lone_app.test_client(), staff_key(lone_system))


@pytest.fixture
def other_account(lone_system: System, tmp_path: Path) -> int:
    """A second account, which uses 01632 960777."""
    path = tmp_path / "numbers.csv"
    path.write_text("kind,start,end,account\nin_use,01632960777,,Lockside Dental\n", "utf-8")
    load_numbers(lone_system, STAFF, path)
    return 2
