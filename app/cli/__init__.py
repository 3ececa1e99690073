"""The command line `eld`: one module for each group, loaded when it is called and not before."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from app.cli.program import LazyGroup, load_command

if TYPE_CHECKING:
    from app.settings import Settings

# The module app.cli.NAME, with _ for -, holds the command NAME. The sentences stand here so that `eld --help`
# loads none of them.
COMMANDS = {
    "demo": "Play one whole night in a folder of its own.",
    "db": "Create or migrate the database.",
    "config": "Show every setting, its value and where it came from.",
    "user": "Manage staff users; see the mails to people that wait.",
    "api-key": "Manage the keys of the API.",
    "postcodes": "Load the postcode directory, or check postcodes.",
    "numbers": "Load the number inventory and Ofcom's tables; cease or port out numbers.",
    "locations": "Register locations: from a CSV, or many numbers at one address.",
    "review": "Work through what waits for a person.",
    "records": "Look up what is held for a number.",
    "lookup": "Look a number up by night, and keep the copy that answers when all else is down.",
    "export": "Build, send and follow the files for the agent.",
    "replies": "Fetch and apply the agent's replies.",
    "cases": "Work through the rejected records.",
    "enquiries": "Answer what people ask without an account.",
    "messages": "See which customers wait for an answer.",
    "webhooks": "See what customers' webhooks were told, and send it again.",
    "porting": "Follow numbers that come from and go to other providers.",
    "transactions": "End what nobody answers.",
    "explain": "Name every field of a file, and every fault in it.",
    "audit": "Check the audit trail, or hand it over.",
    "alarms": "See what operations are alarmed of, and try the channels.",
    "agent": "Run the simulated agent, for rehearsals.",
}


def build(serve: Callable[["Settings"], None], schedule: Callable[["Settings"], None]) -> click.Group:
    """Return the program; `serve` is what `eld run` does, `schedule` what `eld scheduler` does, until stopped."""
    from app.cli.processes import process_command  # noqa: PLC0415  `commands` does without it

    program = LazyGroup("eld", COMMANDS, help="Emergency location data: keep the agent's 999 database true.")
    program.add_command(process_command("run", serve, "Run web, scheduler and, in demo mode, the simulated agent."))
    program.add_command(process_command("scheduler", schedule, "Run the scheduler alone."))
    return program


def commands() -> list[click.Command]:
    """Return every command that `flask --app app` offers too; `run` is Flask's own there."""
    return [load_command(name) for name in COMMANDS]
