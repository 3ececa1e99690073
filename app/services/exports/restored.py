"""A restored backup is noticed: the journal, or what lies for the agent, is ahead of the database."""

from sqlalchemy import select

from app.audit.anchors import read_anchors
from app.errors import CallAPerson
from app.models.audit import AuditHead
from app.services.system import System


def refuse_older_copy(system: System) -> None:
    """Raise CallAPerson for a database that is older than what was seen of it outside."""
    seen = max((anchor.seq for anchor in read_anchors(system.journal)), default=0)
    with system.database.reading() as look:
        head = look.session.scalars(select(AuditHead.seq).where(AuditHead.id == 1)).one()
    if head < seen:
        raise CallAPerson(
            f"the export journal has seen the trail as far as entry {seen}, this database ends at {head}: "
            "it is an older copy, and its next file would reuse a number. Nothing leaves; ask the agent which "
            "file it took last"
        )
