"""Logs as data, one JSON line each on standard error: events and ids, never a number, a name or an address."""

import logging
import sys
from collections.abc import MutableMapping
from pathlib import PurePath
from traceback import walk_tb
from typing import Any

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name

FRAMES = "frames"
MOST_FRAMES = 30
FIRST = ("time", "level", "logger", "event")


def frames_of(error: BaseException) -> list[str]:
    """Return where a fault came from, outermost first, as file:line:function; no message and no value of a variable."""
    found = []
    for frame, line in walk_tb(error.__traceback__):
        code, path = frame.f_code, PurePath(frame.f_code.co_filename)
        inside = str(frame.f_globals.get("__name__", "")).count(".") + 1 + (path.name == "__init__.py")
        found.append(f"{'/'.join(path.parts[-inside:])}:{line}:{code.co_name}")
    return found[-MOST_FRAMES:]


def _without_messages(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tell of an error that a library logs its type and frames: its message may quote what a person typed."""
    event.pop("stack_info", None)
    raised = event.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event.update({"error": type(error).__name__, FRAMES: frames_of(error)})
    return event


def _in_order(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: event.pop(name) for name in FIRST} | dict(event)


_stamped: list[structlog.typing.Processor] = [
    add_log_level,
    add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]
PROCESSORS: list[structlog.typing.Processor] = [*_stamped, ProcessorFormatter.wrap_for_formatter]


def line_formatter() -> logging.Formatter:
    """Return what makes one JSON line of an event, whether structlog or the standard library was told of it."""
    return ProcessorFormatter(
        foreign_pre_chain=[*_stamped, ExtraAdder([FRAMES])],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            _without_messages,
            _in_order,
            structlog.processors.JSONRenderer(),
        ],
    )


def write_logs() -> None:
    """Send the application's events, and what the libraries warn of, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(line_formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("app").setLevel(logging.INFO)
    # Its lines of requests hold addresses, and with them links that are good once.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = logging.getLogger("gunicorn.error")  # of a worker; what its arbiter says has gunicorn's own form
    if server.handlers:
        server.handlers.clear()
        server.propagate = True
    structlog.configure(
        processors=PROCESSORS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
