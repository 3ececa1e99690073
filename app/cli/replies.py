"""`eld replies`: what the agent answered."""

from typing import Any

import click

from app.cli.output import Text, complain_all, json_option, pairs, show, table
from app.cli.parameters import ID
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.errors import Problem
from app.services.replies.collecting import CollectReport, collect_replies
from app.services.replies.listing import ReplyPage, list_reply_files, show_reply_file

COUNTS = ("fco", "car", "applied", "repeated", "unsolicited")
NOTHING: dict[str, Any] = {**dict.fromkeys(COUNTS, 0), "quarantined": []}


@click.group(cls=CommandGroup)
def replies() -> None:
    """Fetch and apply the agent's replies."""


@replies.command()
@json_option(NOTHING)
def collect() -> None:
    """Fetch the files that lie at the agent's and apply them, FCO before CAR."""
    done = CollectReport()
    try:
        with opened() as (system, actor):
            collect_replies(system, actor, done)
    except Exception:
        if done != CollectReport():
            _tell(done.as_dict())  # what was applied before the transport broke is told all the same
        raise
    if _tell(done.as_dict()):
        click.get_current_context().exit(1)


def _tell(report: dict[str, Any]) -> bool:
    """Print what was done, and say whether anything was set aside."""
    damaged = report["quarantined"]
    facts = [*((name, report[name]) for name in COUNTS), ("quarantined", len(damaged))]
    show(report, lambda: pairs(facts))
    for file in damaged:
        complain_all(_in_file(file["file_name"], problem) for problem in file["problems"])
    return bool(damaged)


@replies.command("list")
@click.option("--last", type=click.IntRange(1, 1000), default=50, show_default=True, help="So many of the newest.")
@json_option([])
def list_command(last: int) -> None:
    """List the files that were collected, the newest first, with what became of each."""
    with opened() as (system, actor):
        files = list_reply_files(system, actor, per_page=last).files
    show(files, lambda: _listing(files))


@replies.command("show")
@click.argument("reply_file_id", type=ID, metavar="ID")
@click.option("--page", type=click.IntRange(1), default=1, help="Which fifty of its rows.")
@json_option({"id": None})
def show_command(reply_file_id: int, page: int) -> None:
    """Show reply file ID: what became of it, and of each of its rows."""
    with opened() as (system, actor):
        found = show_reply_file(system, actor, reply_file_id, page)
    document = {**found.file, "rows": found.rows, "page": found.page, "pages": found.pages, "total": found.total}
    show(document, lambda: _whole(found))


def _listing(files: list[dict[str, Any]]) -> Text:
    if not files:
        return ["nothing was collected yet"]
    headings = ["id", "file", "kind", "sequence", "became", "reason", "answers", "rows", "collected"]
    return table(headings, [_row(file) for file in files])


def _row(file: dict[str, Any]) -> tuple[object, ...]:
    effects = ", ".join(f"{count} {effect}" for effect, count in file["effects"].items())
    known = (file["id"], file["file_name"], file["kind"], file["sequence"], file["outcome"], file["reason"])
    return (*known, " ".join(file["answers"]), effects, file["collected_at"])


def _whole(found: ReplyPage) -> Text:
    facts = ("file_name", "kind", "sequence", "outcome", "reason", "collected_at")
    yield from pairs((name.replace("_", " "), found.file[name]) for name in facts if found.file[name] is not None)
    yield from pairs([("answers", " ".join(found.file["answers"]))])
    for case in found.file["cases"]:
        yield f"case {case['id']}, {case['state']}: {case['text']}"
    if found.rows:
        yield ""
        names = ("line", "number", "txn_ref", "command", "code", "effect", "marked", "plain")
        rows = [[row[name] for name in names[:-1]] + [row["plain"] or row["text"]] for row in found.rows]
        yield from table(["line", "number", "transaction", "command", "code", "became", "marked", "text"], rows)
        yield f"page {found.page} of {found.pages}, {found.total} rows"


def _in_file(name: str, problem: dict[str, Any]) -> Problem:
    known = {key: value for key, value in problem.items() if key in Problem.__slots__}
    return Problem(**{**known, "message": f"{name}: {known['message']}"})
