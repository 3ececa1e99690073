"""Working the rejects queue (F7): list, look, take, fix in place, close with a reason."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseState
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind
from app.errors import Conflict, NotFound, Problem, Refused
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import RecordValues
from app.models.replies import Case, Reply
from app.services.access import authorise, note_reading
from app.services.cases.json import case_json
from app.services.cases.opening import end_case
from app.services.locations.ceasing import end_of_use_again
from app.services.locations.judgement import FOR_REVIEW, Judgement
from app.services.locations.registering import ADDRESS_FIELDS, sharing_locations, store_locations
from app.services.locations.typed import typed_locations
from app.services.record_json import record_json
from app.services.system import System
from app.services.wanted import wanted_registration
from validators.columns import COLUMNS, Location


def list_cases(system: System, actor: Actor, *, closed: bool = False) -> list[dict[str, Any]]:
    """Return the cases, the most urgent first; those that are closed too where asked for."""
    authorise(actor, Permission.WORK_CASES)
    query = select(Case).order_by(Case.due_at, Case.id)
    if not closed:
        query = query.where(Case.state != CaseState.CLOSED)
    with system.database.reading() as look:
        return [case_json(system, look, found) for found in look.session.scalars(query)]


def show_case(system: System, actor: Actor, case_id: int) -> dict[str, Any]:
    """Return a case with what was sent, what was typed, who shares the address, and what the agent answered."""
    authorise(actor, Permission.WORK_CASES)
    with system.database.reading() as look:
        case = _case(look, case_id)
        typed, sent, shared, answers = None, None, [], []
        if case.number_id is not None:
            number = look.session.get_one(Number, case.number_id)
            typed = typed_locations(look, [number.id], system.today).get(number.id)
            shared = [item.number for item in sharing_locations(system, look, number)]
            sent = _sent(look, number, case)
            answers = list(
                look.session.scalars(
                    select(Reply)
                    .join(Transaction, Transaction.id == Reply.transaction_id)
                    .where(Transaction.number_id == number.id)
                    .order_by(Reply.id.desc())
                )
            )
        shown = {
            "case": case_json(system, look, case),
            "sent": sent,
            "field_at_fault": case.field,
            "typed": typed,
            "shared_with": [item for item in shared if typed is None or item != typed.number],
            "history": [
                {"at": reply.at.isoformat(), "code": reply.code, "text": reply.text, "txn_ref": reply.txn_ref}
                for reply in answers
            ],
        }
    note_reading(system, actor, "case", ("case", case_id))
    return shown


def _sent(look: Reading, number: Number, case: Case) -> dict[str, str] | None:
    transaction = None if case.transaction_id is None else look.session.get(Transaction, case.transaction_id)
    if transaction is None or transaction.values_id is None:
        return None
    values = look.session.get_one(RecordValues, transaction.values_id)
    return record_json(number.number, values, transaction.effective_date)


def take_case(system: System, actor: Actor, case_id: int) -> None:
    """Make the actor the case's owner."""
    authorise(actor, Permission.WORK_CASES)
    with system.database.unit_of_work() as work:
        case = _case(work, case_id)
        _refuse_closed(case)
        case.owner = actor.name
        system.record(work, actor, Action.CASE_ASSIGNED, ("case", case.id), {"owner_id": actor.user_id})
        work.commit()


def close_case(system: System, actor: Actor, case_id: int, why: str) -> None:
    """Close a case that no accepted record will close; the reason is kept."""
    authorise(actor, Permission.WORK_CASES)
    if not why.strip():
        raise Refused([Problem("K02", "why", "error", "Say why the case is closed: the reason is kept.")])
    with system.database.unit_of_work() as work:
        case = _case(work, case_id)
        _refuse_closed(case)
        end_case(system, work, actor, case, why.strip(), how="reason")
        work.commit()


def fix_case(
    system: System, actor: Actor, case_id: int, changes: Mapping[str, str], *, whole_address: bool = False
) -> Judgement | None:
    """Correct a rejected record in place: it goes out again with the command that the agent's state needs.

    The number alone is changed, taken off a shared address; with `whole_address` all of its numbers move.
    `changes` are CSV columns. Refused, with all findings, where the rules refuse the result. A case about the
    end of a record has no location: only its effective date can be changed, and None is returned.
    """
    authorise(actor, Permission.WORK_CASES)
    _refuse_unknown(changes)
    with system.database.unit_of_work() as work:
        case = _case(work, case_id)
        _refuse_closed(case)
        if case.number_id is None:
            raise Conflict("this case is about a file, not about a record: it closes with a reason")
        number = work.session.get_one(Number, case.number_id)
        said = wanted_registration(work, number.id, system.today)
        judgement = None
        if said is not None and said.kind is not RegistrationKind.RECORD:
            _refuse_more_than_date(changes)
            end_of_use_again(system, work, actor, number, said, changes.get("effective_date", ""))
        else:
            judgement = _correct(system, work, actor, number, changes, whole_address=whole_address)
        detail = {"fields": sorted(changes), "txn_ref": str(case.transaction_id or ""), "whole_address": whole_address}
        system.record(work, actor, Action.CASE_FIXED, ("case", case.id), detail)
        if judgement is None or judgement.standing != FOR_REVIEW:
            case.state = CaseState.RESENT  # what is in review goes out, and the case with it, when it is approved
        work.commit()
    return judgement


def _correct(
    system: System,
    work: UnitOfWork,
    actor: Actor,
    number: Number,
    changes: Mapping[str, str],
    *,
    whole_address: bool,
) -> Judgement:
    typed = typed_locations(work, [number.id], system.today).get(number.id)
    if typed is None:
        raise Conflict("nothing was registered for this number yet: register its location instead")
    mended = replace(typed, **changes)
    locations: list[Location] = [mended]
    if whole_address:
        of_address = {name: value for name, value in changes.items() if name in ADDRESS_FIELDS}
        others = [item for item in sharing_locations(system, work, number) if item.number != typed.number]
        locations += [replace(item, **of_address) for item in others]
    # Unchanged text may go again: the agent may have refused it for what has passed, or for its date alone.
    return store_locations(system, work, actor, number.account_id, locations, cause="fix", again=True)[0]


def _case(look: Reading, case_id: int) -> Case:
    case = look.session.get(Case, case_id)
    if case is None:
        raise NotFound(f"there is no case {case_id}")
    return case


def _refuse_closed(case: Case) -> None:
    if case.state is CaseState.CLOSED:
        raise Conflict(f"case {case.id} is closed: {case.closed_why}")


def _refuse_unknown(changes: Mapping[str, str]) -> None:
    allowed = [name for name in COLUMNS if name != "number"]
    problems = [
        Problem("U01", name, "error", f"There is no column {name} that could be set. Known: {', '.join(allowed)}.")
        for name in changes
        if name not in allowed
    ]
    if not changes:
        problems = [Problem("K01", "", "error", "Nothing is changed: say which field gets which value.")]
    if problems:
        raise Refused(problems)


def _refuse_more_than_date(changes: Mapping[str, str]) -> None:
    wrong = [name for name in changes if name != "effective_date"]
    if wrong:
        message = "This case is about the end of a record: only effective_date can be changed."
        raise Refused([Problem("K03", name, "error", message) for name in wrong])
