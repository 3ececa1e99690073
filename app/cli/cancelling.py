"""`eld locations planned` and `cancel`: what is said of a number and has not gone out, and the way back."""

from datetime import date

import click

from app.cli.output import Text, json_option, pairs, show, table
from app.cli.parameters import Day
from app.cli.program import GuardedCommand
from app.cli.session import opened
from app.domain.registrations import RegistrationKind
from app.errors import Conflict, Problem, Refused
from app.services.locations.cancelling import cancel_change
from app.services.locations.outlook import Outlook
from app.services.locations.planned import PlannedChange, planned

NOTHING = {"number": None, "kind": None, "effective_date": None, "from": None, "instead": None, "instead_sent": None}
PLAIN = {
    RegistrationKind.RECORD: "location",
    RegistrationKind.CEASE: "end of use",
    RegistrationKind.PORT_OUT: "move to another provider",
    RegistrationKind.NO_RECORD: "no record",
}
WAITS = {"waiting": "waits for the file", "review": "in review", "returned": "was returned"}


@click.command("planned", cls=GuardedCommand)
@click.argument("number")
@json_option([])
def planned_command(number: str) -> None:
    """List what is said of NUMBER for later days, or waits for the next file or for a person."""
    with opened() as (system, actor):
        found = planned(system, actor, number)
    show([change.as_dict() for change in found], lambda: _listing(found))


@click.command(cls=GuardedCommand)
@click.argument("number")
@click.option("--date", "on", type=Day(), help="Which one, by its effective date, where several are planned.")
@json_option(NOTHING | {"ends_on": None, "review_again": False, "stays_cancelled": []})
def cancel(number: str, on: date | None) -> None:
    """Take back what is planned for NUMBER and has not gone out; what was said before it holds again."""
    with opened() as (system, actor):
        change = _chosen(planned(system, actor, number), on)
        outlook = cancel_change(system, actor, change.id)
    show(outlook.as_dict(), lambda: _told(outlook))


def add_cancelling(locations: click.Group) -> None:
    """Hang the commands into `eld locations`."""
    for command in (planned_command, cancel):
        locations.add_command(command)


def _chosen(found: list[PlannedChange], on: date | None) -> PlannedChange:
    """Return the change that is meant; where that is not plain every one that could be is named."""
    fitting = [change for change in found if on is None or change.effective_date == on]
    if not fitting:
        when = "" if on is None else f" for {on}"
        raise Conflict(f"nothing is planned for this number{when} that could be cancelled")
    # What gave way to a later word for the same day is reached when that one is cancelled.
    standing = [change for change in fitting if not change.replaced]
    if len(standing) != 1:
        raise Refused(
            [
                Problem(
                    "L01",
                    "date",
                    "error",
                    f"Several changes are planned; this one: {PLAIN[change.kind]} from {change.effective_date},"
                    f" {WAITS[change.waits]}. Say which with --date.",
                )
                for change in standing or fitting
            ]
        )
    return standing[0]


def _listing(found: list[PlannedChange]) -> Text:
    if not found:
        return ["nothing is planned for this number"]
    return table(
        ["from", "what", "state", "said at", "by", "premises", "postcode"],
        [
            (
                change.effective_date,
                PLAIN[change.kind] + (f" {change.gaining_cupid}" if change.gaining_cupid else ""),
                "gives way to a later word" if change.replaced else WAITS[change.waits],
                change.submitted_at.isoformat(),
                change.submitted_by,
                (change.sent or {}).get("premises"),
                (change.sent or {}).get("postcode"),
            )
            for change in found
        ],
    )


def _told(outlook: Outlook) -> Text:
    change, sent = outlook.change, outlook.sent or {}
    yield f"{PLAIN[change.kind]} of {change.number} from {change.effective_date}: cancelled"
    facts = [
        ("from", outlook.day),
        ("holds", "nothing was said" if outlook.kind is None else PLAIN[outlook.kind]),
        ("premises", sent.get("premises")),
        ("postcode", sent.get("postcode")),
        ("use ends on", outlook.ends_on),
    ]
    yield from pairs([(name, fact) for name, fact in facts if fact])
    if outlook.review_again:
        yield "the location that gave way to it waits for review again"
    for kind, day in outlook.lost:
        yield f"stays cancelled by the end of use: {PLAIN[kind]} from {day}; say it again if it is still wanted"
