"""Stages by the thousand: each is a copy of one that was set up once, and can itself be copied and brought back."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path

from postgresql_server import PostgresServer
from stage import START, Stage
from stage_opening import open_stage

from app.audit.keys import KeyStore
from app.clock import FixedClock
from app.db.engine import Database
from app.services.system import System, open_transport
from app.settings import Settings

_names = count(1)


@dataclass(frozen=True)
class Copy:
    """A stage at rest: its database by address, its folder, and who and when it was."""

    stage: Stage
    url: str
    folder: Path
    at: datetime


class SqliteCopies:
    """Databases are files; all that is kept lies in memory."""

    kind = "sqlite"

    def __init__(self, folder: Path, template: Path) -> None:
        self.folder, self.template = folder, f"sqlite:///{template}"

    def address(self) -> str:
        return f"sqlite:///{self.folder / f'copy{next(_names)}.db'}"

    def copy(self, url: str, to: str) -> None:
        with closing(_sqlite(url)) as source, closing(_sqlite(to)) as made:
            source.backup(made)  # with what lies in the log beside it

    def drop(self, url: str) -> None:
        path = Path(url.removeprefix("sqlite:///"))
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()


def _sqlite(url: str) -> sqlite3.Connection:
    return sqlite3.connect(url.removeprefix("sqlite:///"))


class PostgresCopies:
    """Databases are made from one another as templates."""

    kind = "postgresql"

    def __init__(self, folder: Path, server: PostgresServer) -> None:
        self.folder, self.template, self._server = folder, server.url("template"), server

    def address(self) -> str:
        return self._server.url(f"copy_{next(_names)}")

    def copy(self, url: str, to: str) -> None:
        self._server.run(f"CREATE DATABASE {to.rpartition('/')[2]} TEMPLATE {url.rpartition('/')[2]}")

    def drop(self, url: str) -> None:
        self._server.run(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")


class Stages:
    """Gives stages of one kind of database: fresh ones, and copies of one as it stood.

    Addresses are used again, since whoever comes to one that is known has its statements ready.
    """

    def __init__(self, databases: SqliteCopies | PostgresCopies, **settings: str) -> None:
        self._databases, self._settings = databases, settings
        self._first: Copy | None = None
        self._free: list[str] = []
        self.kind = databases.kind

    def fresh(self) -> Stage:
        if self._first is None:
            folder = self._databases.folder / f"first{next(_names)}"
            database = Database(self._copied(self._databases.template))
            self._first = self.freeze(open_stage(database, FixedClock(START), folder, **self._settings))
            database.dispose()
        return self.thaw(self._first)

    def freeze(self, stage: Stage) -> Copy:
        """Copy a stage that nobody works on; it may go on afterwards."""
        folder = self._databases.folder / f"frozen{next(_names)}"
        shutil.copytree(stage.root, folder)
        return Copy(stage, self.freeze_database(stage), folder, stage.clock.at)

    def freeze_database(self, stage: Stage) -> str:
        """Back up the database alone, as an operator would."""
        stage.system.database.dispose()
        return self._copied(address(stage))

    def thaw(self, frozen: Copy) -> Stage:
        """Return a stage of its own that stands where the copied one stood."""
        folder = self._databases.folder / f"stage{next(_names)}"
        shutil.copytree(frozen.folder, folder)
        settings = replace(
            frozen.stage.system.settings,
            data_dir=folder,
            key_dir=folder / "keys",
            transport=f"folder:{folder}",
            database_url=self._copied(frozen.url),
        )
        return reopened(replace(frozen.stage, clock=FixedClock(frozen.at), _last=[], _cars=count(1)), settings)

    def restore_database(self, stage: Stage, url: str) -> Stage:
        """Put a backup in the place of the database; folders, keys and journal stay as they are."""
        self.close(stage)
        return reopened(stage, replace(stage.system.settings, database_url=self._copied(url)))

    def drop_database(self, url: str) -> None:
        self._databases.drop(url)
        self._free.append(url)

    def close(self, stage: Stage) -> None:
        """End a stage's database."""
        stage.system.database.dispose()
        self.drop_database(address(stage))

    def forget(self, frozen: Copy) -> None:
        self.drop_database(frozen.url)
        shutil.rmtree(frozen.folder)

    def _copied(self, url: str) -> str:
        to = self._free.pop() if self._free else self._databases.address()
        self._databases.copy(url, to)
        return to

    @contextmanager
    def lent(self, frozen: Copy | None = None) -> Iterator[Stage]:
        """Lend a stage for a block."""
        stage = self.fresh() if frozen is None else self.thaw(frozen)
        try:
            yield stage
        finally:
            self.close(stage)
            shutil.rmtree(stage.root)


def reopened(stage: Stage, settings: Settings | None = None, *, second: bool = False) -> Stage:
    """Return the stage with everything opened anew, as a process that starts again has it, or a second one."""
    settings = settings or stage.system.settings
    if not second:
        stage.system.database.dispose()
    system = System(
        settings,
        stage.clock,
        known_database(settings.database_url, "second" if second else "first"),
        KeyStore(settings.key_dir),
        stage.system.profile,
        open_transport(settings),
    )
    return replace(stage, system=system)


@cache
def known_database(url: str, process: str) -> Database:
    """Return the database as a process finds it: without connections, but with the statements that it has used."""
    del process  # each has one of its own
    database = Database(url)
    with database.reading() as look:
        look.session.connection()  # what the first connection asks is asked once
    database.dispose()
    return database


def address(stage: Stage) -> str:
    return stage.system.database.url.render_as_string(hide_password=False).replace("+psycopg", "")
