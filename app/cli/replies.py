"""`eld replies`: what the agent answered."""

from typing import Any

import click

from app.cli.output import complain_all, json_option, pairs, show
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.errors import Problem
from app.services.replies.collecting import collect_replies

COUNTS = ("fco", "car", "applied", "repeated", "unsolicited")
NOTHING: dict[str, Any] = {**dict.fromkeys(COUNTS, 0), "quarantined": []}


@click.group(cls=CommandGroup)
def replies() -> None:
    """Fetch and apply the agent's replies."""


@replies.command()
@json_option(NOTHING)
def collect() -> None:
    """Fetch the files that lie at the agent's and apply them, FCO before CAR."""
    with opened() as (system, actor):
        report = collect_replies(system, actor).as_dict()
    damaged = report["quarantined"]
    facts = [*((name, report[name]) for name in COUNTS), ("quarantined", len(damaged))]
    show(report, lambda: pairs(facts))
    for file in damaged:
        complain_all(_in_file(file["file_name"], problem) for problem in file["problems"])
    if damaged:
        click.get_current_context().exit(1)


def _in_file(name: str, problem: dict[str, Any]) -> Problem:
    known = {key: value for key, value in problem.items() if key in Problem.__slots__}
    return Problem(**{**known, "message": f"{name}: {known['message']}"})
