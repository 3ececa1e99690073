"""Files that the agent has said nothing of."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.db.unit_of_work import Reading
from app.domain.files import SEQDUP, FileState
from app.models.exports import ExportFile
from app.services.system import System

# A file that was put there again is waited for from then on.
lay_since = func.coalesce(ExportFile.resent_at, ExportFile.delivered_at)


def files_without_fco(system: System, look: Reading) -> Sequence[ExportFile]:
    """Return the files that nothing was heard of for ELD_FCO_OVERDUE; SEQDUP was heard, and waits for a person."""
    return look.session.scalars(
        select(ExportFile)
        .where(
            ExportFile.state == FileState.DELIVERED,
            ExportFile.reason != SEQDUP,
            lay_since <= system.clock.now() - system.settings.fco_overdue,
        )
        .order_by(ExportFile.file_sequence)
    ).all()
