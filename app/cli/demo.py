"""`eld demo`: one night, played whole in a folder of its own."""

import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import click

from app.cli.output import Text, json_option, pairs, show, table
from app.cli.program import GuardedCommand
from app.services.demo import play_first_night
from app.settings import Settings, load_settings

NOTHING: dict[str, Any] = {
    "data_dir": None,
    "files": [],
    "records_live": 0,
    "rejected_then_fixed": 0,
    "audit": {"ok": False, "events": 0},
}
DEFAULT_FOLDER = "instance"


@click.command(cls=GuardedCommand)
@json_option(NOTHING)
def demo() -> None:
    """Play one whole night in a folder of its own."""
    settings = _demo_settings(Path(os.environ.get("ELD_DATA_DIR") or DEFAULT_FOLDER))
    played = play_first_night(settings)
    show(played, lambda: _summary(played))


def _demo_settings(parent: Path) -> Settings:
    """Return settings that share nothing with the installation: neither its database nor its folders."""
    folder = _new_folder(parent.expanduser().absolute())
    return load_settings({"ELD_DEMO": "1", "ELD_DATA_DIR": str(folder)})


def _new_folder(parent: Path) -> Path:
    """Make a folder that nobody had before."""
    parent.mkdir(parents=True, exist_ok=True)
    stem = f"demo-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    for attempt in count(1):
        folder = parent / (stem if attempt == 1 else f"{stem}-{attempt}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("a count has no end")


def _summary(played: dict[str, Any]) -> Text:
    columns = ("file_name", "file_sequence", "state", "record_count")
    yield from table(
        ["file", "sequence", "state", "records"], [[file[name] for name in columns] for file in played["files"]]
    )
    yield ""
    yield from pairs(
        [
            ("records live", played["records_live"]),
            ("rejected, then fixed", played["rejected_then_fixed"]),
            ("audit trail", f"{'whole' if played['audit']['ok'] else 'BROKEN'}, {played['audit']['events']} events"),
            ("left in", played["data_dir"]),
        ]
    )
