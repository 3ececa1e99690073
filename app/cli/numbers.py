"""`eld numbers`: which numbers are the provider's, and which are in use."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from app.cli.barring import add_barring
from app.cli.output import Text, complain_all, json_option, pairs, rows_value, say, show, table, wants_json, write
from app.cli.parameters import DATA_FILE, Day
from app.cli.program import CommandGroup
from app.cli.progress import progress_bar
from app.cli.session import opened
from app.errors import Problem
from app.services.block_loading import LoadedBlocks, load_blocks
from app.services.inventory import COLUMNS, KINDS, load_numbers
from app.services.inventory_list import list_inventory
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.vouching import vouch_for


@click.group(cls=CommandGroup)
def numbers() -> None:
    """Load the number inventory and Ofcom's tables; cease or port out numbers."""


add_barring(numbers)


@numbers.command()
@click.argument("csv", type=DATA_FILE)
@json_option({"ranges": 0, "in_use": 0, "ported_in": 0})
def load(csv: Path) -> None:
    """Load ranges, numbers in use and numbers ported in from CSV."""
    with opened() as (system, actor):
        loaded = load_numbers(system, actor, csv)
    counts = {name: count for name, count in loaded.items() if name != "problems"}
    show(loaded, lambda: pairs((name.replace("_", " "), count) for name, count in counts.items()))
    complain_all(Problem(**problem) for problem in loaded["problems"])


@numbers.command()
@click.option("--account", "account_id", required=True, type=int, help="Id of the account that signed itself up.")
@json_option({"account": 0, "vouched": True})
def vouch(account_id: int) -> None:
    """Vouch for an account: its new numbers go out without a person's look."""
    with opened() as (system, actor):
        vouch_for(system, actor, account_id)
    show({"account": account_id, "vouched": True}, lambda: [f"account {account_id} is vouched for"])


@numbers.command()
@click.argument("paths", nargs=-1, required=True, type=DATA_FILE, metavar="PATH...")
@json_option({"rows": 0, "series": {}, "before": {}})
def blocks(paths: tuple[Path, ...]) -> None:
    """Load Ofcom's tables of number blocks (S1, S3 and so on): each replaces what is held of its series."""
    with opened() as (system, actor), progress_bar() as progress:
        loaded = load_blocks(system, actor, paths, progress)
    show(loaded.as_dict(), lambda: _blocks(loaded))


@numbers.command("list")
@click.option("--kind", type=click.Choice(KINDS), help="Rows of this kind alone.")
@json_option([])
def list_command(kind: str | None) -> None:
    """List ranges and numbers in use, by the columns of the CSV that loads them."""
    as_json = wants_json()
    with opened() as (system, actor):
        rows = list_inventory(system, actor, kind)
        if as_json:
            write(_documents(rows))
        else:
            for row in rows:
                say("  ".join(rows_value(row[name]) for name in COLUMNS))


def _documents(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Return one JSON array, a row each: there may be a million."""
    before = "["
    for row in rows:
        yield f"{before}\n  {json.dumps(row)}"
        before = ","
    yield "\n]\n" if before == "," else "[]\n"


@numbers.command()
@click.argument("number", nargs=-1, required=True)
@click.option("--date", "on", type=Day(), help="The last day of use; today where it is not given.")
@json_option({"ceased": 0})
def cease(number: tuple[str, ...], on: date | None) -> None:
    """End the use of each NUMBER; the agent's record is ceased by the next file."""
    with opened() as (system, actor):
        ceased = cease_numbers(system, actor, list(number), on)
    show({"ceased": ceased}, lambda: [f"{ceased} ceased"])


@numbers.command("port-out")
@click.argument("number")
@click.option("--gaining", required=True, metavar="CUPID", help="The provider that takes the number over.")
@click.option("--date", "on", required=True, type=Day(), help="The day of the port.")
@json_option({"number": None, "gaining": None, "date": None})
def port_out_command(number: str, gaining: str, on: date) -> None:
    """Give NUMBER up to another provider at a date."""
    with opened() as (system, actor):
        port_out(system, actor, number, gaining, on)
    show(
        {"number": number, "gaining": gaining, "date": on},
        lambda: [f"{number} is exported to {gaining} on {on}"],
    )


def _blocks(loaded: LoadedBlocks) -> Text:
    series = loaded.series
    return table(["series", "blocks", "before"], [(f"0{at}", series[at], loaded.before.get(at, 0)) for at in series])
