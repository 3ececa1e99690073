"""`eld records`: what is held for a number."""

import os
from pathlib import Path
from typing import Any

import click

from app.cli.output import Text, complain, json_array, json_option, pairs, say, show, table, wants_json, write
from app.cli.parameters import ID
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.domain.life import LifeKind
from app.errors import NotFound, Problem
from app.services.life.showing import find_number, life_of_number
from app.services.lists import Which, list_csv, rows
from app.services.records import missing_records, show_record

EVERY_ENTRY = 1_000_000
UNKNOWN: dict[str, Any] = {
    "number": None,
    "status": "unknown",
    "wanted": None,
    "accepted_state": None,
    "accepted": None,
    "transactions": [],
    "cases": [],
}


@click.group(cls=CommandGroup)
def records() -> None:
    """Look up what is held for a number."""


@records.command("show")
@click.argument("number")
@json_option(UNKNOWN)
def show_command(number: str) -> None:
    """Show what is wanted and accepted for NUMBER, its transactions, replies and cases."""
    with opened() as (system, actor):
        record = show_record(system, actor, number)
    show(record, lambda: _life(record))
    if record["status"] == "unknown":
        complain(Problem(NotFound.code, "number", "error", "nothing is known of this number"))
        click.get_current_context().exit(1)


@records.command("life")
@click.argument("number", nargs=-1, required=True)
@json_option({"number": None, "entries": [], "standings": []})
def life_command(number: tuple[str, ...]) -> None:
    """Show the whole life of NUMBER, the newest first: what was said, sent, answered and read, with who and when."""
    written = " ".join(number)
    with opened() as (system, actor):
        number_id = find_number(system, actor, written)
        if number_id is None:
            raise NotFound("nothing is known of this number")
        life = life_of_number(system, actor, number_id, list(LifeKind), per_page=EVERY_ENTRY)
    entries, standings = life.entries, life.standings
    show(
        {
            "number": life.number,
            "entries": [entry.as_dict() for entry in entries],
            "standings": [standing.as_dict() for standing in standings],
        },
        lambda: table(
            ["at", "kind", "step", "who", "reference", "file", "record", "code", "text"],
            [
                (
                    one.at.isoformat(),
                    one.kind,
                    one.step,
                    one.who,
                    one.txn_ref,
                    one.file_name,
                    one.rec_no,
                    one.code,
                    one.text,
                )
                for one in entries
            ],
        ),
    )


@records.command()
@json_option([])
def missing() -> None:
    """List the numbers in use without an accepted record, and for how long."""
    with opened() as (system, actor):
        listed = missing_records(system, actor)
    show(listed, lambda: _missing(listed))


@records.command("list")
@click.option(
    "--status",
    type=click.Choice([str(each) for each in Which]),
    default="all",
    show_default=True,
    help="Which of the three lists.",
)
@click.option("--account", type=ID, metavar="ID", help="One account alone.")
@click.option(
    "--csv",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="Write a CSV that can be mended and imported as it is.",
)
@json_option([])
def list_command(status: str, account: int | None, csv: Path | None) -> None:
    """List numbers: rejected, missing (in use without an accepted record), or all in use."""
    which = Which(status)
    with opened() as (system, actor):
        if csv is not None:
            # Personal data: nobody else reads it.
            handle = os.open(csv, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.writelines(list_csv(system, actor, which, account))
        listed = rows(system, actor, which, account) if csv is None or wants_json() else iter(())
        if wants_json():
            write(json_array(row.as_dict() for row in listed))
        else:
            for row in listed:
                say(f"{row.location.number:<13}  {row.status:<13}  {row.since}  {row.reasons}".rstrip())


def _life(record: dict[str, Any]) -> Text:
    yield from pairs([("number", record["number"]), ("status", record["status"]), ("agent", record["accepted_state"])])
    yield from _user(record)
    wanted, accepted = record["wanted"] or {}, record["accepted"] or {}
    fields = [name for name in {**wanted, **accepted} if wanted.get(name) or accepted.get(name)]
    if fields:
        yield ""
        yield from table(["", "wanted", "accepted"], [(name, wanted.get(name), accepted.get(name)) for name in fields])
    if record["transactions"]:
        yield ""
        yield from table(
            ["transaction", "command", "state", "file", "record"], map(_transaction, record["transactions"])
        )
        yield from _replies(record["transactions"])
    if record["cases"]:
        yield ""
        for case in record["cases"]:
            yield f"case {case['id']} {case['state']}: {case['code']} {case['text']}"


def _user(record: dict[str, Any]) -> Text:
    """Yield what is known of who uses the line."""
    if record["barred_at"]:
        yield from pairs([("999 barred", record["barred_at"])])
    if record["voip"]:
        known = record["voip"]
        yield from pairs([("voip limits acknowledged", known["acknowledged_at"]), ("moves about", known["nomadic"])])


def _transaction(one: dict[str, Any]) -> tuple[object, ...]:
    return one["txn_ref"], one["command"], one["state"], one["file_name"], one["rec_no"]


def _replies(transactions: list[dict[str, Any]]) -> Text:
    rows = [
        (one["txn_ref"], reply["at"], reply["code"], reply["class"], reply["final"], reply["text"])
        for one in transactions
        for reply in one["replies"]
    ]
    if rows:
        yield ""
        yield from table(["reply to", "at", "code", "class", "final", "text"], rows)


def _missing(listed: list[dict[str, Any]]) -> Text:
    if not listed:
        return ["every number in use has an accepted record"]
    columns = ("number", "account", "status", "since", "age_days")
    return table(["number", "account", "status", "since", "days"], [[one[name] for name in columns] for one in listed])
