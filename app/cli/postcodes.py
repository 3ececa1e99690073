"""`eld postcodes`: the postcode directory."""

from pathlib import Path
from typing import Any

import click

from app.cli.output import Text, complain_all, json_option, pairs, show, table
from app.cli.program import CommandGroup
from app.cli.progress import progress_bar
from app.cli.session import opened
from app.errors import Problem
from app.services.directory import check_postcodes, load_directory


@click.group(cls=CommandGroup)
def postcodes() -> None:
    """Load the postcode directory, or check postcodes."""


@postcodes.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--northern-ireland", is_flag=True, help="Take BT from the data package too: your licence covers it.")
@json_option({"source": None, "edition": None, "rows": 0})
def load(path: Path | None, *, northern_ireland: bool) -> None:
    """Replace the directory by PATH: Code-Point Open, ONSPD or a CSV; without PATH by the data package."""
    with opened() as (system, actor), progress_bar() as progress:
        loaded = load_directory(system, actor, path, progress, northern_ireland=northern_ireland).as_dict()
    show(loaded, lambda: pairs((name, _short(value)) for name, value in loaded.items()))


@postcodes.command()
@click.argument("postcode", nargs=-1, required=True)
@json_option([])
def check(postcode: tuple[str, ...]) -> None:
    """Say what the rules and the directory know of each POSTCODE; one with a space needs quotes."""
    with opened() as (system, _actor):
        checked = check_postcodes(system, postcode)
    show(checked, lambda: _listing(checked))
    problems = [Problem(**problem) for one in checked for problem in one["problems"]]
    if complain_all(problems):
        click.get_current_context().exit(1)


def _listing(checked: list[dict[str, Any]]) -> Text:
    return table(
        ["input", "postcode", "valid", "in directory", "ended", "latitude", "longitude"],
        [
            (
                one["input"],
                one["postcode"],
                one["valid"],
                one["in_directory"],
                one["terminated"],
                one["latitude"],
                one["longitude"],
            )
            for one in checked
        ],
    )


def _short(value: object) -> object:
    return f"{len(value)} areas" if isinstance(value, list) else value
