"""`eld audit`: the trail."""

from collections.abc import Iterator
from pathlib import Path

import click

from app.cli.output import complain, json_option, note, pairs, show, wants_json, write
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
@json_option([])
def export(output: Path | None) -> None:
    """Write every entry of the trail for an auditor: a JSON object on each line, with --json one array."""
    with opened() as (system, actor):
        entries = export_trail(system, actor)
        if wants_json():
            entries = _array(entries)
        if output is None:
            write(entries)
        else:
            _write_new(output, entries)
            note(f"written to {output}")


def _array(entries: Iterator[str]) -> Iterator[str]:
    for place, entry in enumerate(entries):
        yield ("[" if place == 0 else ",") + entry
    yield "]\n"  # the trail is never empty: setting up is its first entry


def _write_new(path: Path, entries: Iterator[str]) -> None:
    """Write a file that was not there, whole or not at all."""
    with path.open("x", encoding="utf-8") as stream:
        try:
            stream.writelines(entries)
        except BaseException:
            path.unlink()
            raise
