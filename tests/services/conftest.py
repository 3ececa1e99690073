"""A stage on both kinds of database; after each test the trail must verify."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from stage import START, Stage
from stage_opening import load_small_directory, open_stage
from stage_people import People

import app.services.accounts
from app.clock import FixedClock
from app.db.engine import Database
from app.services.system import System


@pytest.fixture
def stage(database: Database, clock: FixedClock, tmp_path: Path) -> Iterator[Stage]:
    opened = open_stage(database, clock, tmp_path / "data")
    yield opened
    opened.check_trail()


@pytest.fixture
def system(stage: Stage) -> System:
    return stage.system


@pytest.fixture
def sqlite_stage(sqlite_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Stage]:
    """For what has nothing to do with the kind of database."""
    database = Database(sqlite_url)
    opened = open_stage(database, clock, tmp_path / "data")
    yield opened
    opened.check_trail()
    database.dispose()


@pytest.fixture
def directory(stage: Stage) -> None:
    load_small_directory(stage)


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Password hashes that take no time; for nothing but tests."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(app.services.accounts, "HASHER", quick)
    app.services.accounts.nobodys_hash.cache_clear()
    yield
    app.services.accounts.nobodys_hash.cache_clear()


@pytest.fixture
def people(stage: Stage, quick_hashes: None) -> People:  # noqa: ARG001  for its effect
    return People(stage)


@pytest.fixture
def sqlite_people(sqlite_stage: Stage, quick_hashes: None) -> People:  # noqa: ARG001  for its effect
    return People(sqlite_stage)


MakeStage = Callable[..., Stage]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeStage]:
    """Make fresh stages of one kind, as many as a test needs; each has a clock of its own."""
    with ExitStack() as stack:
        places = count(1)

        def make(**settings: str) -> Stage:
            folder = tmp_path / f"stage{next(places)}"
            folder.mkdir()
            database = Database(stack.enter_context(fresh_url(request)))
            stack.callback(database.dispose)
            return open_stage(database, FixedClock(START), folder / "data", **settings)

        yield make


_databases = count(1)


@contextmanager
def fresh_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of a fresh, migrated database of the kind that the fixture asks for."""
    name = f"stage_{next(_databases)}"
    if request.param == "sqlite":
        folder = request.getfixturevalue("memory") / name
        folder.mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "eld.db")
        yield f"sqlite:///{folder / 'eld.db'}"
        shutil.rmtree(folder)
    else:
        server = request.getfixturevalue("postgresql")
        server.run(f"CREATE DATABASE {name} TEMPLATE template")
        yield server.url(name)
        server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def small_profile(tmp_path: Path) -> Path:
    """The shipped profile with two records a file at most."""
    text = (files("emergency_export") / "profiles" / "eff-style-1.toml").read_text("utf-8")
    path = tmp_path / "small.toml"
    path.write_text(text.replace("max_records = 200000", "max_records = 2"), "utf-8")
    return path


@pytest.fixture
def sent(stage: Stage) -> Stage:
    """One file with an A for 1 and 2, delivered."""
    stage.register(1)
    stage.register(2)
    stage.night()
    return stage
