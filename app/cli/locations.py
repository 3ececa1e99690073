"""`eld locations`: registration in bulk."""

from pathlib import Path
from typing import Any

import click

from app.cli.output import Text, complain_all, json_option, pairs, show, wants_json, write
from app.cli.parameters import DATA_FILE, ID
from app.cli.program import CommandGroup
from app.cli.progress import Progress, progress_bar
from app.cli.session import opened
from app.services.accounts import only_account
from app.services.uploads import import_locations

NOTHING = {"rows": 0, "accepted": 0, "unchanged": 0, "for_review": 0, "refused": 0, "dry_run": False, "problems": []}


@click.group(cls=CommandGroup)
def locations() -> None:
    """Register locations from a CSV."""


@locations.command("import")
@click.argument("csv", type=DATA_FILE)
@click.option("--account", type=ID, metavar="ID", help="The account; not needed where there is only one.")
@click.option("--dry-run", is_flag=True, help="Check everything and store nothing.")
@click.option("--skip-bad", is_flag=True, help="Store the good rows even where others are refused.")
@json_option(NOTHING)
def import_command(csv: Path, account: int | None, *, dry_run: bool, skip_bad: bool) -> None:
    """Register the locations in CSV: all rows or none, unless --skip-bad is given."""
    with opened() as (system, actor), progress_bar() as progress, csv.open("rb") as stream:
        report = import_locations(
            system,
            actor,
            only_account(system) if account is None else account,
            stream,
            size=csv.stat().st_size,
            dry_run=dry_run,
            skip_bad=skip_bad,
            progress=_Count(progress),
        )
    if wants_json():
        write(report.as_pieces())
    else:
        show(None, lambda: _summary(report.counts(), saved=report.saved))
    if complain_all(report.problems):
        click.get_current_context().exit(1)


class _Count:
    """Adds up the rows of the batches; how many rows there will be is not known."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done = 0

    def __call__(self, more: int) -> None:
        """Take one batch more."""
        self._done += more
        self._progress("rows", self._done, 0)


def _summary(document: dict[str, Any], *, saved: bool) -> Text:
    counts = ("rows", "accepted", "unchanged", "for_review", "refused")
    yield from pairs((name.replace("_", " "), document[name]) for name in counts)
    if document["dry_run"]:
        yield "dry run: nothing was stored"
    elif not saved:
        yield "nothing was stored: mend the rows that were refused, or take the good ones with --skip-bad"
