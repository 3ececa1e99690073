"""The command line over an installation of its own, on either kind of database."""

from pathlib import Path

import pytest
from cli_hand import SAMPLES, Eld, an_eld


def settle(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Eld:
    data_dir = folder / "data"
    for name, value in {"ELD_DEMO": "1", "ELD_DATA_DIR": str(data_dir), "ELD_DATABASE_URL": url}.items():
        monkeypatch.setenv(name, value)
    return an_eld(data_dir)


@pytest.fixture
def samples() -> Path:
    return SAMPLES


@pytest.fixture
def empty_eld(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eld:
    """Not set up yet; on both kinds of database."""
    return settle(database_url, tmp_path, monkeypatch)


@pytest.fixture
def eld(empty_eld: Eld) -> Eld:
    """With the samples' directory and inventory; on both kinds of database."""
    empty_eld.load_samples()
    return empty_eld


@pytest.fixture
def sqlite_eld(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eld:
    """With the samples' directory and inventory, for what has nothing to do with the kind of database."""
    eld = settle(sqlite_url, tmp_path, monkeypatch)
    eld.load_samples()
    return eld
