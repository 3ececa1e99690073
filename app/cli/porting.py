"""`eld porting`: numbers on their way between providers."""

from typing import Any

import click

from app.cli.output import json_option, show, table
from app.cli.parameters import ID
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.services.porting import end_pair, list_ports

HEADINGS = ("id", "number", "direction", "other", "port date", "state", "age", "told by the agent")


@click.group(cls=CommandGroup)
def porting() -> None:
    """Follow numbers that come from and go to other providers."""


@porting.command("list")
@click.option("--all", "closed", is_flag=True, help="Those that are closed too.")
@json_option([])
def list_command(*, closed: bool) -> None:
    """List the ports that are to come, sent to the agent, or taken and without their other half."""
    with opened() as (system, actor):
        ports = list_ports(system, actor, closed=closed)
    show(ports, lambda: table(HEADINGS, map(_row, ports)) if ports else ["no number is on its way"])


@porting.command()
@click.argument("pair_id", type=ID, metavar="ID")
@click.option("--why", required=True, help="The reason, for the trail.")
@json_option({"id": None, "state": None})
def end(pair_id: int, why: str) -> None:
    """End a port of which nothing more is to be expected."""
    with opened() as (system, actor):
        end_pair(system, actor, pair_id, why)
    show({"id": pair_id, "state": "ended"}, lambda: [f"port {pair_id} ended"])


def _row(port: dict[str, Any]) -> tuple[object, ...]:
    state = f"{port['state']}, overdue" if port["overdue"] else port["state"]
    days = f"{port['age_days']} days" if port["age_days"] >= 0 else f"in {-port['age_days']} days"
    told = port["closed_code"] or port["warning"]
    facts = (port["id"], port["number"], port["direction"], port["other_cupid"], port["port_date"])
    return (*facts, state, days, told)
