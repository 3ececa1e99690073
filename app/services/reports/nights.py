"""What each night carried, and how much of it the agent accepted."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.transactions import TransactionState
from app.models.exports import ExportFile, Transaction
from app.services.access import authorise
from app.services.system import System
from emergency_export.rows import CHANGES

NIGHTS_SHOWN = 30
S = TransactionState
ACCEPTED = (S.COMPLETED,)
REFUSED = (S.ERROR_FINAL, S.FCO_REJECTED)
ENDED = (S.ABANDONED,)


@dataclass
class Night:
    """The files of changes of one date: records by command, and by what became of them.

    `refused` are records that the agent refused, alone or with their file; `ended` those that a person gave up
    waiting for; `waiting` have no last answer yet.
    """

    day: date
    files: int = 0
    by_command: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    refused: int = 0
    ended: int = 0
    waiting: int = 0

    @property
    def records(self) -> int:
        """Return how many records the night carried."""
        return self.by_command.total()


def nights(system: System, actor: Actor, most: int = NIGHTS_SHOWN) -> list[Night]:
    """Return the last dates on which files of changes were made, the oldest first."""
    authorise(actor, Permission.SEE_REPORTS)
    with system.database.reading() as look:
        changes = ExportFile.kind == CHANGES
        days = look.session.scalars(
            select(ExportFile.created_on).where(changes).distinct().order_by(ExportFile.created_on.desc()).limit(most)
        ).all()
        found = {day: Night(day) for day in sorted(days)}
        if found:
            _fill(look, found)
        return list(found.values())


def _fill(look: Reading, found: dict[date, Night]) -> None:
    files = (ExportFile.kind == CHANGES) & (ExportFile.created_on >= min(found))
    counted = look.session.execute(
        select(ExportFile.created_on, func.count()).where(files).group_by(ExportFile.created_on)
    )
    for day, count in counted:
        found[day].files = count
    tally = look.session.execute(
        select(ExportFile.created_on, Transaction.command, Transaction.state, func.count())
        .join(Transaction, Transaction.file_id == ExportFile.id)
        .where(files)
        .group_by(ExportFile.created_on, Transaction.command, Transaction.state)
    )
    for day, command, state, count in tally:
        night = found[day]
        night.by_command[command or ""] += count
        if state in ACCEPTED:
            night.accepted += count
        elif state in REFUSED:
            night.refused += count
        elif state in ENDED:
            night.ended += count
        else:
            night.waiting += count
