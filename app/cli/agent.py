"""`eld agent`: the simulated agent over the place where files are delivered, for rehearsals."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from types import FrameType
from typing import Any

import click

from app.cli.output import Text, json_option, note, pairs, show
from app.cli.program import CommandGroup
from app.cli.rehearsal import open_agent, rehearsal_options, told
from app.errors import Conflict
from emergency_export.agent import Agent, AgentError, ExchangeDownError, StepReport
from emergency_export.agent.codes import REASONS
from validators.numbers import national, read_number

NOTHING = asdict(StepReport())
EVERY_SECONDS = 5.0
MOVES = {"complete": Agent.complete_port, "warn": Agent.warn_port, "expire": Agent.expire_port}


@click.group(cls=CommandGroup)
def agent() -> None:
    """Run the simulated agent, for rehearsals.

    It answers where files are delivered (ELD_TRANSPORT), in the environment `test`: never let it work on the server
    of the real agent.
    """


@agent.command()
@rehearsal_options
@json_option(NOTHING)
def step(**options: Any) -> None:
    """Take in the files that lie in the outbox and answer into the inbox, once."""
    with told():
        report = asdict(open_agent(**options).step())
    show(report, lambda: _listing(report))


@agent.command()
@click.option("--every", type=click.FloatRange(min=0.1), default=EVERY_SECONDS, show_default=True, metavar="SECONDS")
@rehearsal_options
def serve(every: float, **options: Any) -> None:
    """Step again and again until stopped."""
    with told(), _until_stopped() as stopped:
        simulated = open_agent(**options)
        note("the simulated agent is at work; stop it with Ctrl-C or SIGTERM")
        while not stopped.is_set():
            try:
                _note_step(simulated.step())
            except ExchangeDownError as error:
                note(f"{error}; trying again in {every:g} seconds")
            stopped.wait(every)


@agent.command()
@json_option(NOTHING)
def calm() -> None:
    """End all faults: put every reply that is owed, or was lost, into the inbox, whole and once.

    Also takes in what lies in the outbox, and forgets what `refuse-file` asked for. An agent that serves goes on
    with its own faults until it is started again without them.
    """
    with told():
        simulated = open_agent()
        simulated.calm()
        report = asdict(simulated.step())
    show(report, lambda: _listing(report))


@agent.command("refuse-file")
@click.argument("reason", metavar="REASON", type=click.Choice(REASONS, case_sensitive=False))
@json_option({"reason": None})
def refuse_file(reason: str) -> None:
    """Refuse the next file that is right, for REASON; asked twice, the next two.

    REASON is one of BADNAME, BADHEADER, SEQGAP, SEQDUP, BADCOUNT, BADCHECKSUM, NONASCII, BADLENGTH, BADCUPID.
    """
    with told():
        open_agent().refuse_file(reason)
    show({"reason": reason}, lambda: [f"the next file that is right will be refused: {reason}"])


@agent.command()
@click.argument("move", type=click.Choice(list(MOVES)))
@click.argument("number")
@json_option({"number": None, "move": None})
def port(move: str, number: str) -> None:
    """Say at the next step what became of the open port of NUMBER.

    It is complete (0043), is warned of (the other half is missing, 0045 or 0047; asked again: ours is overdue, 0048
    or 0046), or has expired: an export's record is back (0049), an import's is removed (0050).
    """
    e164 = read_number(number)
    if e164 is None:
        raise click.BadParameter("not a telephone number, written as 01632 960501", param_hint="'NUMBER'")
    with told():
        simulated = open_agent()
        try:
            MOVES[move](simulated, national(e164))
        except AgentError as error:
            raise Conflict(f"the simulated agent: {error}") from error
    show({"number": national(e164), "move": move}, lambda: [f"{national(e164)}: {move}, told at the next step"])


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


def _note_step(report: StepReport) -> None:
    for name in report.files:
        note(f"took in {name}: {report.rejected} records refused")
    for name in report.lost:
        note(f"lost {name}")


def _listing(report: dict[str, Any]) -> Text:
    if not any(report.values()):
        return ["nothing to answer"]
    shown = [(name.replace("_", " "), value) for name, value in report.items() if value]
    return pairs((name, value if isinstance(value, int) else ", ".join(map(_word, value))) for name, value in shown)


def _word(value: object) -> str:
    """Write one name, or a name with what is said of it."""
    return f"{value[0]} ({value[1]})" if isinstance(value, tuple | list) else str(value)
