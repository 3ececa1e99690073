"""A stage on both kinds of database; after each test the trail must verify."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from stage import Stage, load_small_directory, open_stage

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
