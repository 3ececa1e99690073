"""`eld agent`: the simulated agent over the folder of the transport, for rehearsals."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import click

from app.cli.environment import read_settings
from app.cli.output import Text, json_option, note, pairs, show
from app.cli.program import CommandGroup
from app.errors import Misconfigured
from app.settings import Settings
from emergency_export.agent import Agent, AgentError, StepReport

NOTHING = asdict(StepReport())
EVERY_SECONDS = 5.0


@click.group(cls=CommandGroup)
def agent() -> None:
    """Run the simulated agent, for rehearsals."""


@agent.command()
@click.option("--refuse-postcode", "refused", multiple=True, metavar="PC", help="Answer 0101 for this postcode.")
@json_option(NOTHING)
def step(refused: tuple[str, ...]) -> None:
    """Take in the files that lie in the outbox and answer into the inbox, once."""
    with _told():
        report = asdict(_agent(read_settings(), refused).step())
    show(report, lambda: _listing(report))


@agent.command()
@click.option("--every", type=click.FloatRange(min=0.1), default=EVERY_SECONDS, show_default=True, metavar="SECONDS")
@click.option("--refuse-postcode", "refused", multiple=True, metavar="PC", help="Answer 0101 for this postcode.")
def serve(every: float, refused: tuple[str, ...]) -> None:
    """Step again and again until stopped."""
    with _told(), _until_stopped() as stopped:
        simulated = _agent(read_settings(), refused)
        note("the simulated agent is at work; stop it with Ctrl-C or SIGTERM")
        while not stopped.is_set():
            report = simulated.step()
            for name in report.files:
                note(f"took in {name}: {report.rejected} records refused")
            stopped.wait(every)


def _agent(settings: Settings, refused: tuple[str, ...]) -> Agent:
    """Return the agent; its database is its own, and a live file is never answered by a rehearsal."""
    scheme, _, place = settings.transport.partition(":")
    if scheme != "folder":
        raise Misconfigured("ELD_TRANSPORT: the simulated agent works over folder:PATH")
    if settings.environment != "test":
        raise Misconfigured("ELD_ENVIRONMENT: the simulated agent answers in test alone")
    return Agent(
        settings.data_dir / "agent.db",
        Path(place),
        settings.cupid,
        "T",
        profile=settings.profile,
        refuse_postcodes=frozenset(refused),
    )


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except AgentError as error:
        raise Misconfigured(f"the simulated agent: {error}") from error


@contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set, so that a step under way comes to its end."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listing(report: dict[str, Any]) -> Text:
    if not any(report.values()):
        return ["nothing to answer"]
    shown = [(name.replace("_", " "), value) for name, value in report.items() if value]
    return pairs((name, value if isinstance(value, int) else ", ".join(map(str, value))) for name, value in shown)
