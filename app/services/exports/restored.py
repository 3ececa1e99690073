"""A restored backup is noticed: the journal, or what lies for the agent, is ahead of the database."""

from datetime import date, datetime
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


class Answer(NamedTuple):
    """What a person answered after a restore, as the journal has it: `at` tells one answer from another."""

    at: str
    txn_number: int
    names_on: str
    names_through: int


class Seen(NamedTuple):
    """What the journal has seen, first to last; `since` are the files that left after the last answer."""

    left: list[Left]
    since: list[Left]
    answers: list[Answer]


def read_journal(system: System) -> Seen:
    """Return what the journal has seen of files and of answers after a restore."""
    seen = Seen([], [], [])
    for facts in read_lines(system.journal, JOURNAL_FILE, RESUMED):
        if facts["kind"] == RESUMED:
            seen.answers.append(Answer(*(facts[name] for name in Answer._fields)))
            seen.since.clear()
        else:
            file = Left(*(facts[name] for name in Left._fields))
            seen.left.append(file)
            seen.since.append(file)
    return seen


def refuse_older_copy(system: System) -> None:
    """Raise CallAPerson for a database that is older than what was seen of it outside."""
    anchors, seen = read_anchors(system.journal), read_journal(system)
    furthest = max((anchor.seq for anchor in anchors), default=0)
    there = system.transport.sent_names()
    with system.database.reading() as look:
        if common_past(look, anchors) < furthest:
            raise CallAPerson(f"The journal has seen the trail up to entry {furthest}, which is not here. {OLDER}")
        if not _knows(look, seen.answers):
            raise CallAPerson(f"The export was resumed once, and this database does not know of it. {OLDER}")
        lost, foreign = _not_ours(look, seen.since), _not_numbered(system, look, there)
    if lost:
        raise CallAPerson(f"{lost} has left, and this database does not know it. {OLDER}")
    if foreign:
        raise CallAPerson(
            f"{foreign} lies for the agent and was never numbered here. If somebody else put it there, take it away. "
            f"If not: {OLDER}"
        )


def names_there(system: System, there: tuple[str, ...]) -> list[tuple[date, int, str]]:
    """Return day, nn and name of our files among those that lie for the agent, in that order."""
    named = ((system.profile.names[FileKind.DAT].parts(name), name) for name in there)
    ours = ((parts, name) for parts, name in named if parts is not None and parts.cupid == system.settings.cupid)
    return sorted((parts.day, parts.nn, name) for parts, name in ours)


def _knows(look: Reading, answers: list[Answer]) -> bool:
    """Say whether the last answer was given to this database, and not to one that was restored over it."""
    last = datetime.fromisoformat(answers[-1].at) if answers else None
    given = select(Resumption.id).where(Resumption.resumed_at == last)
    return last is None or look.session.scalar(given.limit(1)) is not None


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
