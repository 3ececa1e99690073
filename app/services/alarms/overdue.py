"""Overdue (F6): files without an FCO, records without a final answer. It raises an alarm and releases nothing."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, case, func, literal_column, select
from sqlalchemy.orm import aliased

from app.db.unit_of_work import Reading
from app.domain.alarms import AlarmKind
from app.domain.files import FileState
from app.domain.transactions import IN_FLIGHT
from app.models.exports import ExportFile, Transaction
from app.services.alarms.conditions import Condition, in_words
from app.services.exports.unanswered import files_without_fco, lay_since
from app.services.system import System

# The agent has the records since it said so, or since the file lay there where it did not.
_theirs_since = case(
    (ExportFile.state == FileState.FCO_ACCEPTED, func.coalesce(ExportFile.answered_at, ExportFile.delivered_at)),
    else_=lay_since,
)


def fco_overdue(system: System, look: Reading) -> Iterator[Condition]:
    """Yield what is so of files without an FCO."""
    for file in files_without_fco(system, look):
        since = file.resent_at or file.delivered_at or file.created_at
        before = f" It was answered {file.reason} before." if file.reason else ""
        says = (
            f"{file.file_name}: no FCO since {in_words(since, system.settings.timezone)}, for {file.record_count} "
            f"records.{before}"
        )
        todo = (
            ("Fetch what lies at the agent's", "eld replies collect"),
            ("Where they do not have it, send it again", f"eld export resend {file.file_name}"),
        )
        yield Condition(AlarmKind.FCO_OVERDUE, file.file_name, says, todo)


def final_overdue(system: System, look: Reading) -> Iterator[Condition]:
    """Yield what is so of files with records that got no final answer for ELD_FINAL_OVERDUE."""
    for file, since, missing in _files_without_finals(system, look):
        says = (
            f"{file.file_name}: {missing} of {file.record_count} records without a final answer since "
            f"{in_words(since, system.settings.timezone)}."
        )
        abandon = f"eld transactions abandon --file {file.file_name} --why TEXT"
        todo = (
            ("Fetch what lies at the agent's, and ask them", "eld replies collect"),
            ("End what nobody will answer (what the agent holds is then unknown)", abandon),
        )
        yield Condition(AlarmKind.FINAL_OVERDUE, file.file_name, says, todo)


def _files_without_finals(system: System, look: Reading) -> list[tuple[ExportFile, datetime, int]]:
    waiting = _waiting_files()
    missing = (
        select(func.count())
        .select_from(Transaction)
        .where(Transaction.file_id == ExportFile.id, in_flight(Transaction))
        .correlate(ExportFile)
        .scalar_subquery()
    )
    rows = look.session.execute(
        select(ExportFile, _theirs_since, missing)
        .select_from(ExportFile)
        .join(waiting, waiting.c.file_id == ExportFile.id)
        .where(
            ExportFile.state.in_((FileState.DELIVERED, FileState.FCO_ACCEPTED)),
            _theirs_since <= system.clock.now() - system.settings.final_overdue,
        )
        .order_by(ExportFile.file_sequence)
    )
    return [(file, since, count) for file, since, count in rows]


def _waiting_files() -> CTE:
    """The files of transactions in flight, found by steps from one to the next: a night of 200,000 is one step."""
    first = select(func.min(Transaction.file_id).label("file_id")).where(in_flight(Transaction))
    found = first.cte("waiting_files", recursive=True)
    following = aliased(Transaction)
    after = (
        select(func.min(following.file_id)).where(following.file_id > found.c.file_id, in_flight(following))
    ).scalar_subquery()
    return found.union_all(select(after).where(found.c.file_id.is_not(None)))


def in_flight(of: type[Transaction]) -> ColumnElement[bool]:
    """Return the condition as the partial indexes have it, word for word, so that SQLite knows it again."""
    return of.state.in_([literal_column(f"'{state}'") for state in IN_FLIGHT])
