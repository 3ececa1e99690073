"""`eld export`: the files for the agent."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from app.cli.output import Text, json_option, note, pairs, show, table
from app.cli.parameters import Day
from app.cli.program import CommandGroup
from app.cli.progress import progress_bar
from app.cli.session import opened
from app.services.exports.files import list_files, release_file, resend_file, show_file
from app.services.exports.night import run_export

NOTHING: dict[str, Any] = {"files": [], "transactions": dict.fromkeys("ACMEI", 0), "held_back": 0}
COLUMNS = ("file_name", "file_sequence", "kind", "state", "record_count", "created_at")
HEADINGS = ("file", "sequence", "kind", "state", "records", "created")


@click.group(cls=CommandGroup)
def export() -> None:
    """Build, send and follow the files for the agent."""


@export.command()
@click.option("--full", is_flag=True, help="A full file, for comparison only: it carries no changes.")
@click.option("--date", "day", type=Day(), help="What is due at this date; today where it is not given.")
@json_option(NOTHING)
def run(day: date | None, *, full: bool) -> None:
    """Build and deliver the next file with what is due."""
    with opened() as (system, actor), progress_bar() as progress:
        report = run_export(system, actor, day, full=full, on_step=lambda step: progress(step, 0, 0)).as_dict()
    show(report, lambda: _night(report))
    if report["held_back"]:
        note(f"{report['held_back']} held back: see `eld cases list` and `eld review list`")


@export.command("list")
@json_option([])
def list_command() -> None:
    """List the files, newest first."""
    with opened() as (system, actor):
        files = list_files(system, actor)
    show(files, lambda: _listing(files) if files else ["no file was made yet"])


@export.command("show")
@click.argument("file_name", metavar="FILE")
@json_option({"file_name": None})
def show_command(file_name: str) -> None:
    """Show one file: its facts, and what was answered."""
    with opened() as (system, actor):
        file = show_file(system, actor, file_name)
    show(file, lambda: pairs((name.replace("_", " "), value) for name, value in file.items() if _plain(value)))


@export.command()
@click.argument("file_name", metavar="FILE")
@json_option({"file_name": None})
def resend(file_name: str) -> None:
    """Deliver FILE once more, byte-identical, under its own number."""
    with opened() as (system, actor):
        file = resend_file(system, actor, file_name)
    show(file, lambda: [f"{file_name} sent again: {file['path']}"])


@export.command()
@click.argument("file_name", metavar="FILE")
@click.option("--as-accepted", is_flag=True, help="The agent has it: wait for its record-level answers.")
@json_option({"file_name": None})
def release(file_name: str, *, as_accepted: bool) -> None:
    """Let FILE, and those that wait behind it, go on; needs --as with a member of staff."""
    with opened() as (system, actor):
        release_file(system, actor, file_name, as_accepted=as_accepted)
    show({"file_name": file_name}, lambda: [f"{file_name} released"])


def _night(report: dict[str, Any]) -> Text:
    sent = "  ".join(f"{command} {count}" for command, count in report["transactions"].items())
    yield from _listing(report["files"]) if report["files"] else ["nothing is due"]
    yield f"transactions: {sent}"
    for file in report["files"]:
        yield f"{file['path']}"


def _listing(files: Sequence[dict[str, Any]]) -> Text:
    return table(HEADINGS, [[file[name] for name in COLUMNS] for file in files])


def _plain(value: object) -> bool:
    return not isinstance(value, list | dict)
