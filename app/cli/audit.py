"""`eld audit`: the trail."""

import sys
from pathlib import Path

import click

from app.cli.output import complain, json_option, note, pairs, show
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.errors import Problem
from app.services.trail import export_trail, verify_trail

BROKEN = "E15"  # beside the codes of app.cli.failures


@click.group(cls=CommandGroup)
def audit() -> None:
    """Check the audit trail, or hand it over."""


@audit.command()
@json_option({"ok": False, "events": 0, "head": None, "first_bad": None})
def verify() -> None:
    """Recompute the whole chain; name the first entry that is not as it was written."""
    with opened() as (system, actor):
        found = verify_trail(system, actor)
    bad = None if found.first_bad is None else {"seq": found.first_bad[0], "why": found.first_bad[1]}
    show(
        {"ok": found.ok, "events": found.events, "head": found.head, "first_bad": bad},
        lambda: pairs([("trail", "whole" if found.ok else "BROKEN"), ("events", found.events), ("head", found.head)]),
    )
    if bad is not None:
        complain(Problem(BROKEN, "", "error", f"entry {bad['seq']} {bad['why']}"))
        click.get_current_context().exit(1)


@audit.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A new file; standard output else.")
def export(output: Path | None) -> None:
    """Write every entry of the trail, for an auditor."""
    with opened() as (system, actor):
        if output is None:
            export_trail(system, actor, sys.stdout)
        else:
            with output.open("x", encoding="utf-8") as stream:
                export_trail(system, actor, stream)
            note(f"written to {output}")
