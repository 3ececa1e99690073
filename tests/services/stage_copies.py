"""Stages by the thousand: each is a copy of one that was set up once, and can itself be copied and brought back."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from stage import START, Stage
from stage_opening import open_stage

from app.audit.keys import KeyStore
from app.clock import FixedClock
from app.db.engine import Database
from app.services.system import System, open_transport

_names = count(1)


@dataclass(frozen=True)
class Copy:
    """A stage at rest: its database by address, its folder, and who and when it was."""

    stage: Stage
    url: str
    folder: Path
    at: object


class SqliteCopies:
    """Databases are files; all that is kept lies in memory."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.folder, self._template = folder, template

    def new(self) -> str:
        return self.copy(f"sqlite:///{self._template}")

    def copy(self, url: str) -> str:
        path = self.folder / f"copy{next(_names)}.db"
        shutil.copyfile(url.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        path = Path(url.removeprefix("sqlite:///"))
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()


class PostgresCopies:
    """Databases are made from one another as templates."""

    def __init__(self, folder: Path, server) -> None:
        self.folder, self._server = folder, server

    def new(self) -> str:
        return self.copy(self._server.url("template"))

    def copy(self, url: str) -> str:
        name = f"copy_{next(_names)}"
        self._server.run(f"CREATE DATABASE {name} TEMPLATE {url.rpartition('/')[2]}")
        return self._server.url(name)

    def drop(self, url: str) -> None:
        self._server.run(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")


class Stages:
    """Gives stages of one kind of database: fresh ones, and copies of one as it stood."""

    def __init__(self, databases: SqliteCopies | PostgresCopies, **settings: str) -> None:
        self._databases, self._settings = databases, settings
        self._first: Copy | None = None
        self.kind = type(databases).__name__.removesuffix("Copies").lower()

    def fresh(self) -> Stage:
        if self._first is None:
            folder = self._databases.folder / f"first{next(_names)}"
            database = Database(self._databases.new())
            self._first = self.freeze(open_stage(database, FixedClock(START), folder, **self._settings))
        return self.thaw(self._first)

    def freeze(self, stage: Stage) -> Copy:
        """Copy a stage that nobody works on; it may go on afterwards."""
        folder = self._databases.folder / f"frozen{next(_names)}"
        shutil.copytree(stage.root, folder)
        return Copy(stage, self.freeze_database(stage), folder, stage.clock.at)

    def freeze_database(self, stage: Stage) -> str:
        """Back up the database alone, as an operator would."""
        stage.system.database.dispose()
        return self._databases.copy(address(stage))

    def thaw(self, frozen: Copy) -> Stage:
        """Return a stage of its own that stands where the copied one stood."""
        folder = self._databases.folder / f"stage{next(_names)}"
        shutil.copytree(frozen.folder, folder)
        clock = FixedClock(frozen.at)
        settings = replace(
            frozen.stage.system.settings,
            data_dir=folder,
            key_dir=folder / "keys",
            transport=f"folder:{folder}",
            database_url=self._databases.copy(frozen.url),
        )
        return reopened(replace(frozen.stage, clock=clock, _last=[], _cars=count(1)), settings)

    def restore_database(self, stage: Stage, url: str) -> Stage:
        """Put a backup in the place of the database; folders, keys and journal stay as they are."""
        self.close(stage)
        return reopened(stage, replace(stage.system.settings, database_url=self._databases.copy(url)))

    def drop_database(self, url: str) -> None:
        self._databases.drop(url)

    def close(self, stage: Stage) -> None:
        """End a stage's database."""
        stage.system.database.dispose()
        self._databases.drop(address(stage))

    def forget(self, frozen: Copy) -> None:
        self._databases.drop(frozen.url)
        shutil.rmtree(frozen.folder)

    @contextmanager
    def lent(self, frozen: Copy | None = None) -> Iterator[Stage]:
        """Lend a stage for a block."""
        stage = self.fresh() if frozen is None else self.thaw(frozen)
        try:
            yield stage
        finally:
            self.close(stage)
            shutil.rmtree(stage.root)


def reopened(stage: Stage, settings=None, *, dispose: bool = True) -> Stage:
    """Return the stage with everything opened anew, as a process that starts again, or a second one, has it."""
    settings = settings or stage.system.settings
    if dispose:
        stage.system.database.dispose()
    system = System(
        settings,
        stage.clock,
        Database(settings.database_url),
        KeyStore(settings.key_dir),
        stage.system.profile,
        open_transport(settings),
    )
    return replace(stage, system=system)


def address(stage: Stage) -> str:
    return stage.system.database.url.render_as_string(hide_password=False).replace("+psycopg", "")
