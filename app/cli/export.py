"""`eld export`: the files for the agent."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from app.cli.output import Text, json_option, note, pairs, show, table
from app.cli.parameters import Day, Reference
from app.cli.program import CommandGroup
from app.cli.progress import progress_bar
from app.cli.session import opened
from app.services.exports.brake import hold_nights, release_night, unhold_nights
from app.services.exports.files import list_files, release_file, resend_file, show_file
from app.services.exports.night import run_export
from app.services.exports.resuming import Resumed, resume_export

NOTHING: dict[str, Any] = {"files": [], "transactions": dict.fromkeys("ACMEI", 0), "held_back": 0, "sent_again": []}
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
        if day is not None and day > system.today and not full:
            note(f"what is planned for up to {day} goes out today, ahead of its day")
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
@click.argument("file_name", metavar="FILE", required=False)
@click.option("--as-accepted", is_flag=True, help="The agent has FILE: wait for its record-level answers.")
@click.option("--night", type=Day(), metavar="DATE", help="The night that the brake holds; it takes two people.")
@json_option({"file_name": None, "night": None, "still_needed": None})
def release(file_name: str | None, night: date | None, *, as_accepted: bool) -> None:
    """Let FILE, or a night that the brake holds, go on; needs --as with a member of staff."""
    if (file_name is None) == (night is None):
        raise click.UsageError("give either FILE or --night DATE")
    if night is not None and as_accepted:
        raise click.UsageError("--as-accepted is about a FILE")
    with opened() as (system, actor):
        if file_name is not None:
            release_file(system, actor, file_name, as_accepted=as_accepted)
            needed = 0
        elif night is not None:
            needed = release_night(system, actor, night)
    document = {"file_name": file_name, "night": night, "still_needed": needed}
    show(document, lambda: _released(file_name, night, needed))


def _released(file_name: str | None, night: date | None, needed: int) -> Text:
    if file_name is not None:
        yield f"{file_name} released"
    elif needed:
        yield f"your word for the night of {night} is kept: {needed} more person must release it"
    else:
        yield f"the night of {night} may go: the scheduler sends it, or `eld export run`"


@export.command()
@click.option(
    "--sequence", type=click.IntRange(0), required=True, metavar="N", help="The file that the agent took last."
)
@click.option("--txn-ref", type=Reference(), required=True, help="The last transaction that it has seen.")
@click.option("--names-through", type=click.IntRange(0, 99), default=0, help="The last nn that was used today.")
@click.option("--agent-confirmed", is_flag=True, help="The agent says so, though nothing here bears it out.")
@json_option({"file_sequence": None})
def resume(sequence: int, txn_ref: int, names_through: int, *, agent_confirmed: bool) -> None:
    """Go on after an older copy was restored: the next file comes after N; needs --as with a member of staff."""
    with opened() as (system, actor):
        resumed = resume_export(system, actor, sequence, txn_ref, names_through, agent_confirmed=agent_confirmed)
    show(resumed.as_dict(), lambda: _resumed(resumed))


def _resumed(resumed: Resumed) -> Text:
    yield f"the next file is number {resumed.file_sequence + 1}, the next transaction {resumed.txn_number + 1} or later"
    yield f"{resumed.records} records are unknown until an extract of the agent has been reconciled"
    yield f"{resumed.abandoned} transactions in flight were ended, {resumed.moved} that waited have new numbers"
    yield "what was entered after the copy was made must be entered again"


@export.command()
@click.option("--why", required=True, help="The reason, for the trail.")
@json_option({"held": None})
def hold(why: str) -> None:
    """Keep every night from being built until `unhold`; urgent corrections still go."""
    with opened() as (system, actor):
        hold_nights(system, actor, why)
    show({"held": True}, lambda: ["the nights are held; `eld export unhold` lets them go"])


@export.command()
@json_option({"held": None})
def unhold() -> None:
    """Let the nights go again that were held."""
    with opened() as (system, actor):
        unhold_nights(system, actor)
    show({"held": False}, lambda: ["the nights go again"])


def _night(report: dict[str, Any]) -> Text:
    sent = "  ".join(f"{command} {count}" for command, count in report["transactions"].items())
    yield from _listing(report["files"]) if report["files"] else ["nothing is due"]
    yield f"transactions: {sent}"
    for name in report["sent_again"]:
        yield f"{name} sent again: the agent missed a file"
    for file in report["files"]:
        yield f"{file['path']}"


def _listing(files: Sequence[dict[str, Any]]) -> Text:
    return table(HEADINGS, [[file[name] for name in COLUMNS] for file in files])


def _plain(value: object) -> bool:
    return not isinstance(value, list | dict)
