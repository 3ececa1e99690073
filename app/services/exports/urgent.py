"""The urgent correction of a wrong-location call: at once, in a file of its own, linked to the incident (F3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from app.audit.events import Action
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.references import transaction_reference
from app.domain.transactions import IN_FLIGHT, WAITING
from app.errors import AppError, Conflict, Problem, Refused
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.services.access import authorise
from app.services.exports.candidates import NO_INCIDENT, urgent_incidents
from app.services.exports.night import LETTERS, ExportReport, OnStep, deliver_urgent
from app.services.locations.in_use import numbers_in_use
from app.services.locations.judgement import FOR_REVIEW, Judgement
from app.services.locations.registering import store_locations
from app.services.locations.typed import typed_locations
from app.services.system import System
from emergency_export.faults import ExportError
from validators.columns import COLUMNS
from validators.numbers import national

INCIDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,39}")
NOT_OURS = "This number is not in use here."


@dataclass(frozen=True)
class UrgentReport:
    """What became of an urgent correction: files that left with it, or the transaction in flight that it waits for.

    `judgement` is empty where nothing was changed, and what waited already was sent. `stopped` is what kept it from
    leaving: it is kept all the same, and goes with the next look once that is mended.
    """

    judgement: Judgement | None
    files: list[dict[str, Any]]
    waits_for: str | None
    stopped: AppError | ExportError | None = None


class Waiting(NamedTuple):
    """Something urgent that has not gone: `waits_for` is the reference of what is in flight for its number."""

    number_id: int
    number: str
    incident: str
    since: datetime
    waits_for: str | None


def correct_urgently(
    system: System, actor: Actor, number: str, changes: Mapping[str, str], incident: str
) -> UrgentReport:
    """Correct where a number is, that number alone, and send it at once; without `changes` send what waits for it.

    A number in flight is sent in the minute that ends. What a person must approve first is not sent: Conflict
    says so, and nothing is kept. Refused carries every finding. Once it is kept nothing is raised: see UrgentReport.
    """
    authorise(actor, Permission.RUN_EXPORT)
    _refuse_unknown(changes, incident)
    with system.database.unit_of_work() as work:
        found = numbers_in_use(system, work, actor, Permission.REGISTER_LOCATION, [number], NOT_OURS)[0]
        judgement = _correct(system, work, actor, found, changes) if changes else None
        _make_urgent(system, work, found, incident)
        # Whose reference it is nobody knows: it may be a caller's number, so it is a value and not in the chain.
        system.record(
            work,
            actor,
            Action.URGENT_CORRECTION,
            ("number", found.id),
            {"fields": sorted(changes)},
            values={"incident": incident},
            account_id=found.account_id,
        )
        work.commit()
    try:
        files = send_urgent(system, actor).files
    except (AppError, ExportError) as stopped:
        return UrgentReport(judgement, [], None, stopped)
    with system.database.reading() as look:
        waits_for = next((item.waits_for for item in waiting_urgent(look) if item.number_id == found.id), None)
    return UrgentReport(judgement, files, waits_for)


def send_urgent(system: System, actor: Actor, on_step: OnStep = lambda _: None) -> ExportReport:
    """Send whatever is urgent and due and has nothing in flight, a file for each incident; quick where nothing is.

    Neither the brake nor a held night stops it. It leaves in sequence: behind a file that has not left yet.
    """
    authorise(actor, Permission.RUN_EXPORT)
    with system.database.reading() as look:
        waits = urgent_incidents(look, system.today)
    return deliver_urgent(system, actor, on_step) if waits else ExportReport([], dict.fromkeys(LETTERS, 0), 0)


def waiting_urgent(look: Reading) -> list[Waiting]:
    """Return what is urgent and has not gone, the oldest first."""
    flying = aliased(Transaction)
    rows = look.session.execute(
        select(Transaction, Number.number, flying, ExportFile.cupid)
        .join(Number, Number.id == Transaction.number_id)
        .outerjoin(flying, (flying.number_id == Transaction.number_id) & flying.state.in_(IN_FLIGHT))
        .outerjoin(ExportFile, ExportFile.id == flying.file_id)
        .where(Transaction.incident != NO_INCIDENT, Transaction.incident > NO_INCIDENT)
        .where(Transaction.state.in_(WAITING))
        .order_by(Transaction.created_at, Transaction.id)
    )
    return [
        Waiting(
            urgent.number_id,
            national(number),
            urgent.incident,
            urgent.created_at,
            None if ahead is None else transaction_reference(cupid, ahead.child_cupid, ahead.id),
        )
        for urgent, number, ahead, cupid in rows
    ]


def _correct(system: System, work: UnitOfWork, actor: Actor, number: Number, changes: Mapping[str, str]) -> Judgement:
    typed = typed_locations(work, [number.id], system.today).get(number.id)
    if typed is None:
        raise Conflict("nothing was registered for this number yet: register its location, then make it urgent")
    mended = replace(typed, **{"effective_date": "", **changes})
    judgement = store_locations(system, work, actor, number.account_id, [mended], cause="urgent", again=True)[0]
    if judgement.standing == FOR_REVIEW:
        reasons = "; ".join(problem.message for problem in judgement.problems if problem.severity == "review")
        raise Conflict(
            f"a second person must look at this first, so it cannot go at once: {reasons} Register it, have the "
            "review approved, then make it urgent without changes"
        )
    return judgement


def _make_urgent(system: System, work: UnitOfWork, number: Number, incident: str) -> None:
    """Mark what waits of the number and is due; Conflict where nothing does. What is marked keeps its incident."""
    work.session.flush()
    due = (Transaction.number_id == number.id) & Transaction.state.in_(WAITING) & (Transaction.due_on <= system.today)
    if not work.session.scalar(select(exists().where(due))):
        raise Conflict("nothing waits to be sent for this number today: say what is to be corrected")
    work.session.execute(
        update(Transaction)
        .where(due, Transaction.incident == "")
        .values(incident=incident)
        .execution_options(synchronize_session=False)
    )


def _refuse_unknown(changes: Mapping[str, str], incident: str) -> None:
    problems = [
        Problem("U01", name, "error", f"There is no column {name} that could be set.")
        for name in changes
        if name not in COLUMNS or name == "number"
    ]
    if not INCIDENT.fullmatch(incident):
        message = "Name the incident: up to 40 letters, digits and _ . / - as in INC-2041."
        problems.append(Problem("H02", "incident", "error", message))
    if problems:
        raise Refused(problems)
