"""`eld transactions`: what was sent and is not answered."""

import click

from app.cli.output import json_option, show
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.services.transactions import abandon as abandon_transactions


@click.group(cls=CommandGroup)
def transactions() -> None:
    """End what nobody answers."""


@transactions.command()
@click.argument("txn_ref", required=False)
@click.option("--file", "file_name", metavar="FILE", help="Every transaction of this file that is in flight.")
@click.option("--why", required=True, help="The reason, for the trail.")
@json_option({"abandoned": 0})
def abandon(txn_ref: str | None, file_name: str | None, why: str) -> None:
    """End TXN_REF, or what is in flight of a file: the accepted record is then unknown."""
    if (txn_ref is None) == (file_name is None):
        raise click.UsageError("give either TXN_REF or --file FILE")
    with opened() as (system, actor):
        count = abandon_transactions(system, actor, txn_ref=txn_ref, file_name=file_name, why=why)
    show({"abandoned": count}, lambda: [f"{count} abandoned"])
