"""`eld postcodes`: the postcode directory."""

import json
from pathlib import Path
from typing import Any

import click

from app.cli.output import Text, complain_all, json_option, pairs, say, show, table, wants_json, write
from app.cli.program import CommandGroup
from app.cli.progress import progress_bar
from app.cli.session import opened
from app.errors import Problem
from app.services.directory import (
    Change,
    Changed,
    Comparison,
    check_postcodes,
    compare_directories,
    load_directory,
)

# What `--list` names, and which changes it lists.
LISTS = {"new": (Change.NEW, Change.BACK), "ended": (Change.ENDED, Change.GONE)}

path_argument = click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
northern_ireland_option = click.option(
    "--northern-ireland", is_flag=True, help="Take BT from the data package too: your licence covers it."
)


@click.group(cls=CommandGroup)
def postcodes() -> None:
    """Load the postcode directory, or check postcodes."""


@postcodes.command()
@path_argument
@northern_ireland_option
@json_option({"source": None, "edition": None, "rows": 0, "to_review": 0})
def load(path: Path | None, *, northern_ireland: bool) -> None:
    """Replace the directory by PATH: Code-Point Open, ONSPD or a CSV; without PATH by the data package."""
    with opened() as (system, actor), progress_bar() as progress:
        loaded = load_directory(system, actor, path, progress, northern_ireland=northern_ireland).as_dict()
    show(loaded, lambda: pairs((name, _short(value)) for name, value in loaded.items()))


@postcodes.command()
@path_argument
@northern_ireland_option
@click.option("--list", "listed", type=click.Choice(list(LISTS)), help="List these postcodes, and nothing else.")
@json_option({"old": None, "new": None, "counts": {}, "to_review": 0, "touched": []})
def compare(path: Path | None, *, northern_ireland: bool, listed: str | None) -> None:
    """Say what loading PATH would change, without loading it; `gone` postcodes are in it no more."""
    listing = Listing(LISTS[listed]) if listed else None
    with opened() as (system, actor), progress_bar() as progress:
        found = compare_directories(
            system, actor, path, progress, northern_ireland=northern_ireland, on_change=listing.add if listing else None
        )
    if listing is None:
        show(found.as_dict(), lambda: _compared(found))
    else:
        listing.close()


class Listing:
    """Postcodes written as they are found, a line each or as one JSON array: there may be a million."""

    def __init__(self, wanted: tuple[Change, ...]) -> None:
        self._wanted = wanted
        self._json = wants_json()
        self._begun = False

    def add(self, changed: Changed) -> None:
        """Write one, if it belongs here."""
        if changed.change not in self._wanted:
            return
        ended = changed.ended.isoformat() if changed.ended else None
        if not self._json:
            say("  ".join(filter(None, (changed.postcode, str(changed.change), ended))))
            return
        entry = {"postcode": changed.postcode, "change": str(changed.change), "ended": ended}
        write(["," if self._begun else "[", json.dumps(entry), "\n"])
        self._begun = True

    def close(self) -> None:
        """End the array."""
        if self._json:
            write(["]\n" if self._begun else "[]\n"])


def _compared(found: Comparison) -> Text:
    told = found.as_dict()
    for name in ("old", "new"):
        edition = told[name]
        yield f"{name}: " + (
            f"{edition['source']}, edition {edition['edition'] or 'unknown'}, {edition['rows']} postcodes"
            if edition
            else "no directory is loaded"
        )
    rows = [(change, count, ", ".join(told["examples"][change])) for change, count in told["counts"].items()]
    yield from table(["change", "postcodes", "for example"], rows)
    yield f"records that a load would send to review: {found.to_review}"
    if found.touched:
        yield from table(["number id", "postcode", "now"], [(t.number_id, t.postcode, t.change) for t in found.touched])


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
