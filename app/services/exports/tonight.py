"""Tonight: what goes out, what waits for the agent, what is overdue, and what holds it all up."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.cases import CaseState
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationState
from app.domain.transactions import IN_FLIGHT, WAITING
from app.models.exports import ExportFile, NightRun, Transaction
from app.models.records import Registration
from app.models.replies import Case
from app.services.access import authorise
from app.services.exports.candidates import NO_INCIDENT, read_candidates
from app.services.exports.decisions import decide
from app.services.exports.files import file_facts
from app.services.exports.night_clock import due_night, night_moment
from app.services.exports.unanswered import files_without_fco
from app.services.system import System

WORKED_OUT_AT_MOST = 5_000


def tonight(system: System, actor: Actor) -> dict[str, Any]:
    """Return the night as it stands; commands are worked out for the first 5,000 that are due, and said to be so."""
    authorise(actor, Permission.SEE_FILES)
    with system.database.reading() as look:
        waiting = Transaction.state.in_(WAITING)
        last = look.session.scalars(select(NightRun).order_by(NightRun.run_date.desc()).limit(1)).one_or_none()
        newest = look.session.scalars(
            select(ExportFile).order_by(ExportFile.file_sequence.desc()).limit(1)
        ).one_or_none()
        return {
            "due": _count(look, waiting & (Transaction.due_on <= system.today)),
            "due_by_command": _by_command(system, look),
            "worked_out_at_most": WORKED_OUT_AT_MOST,
            "on_hold": _count(look, waiting & (Transaction.due_on > system.today)),
            "waiting_for_agent": _count(look, Transaction.state.in_(IN_FLIGHT)),
            "in_review": look.session.scalar(
                select(func.count()).where(Registration.state == RegistrationState.REVIEW)
            ),
            "open_cases": look.session.scalar(select(func.count()).where(Case.state == CaseState.OPEN)),
            "holding": [
                file_facts(system, file) for file in look.session.scalars(select(ExportFile).where(ExportFile.holds))
            ],
            "overdue": [file_facts(system, file) for file in files_without_fco(system, look)],
            "last_file": None if newest is None else file_facts(system, newest),
            "last_run": None
            if last is None
            else {
                "run_date": last.run_date.isoformat(),
                "started_at": last.started_at.isoformat(),
                "finished_at": last.finished_at and last.finished_at.isoformat(),
                "late": last.late,
                "summary": last.summary,
            },
            "next_run_at": next_run_at(system, look).isoformat(),
        }


def changes_folded(system: System, actor: Actor) -> int:
    """Return how many due changes fold into another one of their number, of those that nothing is in flight with."""
    authorise(actor, Permission.SEE_FILES)
    flying, urgent = aliased(Transaction), aliased(Transaction)
    of_number = flying.number_id == Transaction.number_id
    held_up = exists().where(of_number, flying.state.in_(IN_FLIGHT))
    apart = exists().where(
        urgent.number_id == Transaction.number_id, urgent.state.in_(WAITING), urgent.incident != NO_INCIDENT
    )
    due = Transaction.state.in_(WAITING) & (Transaction.due_on <= system.today) & ~held_up & ~apart
    with system.database.reading() as look:
        folded = select(func.count() - func.count(Transaction.number_id.distinct())).select_from(Transaction).where(due)
        return look.session.scalar(folded) or 0


def next_night(system: System) -> datetime:
    """Return when the scheduler next runs a night, for whoever asks this alone; past where a night is overdue."""
    with system.database.reading() as look:
        return next_run_at(system, look)


def next_run_at(system: System, look: Reading) -> datetime:
    """Return when the scheduler next runs a night, by the provider's clock; past where one is due and not finished."""
    due = due_night(system, look)
    night = system.today if due is None else due.night
    if due is None and night_moment(system.settings, night) <= system.clock.now():
        night += timedelta(days=1)
    return night_moment(system.settings, night).astimezone(system.settings.timezone)


def _count(look: Reading, condition: Any) -> int:
    return look.session.scalar(select(func.count()).select_from(Transaction).where(condition)) or 0


def _by_command(system: System, look: Reading) -> dict[str, int]:
    counts: dict[str, int] = {}
    for place, candidate in enumerate(read_candidates(look, system.today)):
        if place >= WORKED_OUT_AT_MOST:
            break
        row = decide(candidate, system.today, system.settings.cupid).row
        if row is not None:
            counts[row.command] = counts.get(row.command, 0) + 1
    return counts
