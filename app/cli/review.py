"""`eld review`: what waits for a person."""

from collections.abc import Iterator
from typing import Any

import click

from app.cli.output import Text, json_option, pairs, show, table
from app.cli.parameters import ID
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.services.reviews import approve_review, list_reviews, return_review, show_review


@click.group(cls=CommandGroup)
def review() -> None:
    """Work through what waits for a person."""


@review.command("list")
@json_option([])
def list_command() -> None:
    """List what waits for approval, the first due first."""
    with opened() as (system, actor):
        waiting = list_reviews(system, actor)
    show(waiting, lambda: _listing(waiting))


@review.command("show")
@click.argument("review_id", type=ID, metavar="ID")
@json_option({"id": None})
def show_command(review_id: int) -> None:
    """Show why it waits, what the directory says, what would be sent and what the agent holds."""
    with opened() as (system, actor):
        one = show_review(system, actor, review_id)
    show(one, lambda: _whole(one))


@review.command()
@click.argument("review_id", type=ID, metavar="ID")
@json_option({"id": None, "state": None})
def approve(review_id: int) -> None:
    """Let it through; needs --as with somebody who did not submit it."""
    with opened() as (system, actor):
        approve_review(system, actor, review_id)
    show({"id": review_id, "state": "approved"}, lambda: [f"{review_id} approved"])


@review.command("return")
@click.argument("review_id", type=ID, metavar="ID")
@click.option("--why", required=True, help="What the customer is told.")
@json_option({"id": None, "state": None})
def return_command(review_id: int, why: str) -> None:
    """Give it back to the customer with a reason; needs --as with somebody who did not submit it."""
    with opened() as (system, actor):
        return_review(system, actor, review_id, why)
    show({"id": review_id, "state": "returned"}, lambda: [f"{review_id} returned"])


def _listing(waiting: list[dict[str, Any]]) -> Text:
    if not waiting:
        return ["nothing waits for review"]
    return table(
        ["id", "number", "account", "submitted by", "at", "due", "findings"],
        [
            (
                one["id"],
                one["number"],
                one["account"],
                one["submitted_by"],
                one["submitted_at"],
                _due(one),
                "; ".join(f"{found['code']} {found['field']}" for found in one["findings"]),
            )
            for one in waiting
        ],
    )


def _due(one: dict[str, Any]) -> str:
    return "OVERDUE" if one["overdue"] else str(one["due_at"])


def _whole(one: dict[str, Any]) -> Iterator[str]:
    yield from pairs(
        [
            ("number", one["number"]),
            ("account", one["account"]),
            ("submitted by", one["submitted_by"]),
            ("at", one["submitted_at"]),
            ("due", one["due_at"]),
            ("overdue", one["overdue"]),
            ("postcode", f"{one['directory']['postcode']}: {_said(one['directory'])}"),
        ]
    )
    yield ""
    for found in one["findings"]:
        yield f"{found['code']} {found['severity']} ({found['field']}): {found['message']}"
    if one["alternatives"]:
        yield ""
        rows = [(offer["field"], offer["value"], _km(offer["km"])) for offer in one["alternatives"]]
        yield from table(["offered for", "value", "from the postcode"], rows)
    sent, held = one["sent"], one["held"] or {}
    fields = [name for name in {**sent, **held} if sent.get(name) or held.get(name)]
    yield ""
    yield from table(["", "would be sent", "agent holds"], [(name, sent.get(name), held.get(name)) for name in fields])


def _said(directory: dict[str, Any]) -> str:
    edition = f" (directory of {directory['edition']})" if directory["edition"] else ""
    return f"{directory['state']} {directory['ended']}".strip() + edition


def _km(distance: float | None) -> str:
    return "" if distance is None else f"{distance:.1f} km"
