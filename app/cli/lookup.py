"""`eld lookup`: a number in, name and address out, from the database, a replica or a local copy."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from app.cli.environment import read_settings
from app.cli.output import ZONE, Text, complain, json_option, note, pairs, rows_value, show
from app.cli.program import ACTS_AS, CommandGroup
from app.cli.session import opened, operator
from app.clock import SystemClock
from app.domain.look_ups import REASONS, CallBack, LookUpReason, LookUpSource
from app.errors import AppError, Misconfigured, NotFound, Problem
from app.services.lookup.answers import Answer
from app.services.lookup.asking import Asking, NotRecorded
from app.services.lookup.copying import write_copy
from app.services.lookup.journal import hand_in
from app.services.lookup.looking import look_up, look_up_without

FIND = "find"
NOBODY: dict[str, Any] = {"number": None, "known": False, "held": None, "wanted": None}
ADDRESS = ("premises", "thoroughfare", "locality")
NAMES = ("title", "forename", "name", "honours", "business_suffix")


class LookupGroup(CommandGroup):
    """What is no command of the group is a number: `eld lookup 01632 960501 --reason call_now ...`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in front where a number or one of its options comes first."""
        if args and args[0] not in self.commands and args[0] not in {"--help", "--as"}:
            args = [FIND, *args]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name; of a number, the one that looks it up."""
        return super().get_command(ctx, cmd_name) or super().get_command(ctx, FIND)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Leave a number that follows `--as EMAIL` to the command that looks it up."""
        return super().resolve_command(ctx, args if args[0] in self.commands else [FIND, *args])


@click.group(cls=LookupGroup)
def lookup() -> None:
    """Look a number up by night, and keep the copy that answers when all else is down."""


@lookup.command(FIND)
@click.argument("number", nargs=-1, required=True)
@click.option(
    "--reason",
    type=click.Choice([str(reason) for reason in LookUpReason]),
    required=True,
    help="Why: " + "; ".join(f"{reason}: {words.lower()}" for reason, words in REASONS.items()),
)
@click.option(
    "--call-back",
    type=click.Choice([str(answer) for answer in CallBack]),
    required=True,
    help="Whether you rang back, on a number known before, whoever asks.",
)
@click.option("--asked-by", metavar="TEXT", required=True, help="Who asks: name, and of which service.")
@click.option("--words", metavar="TEXT", default="", help="The reason in words; for `other` it must be given.")
@click.option(
    "--from-copy",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="Answer from this local copy, without the database.",
)
@click.option("--from-replica", is_flag=True, help="Answer from the replica of ELD_LOOKUP_DATABASE_URL.")
@json_option(NOBODY)
def find_command(
    number: tuple[str, ...],
    reason: str,
    call_back: str,
    asked_by: str,
    words: str,
    from_copy: Path | None,
    from_replica: bool,
) -> None:
    """Look NUMBER up; the reason and who asked are written down before anything is shown.

    Without the database the replica or the local copy of the settings answers, and the look-up lies in a journal
    beside it until `eld lookup hand-in`.
    """
    if from_copy and from_replica:
        raise click.UsageError("Give --from-copy or --from-replica, not both.")
    asking = Asking(" ".join(number), reason, call_back, asked_by, words)
    if from_copy or from_replica:
        found = _without(asking, from_copy, replica=from_replica)
    else:
        found = _with_what_answers(asking)
    show(asdict(found), lambda: _told(found))
    if not found.known:
        complain(Problem(NotFound.code, "number", "error", _not_ours(found)))
        click.get_current_context().exit(1)


@lookup.command("copy")
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    required=True,
    help="Where the copy is written, mode 600.",
)
@json_option({"path": None, "numbers": 0})
def copy_command(to: Path) -> None:
    """Write the local copy: a dated SQLite file, each record sealed under look-up.ring in ELD_KEY_DIR."""
    with opened() as (system, actor):
        made = write_copy(system, actor, to.absolute())
    show(
        {"path": made.path, "numbers": made.numbers, "made_at": made.made_at},
        lambda: [f"{made.numbers} numbers in {made.path}; it opens with look-up.ring of ELD_KEY_DIR alone"],
    )


@lookup.command("hand-in")
@click.option(
    "--journal",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PATH",
    multiple=True,
    help="A journal from elsewhere; without it those of this installation.",
)
@json_option({"new": 0, "known": 0})
def hand_in_command(journal: tuple[Path, ...]) -> None:
    """Bring look-ups of the local journals into the trail; each comes there once."""
    with opened() as (system, actor):
        done = hand_in(system, actor, journal)
    show(asdict(done), lambda: [f"{done.new} look-ups brought into the trail, {done.known} were there already"])


def _with_what_answers(asking: Asking) -> Answer:
    """Ask the database; where it cannot be opened, what else the settings name."""
    try:
        with opened() as (system, actor):
            return look_up(system, actor, asking)
    except NotRecorded:
        raise
    except AppError as away:
        settings = read_settings()
        gone = away.retryable or isinstance(away, Misconfigured)  # a database file that was lost is made anew, empty
        if not gone or not (settings.lookup_database_url or settings.lookup_copy):
            raise
        note(f"{away.code}: {away}")
    return _without(asking, None)


def _without(asking: Asking, copy: Path | None, *, replica: bool = False) -> Answer:
    settings = read_settings()
    meta = click.get_current_context().meta
    meta[ZONE] = settings.timezone
    if meta.get(ACTS_AS):
        note(f"Without the database nobody can act as {meta[ACTS_AS]}: the journal names your log-in here.")
    return look_up_without(settings, SystemClock(), operator(), asking, copy, replica=replica)


def _told(found: Answer) -> Text:
    if found.source != LookUpSource.MAIN:
        yield _age(found)
    if not found.known:
        yield f"{found.number}: {_not_ours(found)}"
        return
    yield from _record(found.held) if found.held else [_holds_nothing(found)]
    if found.wanted:
        yield ""
        yield "wanted, and not yet held by the agent:"
        yield from _record(found.wanted)
    elif found.ends:
        yield "no record is wanted any more: its end is on the way"
    yield ""
    facts = ("number", "account", "status", "since", "held_since", "line_type", "parent_cupid", "child_cupid")
    yield from pairs((name.replace("_", " "), getattr(found, name)) for name in facts)


def _record(record: dict[str, str]) -> Iterator[str]:
    yield record["postcode"]
    yield " ".join(record[name] for name in NAMES if record[name])
    yield from (record[name] for name in ADDRESS if record[name])
    if not record["locality"].upper().endswith(record["post_town"].upper()):
        yield record["post_town"]


def _holds_nothing(found: Answer) -> str:
    if found.held_state == "unknown":
        return "the agent holds a record whose content is not known"
    return "the agent holds no record of this number"


def _not_ours(found: Answer) -> str:
    if found.own_range:
        return "the number is of our range, and is not in use"
    return "the number is not ours" + (f"; its range was given to {found.holder}" if found.holder else "")


def _age(found: Answer) -> str:
    where = "the copy made" if found.source == LookUpSource.COPY else "the replica, whose last entry is of"
    return f"from {where} {rows_value(found.as_of)}: what was changed since is not in it"
