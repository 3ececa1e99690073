"""`eld numbers bar`, `unbar`, `barred`: numbers whose users are outside the UK, on which 999 is barred."""

import os
from csv import writer
from dataclasses import asdict
from pathlib import Path

import click

from app.cli.output import Text, json_option, show, table
from app.cli.program import GuardedCommand
from app.cli.session import opened
from app.services.barring import BarredNumber, bar_numbers, list_barred, unbar_numbers
from app.services.spreadsheet_cells import guarded

PER_PAGE = 1_000


@click.command(cls=GuardedCommand)
@click.argument("number", nargs=-1, required=True)
@json_option({"barred": 0})
def bar(number: tuple[str, ...]) -> None:
    """Bar 999 on each NUMBER, whose user is outside the UK; its record is ended by the next file."""
    with opened() as (system, actor):
        count = bar_numbers(system, actor, list(number))
    show({"barred": count}, lambda: [f"999 barred on {count}"])


@click.command(cls=GuardedCommand)
@click.argument("number", nargs=-1, required=True)
@json_option({"unbarred": 0})
def unbar(number: tuple[str, ...]) -> None:
    """Let each NUMBER dial 999 again; it needs an address then."""
    with opened() as (system, actor):
        count = unbar_numbers(system, actor, list(number))
    show({"unbarred": count}, lambda: [f"999 no longer barred on {count}: give each an address"])


@click.command(cls=GuardedCommand)
@click.option(
    "--csv",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="Write a CSV, which nobody else can read.",
)
@json_option([])
def barred(csv: Path | None) -> None:
    """List the numbers on which 999 is barred, for the network that bars it."""
    listed: list[BarredNumber] = []
    with opened() as (system, actor):
        pages, page = 1, 0
        while page < pages:
            found = list_barred(system, actor, page=page + 1, per_page=PER_PAGE)
            listed += found.lines
            page, pages = page + 1, found.pages
    if csv is not None:
        _write(csv, listed)
    told = [f"{len(listed)} written to {csv}"]
    show([asdict(one) for one in listed], lambda: _listing(listed) if csv is None else told)


def add_barring(numbers: click.Group) -> None:
    """Hang the commands into `eld numbers`."""
    for command in (bar, unbar, barred):
        numbers.add_command(command)


def _write(path: Path, listed: list[BarredNumber]) -> None:
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
    ) as file:
        table_of = writer(file)
        table_of.writerow(("number", "account", "barred_at", "barred_by", "agent_holds_a_record"))
        for one in listed:
            held = "yes" if one.held else "no"
            row = (one.number, one.account, one.barred_at.isoformat(), one.barred_by, held)
            table_of.writerow([guarded(cell) for cell in row])


def _listing(listed: list[BarredNumber]) -> Text:
    if not listed:
        return ["999 is barred on no number"]
    columns = ("number", "account", "barred at", "by", "agent holds a record")
    return table(
        columns, [(one.number, one.account, one.barred_at.isoformat(), one.barred_by, one.held) for one in listed]
    )
