"""A restored backup is noticed: the journal, or what lies for the agent, is ahead of the database."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from app.audit.anchors import RESUMED, common_past, read_anchors
from app.audit.journal import read_lines
from app.db.unit_of_work import Reading
from app.errors import CallAPerson
from app.models.exports import ExportFile, Resumption
from app.services.exports.ledger import JOURNAL_FILE
from app.services.system import System
from emergency_export.profiles import FileKind

# The newest lines tell: a copy that lacks an older file lacks the newest too.
NEWEST = 100
OLDER = (
    "This database is an older copy, and its next file would use a number twice. Nothing leaves. Ask the agent which "
    "file it took last, and up to which transaction, then `eld export resume --sequence N --txn-ref N --as EMAIL`"
)


class Left(NamedTuple):
    """A file that may have left, as the journal has it."""

    file_name: str
    file_sequence: int
    sha256: str
    txn_number: int


def refuse_older_copy(system: System) -> None:
    """Raise CallAPerson for a database that is older than what was seen of it outside."""
    anchors = read_anchors(system.journal)
    seen = max((anchor.seq for anchor in anchors), default=0)
    there = system.transport.sent_names()
    with system.database.reading() as look:
        if common_past(look, anchors) < seen:
            raise CallAPerson(
                f"The export journal has seen the trail up to entry {seen}, which is not here. {OLDER}"
            )
        lost, foreign = _not_ours(look, files_that_left(system)), _not_numbered(system, look, there)
    if lost:
        raise CallAPerson(f"{lost} has left, and this database does not know it. {OLDER}")
    if foreign:
        raise CallAPerson(
            f"{foreign} lies for the agent and was never numbered here. If somebody else put it there, take it away. "
            f"If not: {OLDER}"
        )


def files_that_left(system: System) -> list[Left]:
    """Return the files that the journal has seen leave since a person last resumed, first to last."""
    found: list[Left] = []
    for facts in read_lines(system.journal, JOURNAL_FILE, RESUMED):
        if facts["kind"] == RESUMED:
            found = []
        else:
            found.append(Left(*(facts[name] for name in Left._fields)))
    return found


def names_there(system: System, there: tuple[str, ...]) -> list[tuple[date, int, str]]:
    """Return day, nn and name of our files among those that lie for the agent, in that order."""
    named = ((system.profile.names[FileKind.DAT].parts(name), name) for name in there)
    ours = ((parts, name) for parts, name in named if parts is not None and parts.cupid == system.settings.cupid)
    return sorted((parts.day, parts.nn, name) for parts, name in ours)


def _not_ours(look: Reading, left: list[Left]) -> str:
    """Return the name of a file that left and that the database does not have, with that content."""
    newest = left[-NEWEST:]
    rows = look.session.execute(
        select(ExportFile.file_name, ExportFile.sha256).where(
            ExportFile.file_name.in_([file.file_name for file in newest])
        )
    )
    known = {(row.file_name, row.sha256) for row in rows}
    return next((file.file_name for file in reversed(newest) if (file.file_name, file.sha256) not in known), "")


def _not_numbered(system: System, look: Reading, there: tuple[str, ...]) -> str:
    """Return the name of a file that lies for the agent under a name of ours and was never numbered here."""
    last = look.session.scalars(select(Resumption).order_by(Resumption.id.desc()).limit(1)).one_or_none()
    accounted = (date.min, 0) if last is None else (last.names_on, last.names_through)
    newest = [name for day, nn, name in names_there(system, there) if (day, nn) > accounted][-NEWEST:]
    known = set(look.session.scalars(select(ExportFile.file_name).where(ExportFile.file_name.in_(newest))))
    return next((name for name in reversed(newest) if name not in known), "")
