"""`eld explain FILE`: needs no database, no settings but the profile, and keeps nothing of what it reads."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from app.cli.explain_text import closing_text, opening_text, place_of, record_text
from app.cli.failures import problems_of
from app.cli.output import complain_all, json_option, note, wants_json, write
from app.cli.program import GuardedCommand
from app.errors import Problem
from emergency_export.explain.explanation import Explanation
from emergency_export.explain.explanation import explain as explain_file
from emergency_export.explain.findings import Finding
from emergency_export.explain.kind import layouts_of
from emergency_export.explain.records import NamedRecord
from emergency_export.profile_loading import load_profile, shipped_profiles
from emergency_export.profiles import FileKind, Profile

NOTHING: dict[str, Any] = {"kind": None, "profile": None, "records": []}
DEFAULT_PROFILE = "eff-style-1"
STDIN = Path("-")
Chosen = Callable[[NamedRecord], bool]
Writer = Callable[[Explanation, Chosen, list[OSError]], Iterator[str]]


@click.command(cls=GuardedCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--profile",
    "profile_name",
    envvar="ELD_PROFILE",
    default=DEFAULT_PROFILE,
    show_default=True,
    metavar="NAME_OR_PATH",
    help="The format to read it by; ELD_PROFILE where not given.",
)
@click.option(
    "--kind",
    "kind_name",
    type=click.Choice([kind.value for kind in FileKind], case_sensitive=False),
    help="What it is, where name and content do not tell.",
)
@click.option("--record", "only_record", type=click.IntRange(min=1), metavar="N", help="Show this record alone.")
@click.option("--first", type=click.IntRange(min=1), metavar="N", help="Show the records from this one on.")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Show the records up to this one.")
@click.option("--only-faults", is_flag=True, help="Show only records in which something was found.")
@json_option(NOTHING)
def explain(
    file: Path,
    profile_name: str,
    kind_name: str | None,
    only_record: int | None,
    first: int | None,
    last: int | None,
    *,
    only_faults: bool,
) -> None:
    """Name every field of a file, and every fault in it.

    FILE is a DAT, full file, EXT, FCO or CAR, or - for what comes in on stdin. Whatever is shown, the whole file is
    checked: with a fault in it the command ends with 1.
    """
    chosen = _choice(only_record, first, last, only_faults=only_faults)
    profile = _profile(profile_name)
    kind = None if kind_name is None else FileKind(kind_name.upper())
    failed: list[OSError] = []
    with _stream(file) as stream:
        explanation = explain_file(stream, None if file == STDIN else file.name, profile, kind)
        show: Writer = _document if wants_json() else _listing
        write(_encodable(show(explanation, chosen, failed)))
    complain_all(map(_problem, explanation.findings))
    if explanation.left_out:
        note(f"and {explanation.left_out} more, not said here: the listing shows each under its record")
    if failed:
        raise failed[0]
    if explanation.errors:
        click.get_current_context().exit(1)


def _choice(only: int | None, first: int | None, last: int | None, *, only_faults: bool) -> Chosen:
    """Return what says whether a record is shown; header and trailer have no number and are shown with all others."""
    if only is not None and (first is not None or last is not None):
        raise click.UsageError("--record stands alone, without --first and --last")
    if first is not None and last is not None and first > last:
        raise click.UsageError("--first is after --last")
    lowest, highest = only or first or 1, only or last or sys.maxsize
    some = (only, first, last) != (None, None, None)

    def chosen(record: NamedRecord) -> bool:
        if only_faults and not record.findings:
            return False
        return not some or (record.number is not None and lowest <= record.number <= highest)

    return chosen


def _profile(name: str) -> Profile:
    """Return the profile; a name on the command line that means nothing is wrong usage, faults in a file are not."""
    typed = click.get_current_context().get_parameter_source("profile_name") is click.core.ParameterSource.COMMANDLINE
    if typed and name not in shipped_profiles() and not Path(name).exists():
        known = ", ".join(shipped_profiles())
        raise click.BadParameter(f"no such profile; give {known} or the path of a TOML file", param_hint="--profile")
    return load_profile(name)


@contextmanager
def _stream(file: Path) -> Iterator[BinaryIO]:
    if file == STDIN:
        yield sys.stdin.buffer
    else:
        with file.open("rb") as stream:
            yield stream


def _listing(explanation: Explanation, chosen: Chosen, failed: list[OSError]) -> Iterator[str]:
    yield opening_text(explanation)
    told = len(explanation.about_file)
    yield from map(record_text, filter(chosen, _records(explanation, failed)))
    yield from closing_text(explanation, told)


def _document(explanation: Explanation, chosen: Chosen, failed: list[OSError]) -> Iterator[str]:
    """Yield the document piece by piece: a file of 200,000 records is not held."""
    kind, profile = explanation.kind, explanation.profile
    yield "{"
    yield f'\n  "kind": {json.dumps(kind)},\n  "profile": {json.dumps(profile.name)},'
    yield f'\n  "label": {json.dumps(profile.label)},\n  "columns": {json.dumps(_columns(explanation))},'
    yield '\n  "records": ['
    between = ""
    for record in filter(chosen, _records(explanation, failed)):
        yield f"{between}\n    {json.dumps(_record(record))}"
        between = ","
    yield '\n  ],\n  "problems": ['
    problems = [finding.as_dict() for finding in explanation.findings]
    problems += [problem.as_dict() for error in failed for problem in problems_of(error)]
    yield ",".join(f"\n    {json.dumps(problem)}" for problem in problems)
    yield f'\n  ],\n  "problems_left_out": {explanation.left_out}\n}}\n'


def _records(explanation: Explanation, failed: list[OSError]) -> Iterator[NamedRecord]:
    """Yield the records; where the machine can read no further, note it: what was read is shown whole."""
    try:
        yield from explanation.records()
    except OSError as error:
        failed.append(error)


def _record(record: NamedRecord) -> dict[str, Any]:
    found: dict[str, Any] = {
        "line": record.line,
        "type": record.type,
        "number": record.number,
        "fields": {field.name: field.value for field in record.fields},
    }
    if record.read_as:
        found["read_as"] = record.read_as
    return found | {"meanings": {field.name: field.meaning for field in record.fields if field.meaning}}


def _columns(explanation: Explanation) -> dict[str, Any]:
    """Return first and last column of each field by type of record; empty where a delimiter parts the fields."""
    if explanation.kind is None:
        return {}
    layouts = layouts_of(explanation.kind, explanation.profile)
    return {type_: layout.columns for type_, layout in layouts.items() if layout.fixed}


def _problem(finding: Finding) -> Problem:
    return Problem(
        finding.code,
        place_of(finding),
        finding.severity,
        finding.message,
        finding.suggestion,
        finding.alternatives,
        line=finding.line,
    )


def _encodable(pieces: Iterator[str]) -> Iterator[str]:
    """Yield text that stdout can take, whatever its encoding."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    for piece in pieces:
        yield piece if piece.isascii() else piece.encode(encoding, "backslashreplace").decode(encoding)
