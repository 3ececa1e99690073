"""`eld locations`: registration in bulk, from a CSV or many numbers at one address."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from app.cli.cancelling import add_cancelling
from app.cli.output import Text, complain_all, json_option, pairs, show, wants_json, write
from app.cli.parameters import DATA_FILE, ID, Assignment
from app.cli.program import CommandGroup
from app.cli.progress import Progress, progress_bar
from app.cli.session import opened
from app.cli.urgent import add_urgent
from app.services.accounts import only_account
from app.services.locations.many import Placed, location_of, place_numbers, spread
from app.services.progress import Counted
from app.services.uploads import import_locations

NOTHING = {"rows": 0, "accepted": 0, "unchanged": 0, "for_review": 0, "refused": 0, "dry_run": False, "problems": []}


@click.group(cls=CommandGroup)
def locations() -> None:
    """Register locations: from a CSV, or many numbers at one address."""


add_cancelling(locations)
add_urgent(locations)


@locations.command("import")
@click.argument("csv", type=DATA_FILE)
@click.option("--account", type=ID, metavar="ID", help="The account; not needed where there is only one.")
@click.option("--dry-run", is_flag=True, help="Check everything and store nothing.")
@click.option("--skip-bad", is_flag=True, help="Store the good rows even where others are refused.")
@json_option(NOTHING)
def import_command(csv: Path, account: int | None, *, dry_run: bool, skip_bad: bool) -> None:
    """Register the locations in CSV: all rows or none, unless --skip-bad is given."""
    size = csv.stat().st_size
    with opened() as (system, actor), progress_bar() as progress, csv.open("rb") as file:
        stream = Counted(file)
        report = import_locations(
            system,
            actor,
            only_account(system) if account is None else account,
            stream,
            size=size,
            dry_run=dry_run,
            skip_bad=skip_bad,
            progress=lambda _rows: progress("bytes", stream.done, size),
        )
    if wants_json():
        write(report.as_pieces())
    else:
        show(None, lambda: _summary(report.counts(), saved=report.saved))
    if complain_all(report.problems):
        click.get_current_context().exit(1)


def _many_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the numbers, what is said of them, and --json."""
    options = (
        click.argument("number", nargs=-1),
        click.option("--from", "first", metavar="FIRST", help="The first number of a block."),
        click.option("--to", "last", metavar="LAST", help="The last number of a block."),
        click.option(
            "--except", "exceptions", multiple=True, metavar="NUMBER", help="Leave NUMBER of the block alone."
        ),
        click.option(
            "--set", "fields", type=Assignment(), multiple=True, required=True, help="FIELD is a column of the CSV."
        ),
        click.option("--account", type=ID, metavar="ID", help="The account; not needed where there is only one."),
        json_option(NOTHING | {"numbers": 0}),
    )
    for option in reversed(options):
        command = option(command)
    return command


@locations.command("set")
@_many_options
@click.option("--dry-run", is_flag=True, help="Check everything and store nothing.")
def set_command(*, dry_run: bool, **said: Any) -> None:
    """Register each NUMBER, or the block from FIRST to LAST, at one address: all of them or none.

    What is not set stays as each number has it. A number that is new here, in a block a DDI, needs the whole address.
    """
    _place(dry_run=dry_run, **said)


@locations.command()
@_many_options
def check(**said: Any) -> None:
    """Check what `set` would do, and store nothing."""
    _place(dry_run=True, **said)


def _place(
    *,
    number: tuple[str, ...],
    first: str | None,
    last: str | None,
    exceptions: tuple[str, ...],
    fields: tuple[tuple[str, str], ...],
    account: int | None,
    dry_run: bool,
) -> None:
    block = first is not None or last is not None
    if bool(number) is block or (first is None) is not (last is None):
        raise click.UsageError("give numbers, or a block with --from FIRST and --to LAST")
    if exceptions and not block:
        raise click.UsageError("--except leaves numbers out of a block: it goes with --from and --to")
    if len(dict(fields)) < len(fields):
        raise click.UsageError("--set names a field twice")
    with opened() as (system, actor), progress_bar() as progress:
        location = location_of(dict(fields))
        numbers = spread(first, last, exceptions) if first is not None and last is not None else list(number)
        report = place_numbers(
            system,
            actor,
            only_account(system) if account is None else account,
            numbers,
            location,
            block=block,
            said=dict(fields),
            dry_run=dry_run,
            progress=_Count(progress, "numbers", len(numbers)),
        )
    show(report.as_dict(), lambda: _placed(report))
    if complain_all(report.problems):
        click.get_current_context().exit(1)


def _placed(report: Placed) -> Text:
    counts = ("numbers", "accepted", "unchanged", "for_review", "refused")
    yield from pairs((name.replace("_", " "), getattr(report, name)) for name in counts)
    if report.sample is not None and report.sample.sent is not None:
        yield from pairs((name, value) for name, value in report.sample.sent.items() if value and name != "reference")
    if report.dry_run:
        yield "dry run: nothing was stored"
    elif not report.saved:
        yield "nothing was stored: mend what was refused, or leave those numbers out"


class _Count:
    """Adds up the batches; of a CSV it is not known how many rows there will be."""

    def __init__(self, progress: Progress, what: str = "rows", total: int = 0) -> None:
        self._progress = progress
        self._what = what
        self._total = total
        self._done = 0

    def __call__(self, more: int) -> None:
        """Take one batch more."""
        self._done += more
        self._progress(self._what, self._done, self._total)


def _summary(document: dict[str, Any], *, saved: bool) -> Text:
    counts = ("rows", "accepted", "unchanged", "for_review", "refused")
    yield from pairs((name.replace("_", " "), document[name]) for name in counts)
    if document["dry_run"]:
        yield "dry run: nothing was stored"
    elif not saved:
        yield "nothing was stored: mend the rows that were refused, or take the good ones with --skip-bad"
