"""`eld alarms`: what operations are alarmed of, and whether the channels get through."""

from typing import Any

import click

from app.cli.output import Text, complain, json_option, show, table
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.errors import Problem
from app.services.alarms.channels import try_channels
from app.services.alarms.listing import list_alarms

HEADINGS = ("alarm", "subject", "since", "over", "mailed", "posted")
COLUMNS = ("kind", "subject", "raised_at", "cleared_at", "mailed_at", "posted_at")


@click.group(cls=CommandGroup)
def alarms() -> None:
    """See what operations are alarmed of, and try the channels."""


@alarms.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
@json_option([])
def list_command(*, everything: bool) -> None:
    """List the alarms that stand, newest first, with what to do."""
    with opened() as (system, actor):
        found = list_alarms(system, actor, cleared=everything)
    show(found, lambda: _listing(found) if found else ["there is no alarm"])


@alarms.command()
@json_option([])
def test() -> None:
    """Send a test message over each channel, and say what came of it."""
    with opened() as (system, actor):
        tried = try_channels(system, actor)
    show(tried, lambda: [_sent(channel) for channel in tried if channel["sent"]])
    failed = [channel for channel in tried if not channel["sent"]]
    for channel in failed:
        complain(Problem("Y01", channel["channel"], "error", f"the test did not get through: {channel['fault']}"))
    if failed:
        click.get_current_context().exit(1)


def _sent(channel: dict[str, Any]) -> str:
    return f"{channel['channel']}: sent" + (f" ({channel['fault']})" if channel["fault"] else "")


def _listing(found: list[dict[str, Any]]) -> Text:
    yield from table(HEADINGS, [[alarm[name] for name in COLUMNS] for alarm in found])
    for alarm in found:
        yield ""
        yield from alarm["text"].splitlines()
        for name, channel in (("mail_fault", "mail"), ("post_fault", "webhook")):
            if alarm[name]:
                yield f"{channel}: {alarm[name]}"
