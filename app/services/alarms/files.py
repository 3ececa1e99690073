"""Files that stop those behind them, or pile up: refused for what would come again, numbered and not gone, left."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from app.db.unit_of_work import Reading
from app.domain.alarms import AlarmKind
from app.domain.files import FileState
from app.models.exports import ExportFile
from app.services.alarms.conditions import Condition, in_words
from app.services.system import System

STUCK_AFTER = timedelta(minutes=15)


def files_refused(system: System, look: Reading) -> Iterator[Condition]:
    """Yield the files whose refusal waits for a person."""
    refused = ExportFile.state.in_((FileState.FCO_REJECTED, FileState.DELIVERED))
    answered = ExportFile.holds | ((ExportFile.state == FileState.DELIVERED) & (ExportFile.reason == "SEQDUP"))
    for file in look.session.scalars(select(ExportFile).where(refused, answered).order_by(ExportFile.file_sequence)):
        yield _refused(system, file) if file.holds else _numbered_twice(file)


def _refused(system: System, file: ExportFile) -> Condition:
    name = file.file_name
    when = "" if file.answered_at is None else f" at {in_words(file.answered_at, system.settings.timezone)}"
    says = (
        f"{name}: refused by the agent ({file.reason}){when}. The next file would be refused for the same reason, "
        "so nothing leaves."
    )
    mend = ("Mend the cause, then", f"eld export release {name} --as EMAIL")
    return Condition(AlarmKind.FILE_REFUSED, name, says, (mend,))


def _numbered_twice(file: ExportFile) -> Condition:
    name = file.file_name
    says = f"{name}: the agent says that it has this number already (SEQDUP). Ask them what they hold."
    todo = (
        ("Where it is this file", f"eld export release {name} --as-accepted --as EMAIL"),
        ("Where it is not", f"eld transactions abandon --file {name} --why TEXT"),
    )
    return Condition(AlarmKind.FILE_REFUSED, name, says, todo)


def files_stuck(system: System, look: Reading) -> Iterator[Condition]:
    """Yield the files that have a number for more than 15 minutes and have not left."""
    for file in look.session.scalars(
        select(ExportFile)
        .where(ExportFile.state == FileState.EXTRACTED, ExportFile.created_at < system.clock.now() - STUCK_AFTER)
        .order_by(ExportFile.file_sequence)
    ):
        says = (
            f"{file.file_name}: has its number since {in_words(file.created_at, system.settings.timezone)} and has "
            "not left. Files leave in sequence, so those behind it wait too."
        )
        todo = (("Try it, and read what stands in its way", "eld export run"),)
        yield Condition(AlarmKind.FILE_STUCK, file.file_name, says, todo)


def replies_left(system: System, _look: Reading) -> Iterator[Condition]:
    """Yield that replies were collected which the agent's server does not let us take away."""
    left = len(system.transport.left_behind())
    if left:
        says = (
            f"{left} replies that were collected still lie at the agent's: its server does not let us take them away. "
            "They are not applied twice. Ask the agent for the right to remove them."
        )
        yield Condition(AlarmKind.REPLIES_LEFT, "inbox", says)
