"""The command line over an installation of its own, on either kind of database."""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_hand import SAMPLES, Eld, an_eld
from postgresql_server import PostgresServer

_numbers = itertools.count(1)


def settle(url: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Eld:
    for name, value in {"ELD_DEMO": "1", "ELD_DATA_DIR": str(data_dir), "ELD_DATABASE_URL": url}.items():
        monkeypatch.setenv(name, value)
    return an_eld(data_dir)


def load(url: str, data_dir: Path) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        settle(url, data_dir, monkeypatch).load_samples()
    return data_dir


@pytest.fixture
def samples() -> Path:
    return SAMPLES


@pytest.fixture
def empty_eld(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eld:
    """Not set up yet; on both kinds of database."""
    return settle(database_url, tmp_path / "data", monkeypatch)


@pytest.fixture(scope="session")
def loaded_sqlite(sqlite_template: Path, memory: Path) -> Path:
    """A folder with the samples' directory and inventory, to be copied: loading takes a second."""
    folder = memory / "loaded-sqlite"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "eld.db")
    return load(f"sqlite:///{folder / 'eld.db'}", folder)


@pytest.fixture(scope="session")
def loaded_postgresql(postgresql: PostgresServer, memory: Path) -> Path:
    """As `loaded_sqlite`; the database is `loaded`."""
    postgresql.run("CREATE DATABASE loaded TEMPLATE template")
    return load(postgresql.url("loaded"), memory / "loaded-postgresql")


@pytest.fixture
def sqlite_eld(loaded_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eld:
    """With the samples' directory and inventory, for what has nothing to do with the kind of database."""
    data_dir = shutil.copytree(loaded_sqlite, tmp_path / "data")
    return settle(f"sqlite:///{data_dir / 'eld.db'}", data_dir, monkeypatch)


@pytest.fixture
def postgresql_eld(
    postgresql: PostgresServer, loaded_postgresql: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Eld]:
    name = f"cli_{next(_numbers)}"
    postgresql.run(f"CREATE DATABASE {name} TEMPLATE loaded")
    yield settle(postgresql.url(name), shutil.copytree(loaded_postgresql, tmp_path / "data"), monkeypatch)
    postgresql.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def eld(request: pytest.FixtureRequest) -> Eld:
    """With the samples' directory and inventory; on both kinds of database."""
    made = request.getfixturevalue(f"{request.param}_eld")
    assert isinstance(made, Eld)
    return made
