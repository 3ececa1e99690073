"""`eld enquiries`: what people ask without an account."""

from collections.abc import Iterator
from typing import Any

import click

from app.cli.output import Text, json_option, pairs, show, table
from app.cli.parameters import ID
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.domain.enquiries import EnquiryState
from app.services.enquiries.working import answer_enquiry, close_enquiry, list_enquiries, show_enquiry

STATES = [str(state) for state in EnquiryState if state is not EnquiryState.ERASED]
AT_A_TIME = 1000
FACTS = ("topic", "interest", "state", "name", "email", "telephone", "business_name", "created_at", "erased_on")
ROW = ("id", "state", "topic", "interest", "name", "created_at", "erased_on")


@click.group(cls=CommandGroup)
def enquiries() -> None:
    """Answer what people ask without an account."""


@enquiries.command("list")
@click.option("--state", type=click.Choice(STATES), default="open", show_default=True, help="Those of this state.")
@click.option("--all", "everything", is_flag=True, help="Those of every state.")
@json_option([])
def list_command(state: str, *, everything: bool) -> None:
    """List enquiries, what waits longest first."""
    with opened() as (system, actor):
        chosen = None if everything else EnquiryState(state)
        page = list_enquiries(system, actor, chosen, per_page=AT_A_TIME)
        found = page.enquiries
        for further in range(2, page.pages + 1):
            found += list_enquiries(system, actor, chosen, further, AT_A_TIME).enquiries
    show(found, lambda: _listing(found))


@enquiries.command("show")
@click.argument("enquiry_id", type=ID, metavar="ID")
@json_option({"id": None})
def show_command(enquiry_id: int) -> None:
    """Show enquiry ID with what was agreed to and its history."""
    with opened() as (system, actor):
        document = show_enquiry(system, actor, enquiry_id)
    show(document, lambda: _whole(document))


@enquiries.command()
@click.argument("enquiry_id", type=ID, metavar="ID")
@click.option("--text", required=True, help="The answer, as it goes by mail.")
@json_option({"id": None, "state": None})
def answer(enquiry_id: int, text: str) -> None:
    """Answer enquiry ID by mail."""
    with opened() as (system, actor):
        answer_enquiry(system, actor, enquiry_id, text)
    show({"id": enquiry_id, "state": "answered"}, lambda: [f"the answer to enquiry {enquiry_id} is on its way"])


@enquiries.command()
@click.argument("enquiry_id", type=ID, metavar="ID")
@json_option({"id": None, "state": None, "erased_on": None})
def close(enquiry_id: int) -> None:
    """Close enquiry ID; it is erased in its time."""
    with opened() as (system, actor):
        erased_on = close_enquiry(system, actor, enquiry_id).isoformat()
    document = {"id": enquiry_id, "state": "closed", "erased_on": erased_on}
    show(document, lambda: [f"enquiry {enquiry_id} is closed, and will be erased on {erased_on[:10]}"])


def _listing(found: list[dict[str, Any]]) -> Text:
    if not found:
        return ["no enquiry is waiting: what people ask at /enquiries stands here (with --all until it is erased)"]
    return table([name.replace("_", " ") for name in ROW], [[one[name] for name in ROW] for one in found])


def _whole(document: dict[str, Any]) -> Iterator[str]:
    yield from pairs((name.replace("_", " "), document[name]) for name in FACTS if document[name])
    yield from pairs([("consent", f"{document['consent_text']} (version {document['consent_version']})")])
    yield ""
    yield from document["message"].splitlines()
    if document["history"]:
        yield ""
        yield from table(
            ["at", "who", "what", "text"],
            [[line[name] for name in ("at", "who", "step", "text")] for line in document["history"]],
        )
