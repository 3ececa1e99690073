"""`eld messages`: what customers answered."""

import click

from app.cli.output import json_option, show, table
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.services.messages.threads import list_unanswered

AT_A_TIME = 1000
ROW = ("id", "number", "account", "case_id", "last_at", "awaits_us", "unread")


@click.group(cls=CommandGroup)
def messages() -> None:
    """See which customers wait for an answer."""


@messages.command("list")
@click.option("--all", "everything", is_flag=True, help="Every conversation, the latest first.")
@json_option([])
def list_command(*, everything: bool) -> None:
    """List the conversations in which a customer's word is the last, what waits longest first."""
    with opened() as (system, actor):
        page = list_unanswered(system, actor, per_page=AT_A_TIME, everything=everything)
        threads = page.threads
        for further in range(2, page.pages + 1):
            threads += list_unanswered(system, actor, further, AT_A_TIME, everything=everything).threads
    found = [thread.as_dict() for thread in threads]
    headings = ["id", "number", "customer", "case", "last word", "waits for us", "unread"]
    rows = [[thread[name] for name in ROW] for thread in found]
    show(found, lambda: table(headings, rows) if rows else ["no customer waits for an answer"])
