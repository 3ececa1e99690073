"""What every test may ask for: a clock that stands still, and a fresh database of either kind."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from log_witness import witness
from postgresql_server import PostgresServer, memory_folder
from seams import figures
from ssh_server import SshServer

from app.audit.keys import KeyStore
from app.clock import FixedClock
from app.db.engine import Database
from app.db.migrate import upgrade

IN_CI = bool(os.environ.get("CI"))
settings.register_profile("house", deadline=None, max_examples=60, derandomize=IN_CI, print_blob=True)
settings.register_profile("full", settings.get_profile("house"), max_examples=1000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the long tests too, and more examples of each property")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: too long for every change; run by `make test-full`")
    config.addinivalue_line("markers", "last: after everything else")
    witness.listen()
    settings.load_profile("full" if config.getoption("--full") else "house")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)
    if config.getoption("--full"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    witness.read(report.capstderr)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in figures():
        terminalreporter.write_line(line)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2027, 3, 3, 12, 0, tzinfo=UTC))


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "keys")


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder in memory, for database files."""
    folder = Path(tempfile.mkdtemp(prefix="eld-tests-", dir=memory_folder()))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_template(memory: Path) -> Path:
    path = memory / "template.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """A server of this run's own; the database `template` holds the migrated schema."""
    server = PostgresServer()
    try:
        server.start()
        server.run("CREATE DATABASE template")
        database = Database(server.url("template"))
        upgrade(database)
        database.dispose()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def ssh_server() -> Iterator[SshServer]:
    """A server of this run's own that speaks SFTP."""
    server = SshServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


_numbers = itertools.count(1)


@pytest.fixture
def sqlite_url(sqlite_template: Path, memory: Path) -> Iterator[str]:
    folder = memory / str(next(_numbers))
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "eld.db")
    yield f"sqlite:///{folder / 'eld.db'}"
    shutil.rmtree(folder)


@pytest.fixture
def postgresql_url(postgresql: PostgresServer) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    postgresql.run(f"CREATE DATABASE {name} TEMPLATE template")
    yield postgresql.url(name)
    postgresql.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database: every test that asks runs on both kinds."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()
