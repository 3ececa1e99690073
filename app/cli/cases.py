"""`eld cases`: the rejects queue."""

from typing import Any

import click

from app.cli.output import Text, complain_all, json_option, pairs, show, table
from app.cli.parameters import ID, Assignment
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.services.cases.listing import list_cases
from app.services.cases.mending import fix_case
from app.services.cases.showing import show_case
from app.services.cases.working import close_case, take_case


@click.group(cls=CommandGroup)
def cases() -> None:
    """Work through the rejected records."""


@cases.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are closed too.")
@json_option([])
def list_command(*, everything: bool) -> None:
    """List the cases that are not closed."""
    with opened() as (system, actor):
        queue = list_cases(system, actor, closed=everything)
    show(queue, lambda: _listing(queue))


@cases.command()
@click.argument("case_id", type=ID, metavar="ID")
@click.option("--set", "changes", type=Assignment(), multiple=True, required=True, help="FIELD is a column of the CSV.")
@click.option("--whole-address", is_flag=True, help="Change every number at the address, not this one alone.")
@json_option({"id": None, "standing": "refused"})
def fix(case_id: int, changes: tuple[tuple[str, str], ...], *, whole_address: bool) -> None:
    """Put the record of case ID right; the next file sends it again."""
    if len(dict(changes)) < len(changes):
        raise click.UsageError("--set names a field twice")
    with opened() as (system, actor):
        shared = show_case(system, actor, case_id)["shared_with"]
        judged = fix_case(system, actor, case_id, dict(changes), whole_address=whole_address)
    # A case about the end of a record has no location, and nothing but its date to judge.
    problems = () if judged is None else judged.problems
    document = {
        "id": case_id,
        "standing": "accepted" if judged is None else judged.standing,
        "sent": None if judged is None else judged.sent,
        "shared_with": shared,
        "problems": [problem.as_dict() for problem in problems],
    }
    show(document, lambda: _fixed(document, whole_address=whole_address))
    if complain_all(problems):
        click.get_current_context().exit(1)


@cases.command()
@click.argument("case_id", type=ID, metavar="ID")
@click.option("--why", required=True, help="The reason, for the trail.")
@json_option({"id": None, "state": None})
def close(case_id: int, why: str) -> None:
    """Close case ID without an accepted record, with a reason."""
    with opened() as (system, actor):
        close_case(system, actor, case_id, why)
    show({"id": case_id, "state": "closed"}, lambda: [f"case {case_id} closed"])


@cases.command()
@click.argument("case_id", type=ID, metavar="ID")
@json_option({"id": None, "owner": None})
def take(case_id: int) -> None:
    """Make case ID yours."""
    with opened() as (system, actor):
        take_case(system, actor, case_id)
    show({"id": case_id, "owner": actor.name}, lambda: [f"case {case_id} is yours, {actor.name}"])


def _listing(queue: list[dict[str, Any]]) -> Text:
    if not queue:
        return ["no case is open"]
    columns = ("id", "number", "state", "owner", "due_at", "code", "field", "text")
    return table(
        ["id", "number", "state", "owner", "due", "code", "field", "text"], [[c[n] for n in columns] for c in queue]
    )


def _fixed(document: dict[str, Any], *, whole_address: bool) -> Text:
    yield f"case {document['id']}: {str(document['standing']).replace('_', ' ')}"
    if document["shared_with"]:
        whose = "changed for" if whole_address else "left as it was for"
        yield f"the shared address was {whose}: {', '.join(document['shared_with'])}"
    if document["sent"]:
        yield from pairs((name, value) for name, value in document["sent"].items() if value)
