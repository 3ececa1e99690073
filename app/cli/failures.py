"""What went wrong, as problems with codes and as an exit status: the one place that maps errors."""

import traceback
from pathlib import Path
from typing import NoReturn

import click

from app.cli.output import complain, print_failure, stop_output
from app.errors import AppError, Problem, Refused
from emergency_export.faults import ExportError, FaultyContent, WrongProfile

# E00-E08 are app.errors and app.db.faults; what follows is told apart here alone.
EXPORT_PERMANENT = "E10"
EXPORT_RETRYABLE = "E11"
MACHINE = "E12"
NOBODY_READS = "E13"
STOPPED = "E14"
NOT_TEXT = "E16"  # E15 is a broken trail, app.cli.audit
UNEXPECTED = "E99"

SENTENCES: tuple[tuple[type[BaseException], tuple[str, str]], ...] = (
    (BrokenPipeError, (NOBODY_READS, "nobody reads the output any more")),
    (KeyboardInterrupt, (STOPPED, "stopped; what was already committed stays, the step under way is undone")),
    (UnicodeError, (NOT_TEXT, "an argument holds what is no text (UTF-8)")),
)
HOUSE = tuple(Path(__file__).parents[2] / name for name in ("app", "emergency_export", "validators"))


def end_badly(context: click.Context, error: BaseException) -> NoReturn:
    """Say what went wrong and end with status 1; with --json the command's document is printed all the same."""
    problems = problems_of(error)
    if isinstance(error, BrokenPipeError):
        stop_output()
    else:
        print_failure(context, problems)
    for problem in problems:
        complain(problem)
    context.exit(1)


def problems_of(error: BaseException) -> tuple[Problem, ...]:
    """Return what a person is told of an error, every fault of it."""
    if isinstance(error, Refused):
        return error.problems
    if isinstance(error, FaultyContent):
        return tuple(
            Problem(fault.code.value, fault.field or "", "error", fault.message, line=fault.line)
            for fault in error.faults
        )
    if isinstance(error, WrongProfile):
        return tuple(Problem(EXPORT_PERMANENT, fault.path, "error", fault.message) for fault in error.faults)
    code, message = _told_of(error)
    return (Problem(code, "", "error", message),)


def _told_of(error: BaseException) -> tuple[str, str]:
    """Return code and sentence of an error that carries one fault."""
    for kind, told in SENTENCES:
        if isinstance(error, kind):
            return told
    match error:
        case AppError():
            return error.code, str(error)
        case ExportError():
            return EXPORT_RETRYABLE if error.retryable else EXPORT_PERMANENT, str(error)
        case OSError():
            return MACHINE, _machine(error)
    return UNEXPECTED, _unexpected(error)


def _machine(error: OSError) -> str:
    what = error.strerror or type(error).__name__
    return f"{error.filename}: {what}" if error.filename else what


def _unexpected(error: BaseException) -> str:
    """Name the kind and the place in this program, never the message: it may hold a personal value."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if any(map(Path(frame.filename).is_relative_to, HOUSE))]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"a fault of the program itself: {type(error).__name__}{place}; please report this line"
