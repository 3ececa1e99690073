"""`eld review`: what waits for a person."""

from typing import Any

import click

from app.cli.output import Text, json_option, show, table
from app.cli.parameters import ID
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.services.reviews import approve_review, list_reviews, return_review


@click.group(cls=CommandGroup)
def review() -> None:
    """Work through what waits for a person."""


@review.command("list")
@json_option([])
def list_command() -> None:
    """List what waits for approval."""
    with opened() as (system, actor):
        waiting = list_reviews(system, actor)
    show(waiting, lambda: _listing(waiting))


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
        ["id", "number", "account", "submitted by", "at", "findings"],
        [
            (
                one["id"],
                one["number"],
                one["account"],
                one["submitted_by"],
                one["submitted_at"],
                "; ".join(f"{found['code']} {found['field']}" for found in one["findings"]),
            )
            for one in waiting
        ],
    )
