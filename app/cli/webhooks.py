"""`eld webhooks`: the customers' own servers that are told of status changes, and how it goes."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import click

from app.cli.output import Text, json_option, show, table
from app.cli.parameters import ID
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.services.webhooks.listing import SubscriptionLine, list_subscriptions, show_subscription
from app.services.webhooks.log import AttemptLine, list_attempts
from app.services.webhooks.replaying import replay_event, replay_since

TRIES = 50
MOST_HOURS = 720


@click.group(cls=CommandGroup)
def webhooks() -> None:
    """See what customers' webhooks were told, and send it again."""


@webhooks.command("list")
@click.option("--account", type=ID, metavar="ID", help="Only this account's.")
@json_option([])
def list_command(account: int | None) -> None:
    """List the webhooks, with how each stands."""
    with opened() as (system, actor):
        found = list_subscriptions(system, actor, account)
    headings = ["id", "account", "address", "state", "on their way", "not taken"]
    rows = [(line.id, line.account_id, line.url, _state(line), line.waiting, line.stopped) for line in found]
    show([_document(line) for line in found], lambda: table(headings, rows) if rows else ["there is no webhook"])


@webhooks.command("show")
@click.argument("hook_id", type=ID, metavar="ID")
@json_option({"id": None, "attempts": []})
def show_command(hook_id: int) -> None:
    """Show webhook ID with its last tries, the newest first."""
    with opened() as (system, actor):
        line = show_subscription(system, actor, hook_id)
        tries = list_attempts(system, actor, hook_id, limit=TRIES).attempts
    document = _document(line) | {"attempts": [asdict(one) | {"taken": one.taken} for one in tries]}
    show(document, lambda: _whole(line, tries))


@webhooks.command()
@click.argument("hook_id", type=ID, metavar="ID")
@click.option("--event", type=ID, metavar="ID", help="This one event.")
@click.option("--hours", type=click.IntRange(1, MOST_HOURS), help="All of the last so many hours.")
@json_option({"id": None, "events": 0})
def replay(hook_id: int, event: int | None, hours: int | None) -> None:
    """Send events to webhook ID again: one, or all of the last hours."""
    if (event is None) is (hours is None):
        raise click.UsageError("say either --event or --hours")
    with opened() as (system, actor):
        if event is not None:
            replay_event(system, actor, hook_id, event)
            count = 1
        else:
            count = replay_since(system, actor, hook_id, system.clock.now() - timedelta(hours=hours or 0))
    show({"id": hook_id, "events": count}, lambda: [f"{count} event{'' if count == 1 else 's'} on the way again"])


def _document(line: SubscriptionLine) -> dict[str, Any]:
    return asdict(line) | {"on": line.is_on}


def _state(line: SubscriptionLine) -> str:
    if line.off_at is not None:
        return f"off ({line.off_why})"
    return "on" if line.failing_since is None else f"failing since {line.failing_since.isoformat()}"


def _whole(line: SubscriptionLine, tries: list[AttemptLine]) -> Text:
    yield f"webhook {line.id} of account {line.account_id}: {line.url}, {_state(line)}"
    headings = ["at", "event", "number", "status", "answer", "ms", "next try"]
    rows = [
        (
            one.at.isoformat(),
            one.event_id,
            one.number,
            one.status or "test",
            "taken" if one.taken else f"{one.http_status or ''} {one.fault or 'not known'}".strip(),
            one.milliseconds,
            one.next_try_at and one.next_try_at.isoformat(),
        )
        for one in tries
    ]
    yield from table(headings, rows) if rows else ["nothing was sent yet"]
