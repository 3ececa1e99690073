"""What commands print: one JSON document, or aligned text, on stdout; problems on stderr, one line each."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from app.errors import Problem

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Text = Iterable[str]

EMPTY = "app.cli.empty"  # in the context: --json was given, and what is printed where nothing came of it
SHOWN = "app.cli.shown"
ZONE = "app.cli.zone"  # the provider's time zone, once the settings are read
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+\d\d:\d\d|Z)")
WARNINGS_SHOWN = 20


def json_option(empty: dict[str, Any] | list[Any]) -> Callable[[Decorated], Decorated]:
    """Give a command `--json`; `empty` is its document when the work failed (a dict then gets `problems` too)."""

    def note(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
        if wanted:
            context.meta[EMPTY] = empty

    return click.option("--json", is_flag=True, expose_value=False, callback=note, help="Print one JSON document.")


def show(document: Any, text: Callable[[], Text]) -> None:
    """Print the document where --json was given, and the lines of `text` otherwise."""
    if wants_json():
        print_document(click.get_current_context(), document)
    else:
        for line in text():
            say(line)


def wants_json() -> bool:
    """Say whether --json was given."""
    return EMPTY in click.get_current_context().meta


def write(pieces: Iterable[str]) -> None:
    """Write what is one document but too long to hold, piece by piece."""
    click.get_current_context().meta[SHOWN] = True
    sys.stdout.writelines(pieces)


def json_array(items: Iterable[Any]) -> Iterable[str]:
    """Yield a JSON array piece by piece, for lists too long to hold."""
    between = "[\n  "
    for item in items:
        yield between + json.dumps(item, default=_plain_value)
        between = ",\n  "
    yield "[]\n" if between.startswith("[") else "\n]\n"


def print_document(context: click.Context, document: Any) -> None:
    """Print the one JSON document, in ASCII so that every terminal and pipe can take it."""
    click.echo(json.dumps(document, indent=2, default=_plain_value))
    context.meta[SHOWN] = True


def print_failure(context: click.Context, problems: Sequence[Problem]) -> None:
    """Print the empty document of a command that failed, unless it has printed its own."""
    if EMPTY not in context.meta or SHOWN in context.meta:
        return
    empty = context.meta[EMPTY]
    if isinstance(empty, dict):
        empty = {**empty, "problems": [problem.as_dict() for problem in problems]}
    print_document(context, empty)


def complain(problem: Problem) -> None:
    """Say one problem on stderr, on one line."""
    where = ", ".join(
        [f"{name} {place}" for name, place in (("row", problem.row), ("line", problem.line)) if place is not None]
        + [problem.field] * bool(problem.field)
    )
    line = f"{problem.code} {problem.severity}" + (f" ({where})" if where else "") + f": {problem.message}"
    offers = [offer for offer in (problem.suggestion, *problem.alternatives) if offer]
    if offers:
        line += f" [suggested: {' | '.join(offers)}]"
    say(line, err=True)


def complain_all(problems: Iterable[Problem]) -> bool:
    """Say errors and reviews, and the first warnings; return whether one of them is an error."""
    told, warnings = False, 0
    for problem in problems:
        told = told or problem.severity == "error"
        warnings += problem.severity == "warning"
        if problem.severity != "warning" or warnings <= WARNINGS_SHOWN:
            complain(problem)
    if warnings > WARNINGS_SHOWN:
        say(f"and {warnings - WARNINGS_SHOWN} more warnings: --json lists them all", err=True)
    return told


def note(message: str) -> None:
    """Say something on stderr that is no problem."""
    say(message, err=True)


def say(line: str, *, err: bool = False) -> None:
    """Print one line; what could steer a terminal, or what its encoding lacks, is shown as an escape."""
    stream = sys.stderr if err else sys.stdout
    safe = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in line)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    click.echo(safe.encode(encoding, "backslashreplace").decode(encoding), err=err)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Text:
    """Yield aligned lines; numbers to the right, the last column as long as it is, an empty value as `-`."""
    body = [tuple(rows_value(value) for value in row) for row in rows]
    right = [bool(body) and all(row[at].isdecimal() for row in body) for at in range(len(headings))]
    widths = [max(len(row[at]) for row in [tuple(headings), *body]) for at in range(len(headings))]
    for row in [tuple(headings), *body]:
        cells = [
            value.rjust(width) if to_right else value.ljust(width)
            for value, width, to_right in zip(row, widths, right, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def rows_value(value: object) -> str:
    """Return a value as a table shows it: `-` where there is none, moments to the minute where the provider is."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and MOMENT.fullmatch(value):
        context = click.get_current_context(silent=True)
        zone = None if context is None else context.meta.get(ZONE)
        return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"
    return str(value)


def pairs(facts: Iterable[tuple[str, object]]) -> Text:
    """Yield `name  value` lines, aligned."""
    listed = [(name, rows_value(value)) for name, value in facts]
    width = max((len(name) for name, _ in listed), default=0)
    for name, value in listed:
        yield f"{name.ljust(width)}  {value}"


def flush() -> None:
    """Write out what is buffered, so that a reader that went away is noticed while it can be told."""
    sys.stdout.flush()


def stop_output() -> None:
    """Let what is still buffered go nowhere: the interpreter's own flush at the end would fail again."""
    try:
        to_nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(to_nowhere, sys.stdout.fileno())
        os.close(to_nowhere)
    except (OSError, ValueError):  # a stand-in for stdout has no descriptor, and no such flush
        return


def _plain_value(value: object) -> str:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
