"""An installation with its samples and a first night, made once and copied for each test that wants one."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from app.clock import FixedClock
from app.services.system import System, open_system
from app.settings import Settings, load_settings

NOON = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)


def demo_settings(folder: Path, database_url: str) -> Settings:
    environ = {"ELD_DEMO": "1", "ELD_DATA_DIR": str(folder), "ELD_DATABASE_URL": database_url}
    # Nights go by while somebody stays logged in: how long one may is tested where that is the matter.
    return load_settings(environ | {"ELD_SESSION_IDLE": "90 days", "ELD_SESSION_LIMIT": "90 days"})


class Played:
    """Hands out a copy of one installation, with everything that was written while it was made."""

    def __init__(self, original: Path, folder: Path, clock: FixedClock) -> None:
        self.original, self.folder, self.clock = original, folder, clock

    def copy(self) -> System:
        there = self.folder / "played"
        shutil.copytree(self.original, there)
        return open_system(demo_settings(there, f"sqlite:///{there / 'eld.db'}"), self.clock)
