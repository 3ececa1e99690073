"""`eld cases`: the rejects queue."""

from collections.abc import Iterator
from typing import Any

import click

from app.cli.output import Text, complain_all, json_option, pairs, show, table
from app.cli.parameters import ID, Assignment
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.services.casework.listing import list_cases
from app.services.casework.mending import fix_case
from app.services.casework.showing import show_case
from app.services.casework.working import close_case, give_back_case, give_case, note_case, reopen_case, take_case
from app.services.locations.registering import vars_of

WHAT = ("code", "field", "text")


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


@cases.command("show")
@click.argument("case_id", type=ID, metavar="ID")
@json_option({"id": None})
def show_command(case_id: int) -> None:
    """Show case ID: what was sent, what the agent said, and its whole history."""
    with opened() as (system, actor):
        shown = show_case(system, actor, case_id)
    typed = shown["typed"] and {name: value for name, value in vars_of(shown["typed"]).items() if value}
    document = {**shown["case"], **{name: shown[name] for name in ("sent", "shared_with", "history")}, "typed": typed}
    show(document, lambda: _whole(document))


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
@click.option("--why", required=True, help="The reason, which is kept.")
@json_option({"id": None, "state": None})
def close(case_id: int, why: str) -> None:
    """Close case ID without an accepted record, with a reason."""
    with opened() as (system, actor):
        close_case(system, actor, case_id, why)
    show({"id": case_id, "state": "closed"}, lambda: [f"case {case_id} closed"])


@cases.command()
@click.argument("case_id", type=ID, metavar="ID")
@click.option("--why", required=True, help="The reason, which is kept.")
@json_option({"id": None, "state": None})
def reopen(case_id: int, why: str) -> None:
    """Open case ID again after it was closed, with a reason."""
    with opened() as (system, actor):
        reopen_case(system, actor, case_id, why)
    show({"id": case_id, "state": "open"}, lambda: [f"case {case_id} is open again"])


@cases.command()
@click.argument("case_id", type=ID, metavar="ID")
@click.option("--text", required=True, help="What the note says.")
@json_option({"id": None})
def note(case_id: int, text: str) -> None:
    """Write a note on case ID."""
    with opened() as (system, actor):
        note_case(system, actor, case_id, text)
    show({"id": case_id}, lambda: [f"noted on case {case_id}"])


@cases.command()
@click.argument("case_id", type=ID, metavar="ID")
@json_option({"id": None, "owner": None})
def take(case_id: int) -> None:
    """Make case ID yours."""
    with opened() as (system, actor):
        take_case(system, actor, case_id)
    show({"id": case_id, "owner": actor.name}, lambda: [f"case {case_id} is yours, {actor.name}"])


@cases.command()
@click.argument("case_id", type=ID, metavar="ID")
@click.option("--to", "email", metavar="EMAIL", help="Another member of staff.")
@click.option("--back", is_flag=True, help="To nobody: whoever takes it next.")
@json_option({"id": None, "owner": None})
def give(case_id: int, email: str | None, *, back: bool) -> None:
    """Give case ID to another member of staff, or back."""
    if (email is None) is not back:
        raise click.UsageError("give either --to EMAIL or --back")
    with opened() as (system, actor):
        if email is None:
            owner = ""
            give_back_case(system, actor, case_id)
        else:
            owner = give_case(system, actor, case_id, email)
    whose = f"is {owner}'s" if owner else "has no owner now"
    show({"id": case_id, "owner": owner}, lambda: [f"case {case_id} {whose}"])


def _listing(queue: list[dict[str, Any]]) -> Text:
    if not queue:
        return ["no case is open"]
    headings = ["id", "number", "state", "owner", "due", "code", "field", "text"]
    return table(headings, [_row(case) for case in queue])


def _row(case: dict[str, Any]) -> tuple[object, ...]:
    state = case["state"] + ", urgent" * case["urgent"] + ", overdue" * case["overdue"]
    return (case["id"], case["number"], state, case["owner"], *(case[name] for name in ("due_at", *WHAT)))


def _whole(document: dict[str, Any]) -> Iterator[str]:
    facts = (
        "number",
        "txn_ref",
        "state",
        "owner",
        "opened_at",
        "due_at",
        *WHAT,
        "file_name",
        "closed_at",
        "closed_why",
    )
    yield from pairs((name.replace("_", " "), document[name]) for name in facts if document[name])
    marks = [mark for mark in ("urgent", "overdue") if document[mark]]
    if marks:
        yield f"it is {' and '.join(marks)}"
    if document["sent"]:
        yield ""
        yield "what was sent"
        yield from pairs((name, value) for name, value in document["sent"].items() if value)
    yield ""
    yield from table(
        ["at", "who", "what", "code", "text"],
        [[line[name] for name in ("at", "who", "step", "code", "text")] for line in document["history"]],
    )


def _fixed(document: dict[str, Any], *, whole_address: bool) -> Text:
    yield f"case {document['id']}: {str(document['standing']).replace('_', ' ')}"
    if document["shared_with"]:
        whose = "changed for" if whole_address else "left as it was for"
        yield f"the shared address was {whose}: {', '.join(document['shared_with'])}"
    if document["sent"]:
        yield from pairs((name, value) for name, value in document["sent"].items() if value)
