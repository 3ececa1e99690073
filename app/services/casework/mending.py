"""A rejected record mended in place: it goes out again with the command that the agent's state needs."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseStep
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind
from app.errors import Conflict, NotFound, Problem, Refused
from app.models.numbers import Number
from app.models.replies import Case
from app.services.access import authorise
from app.services.cases.history import add_step
from app.services.cases.opening import resend_case
from app.services.casework.working import locked_case, refuse_closed
from app.services.locations.ceasing import end_of_use_again
from app.services.locations.judgement import FOR_REVIEW, Judgement
from app.services.locations.registering import ADDRESS_FIELDS, sharing_locations, store_locations
from app.services.locations.typed import typed_locations
from app.services.system import System
from app.services.wanted import wanted_registration
from validators.columns import COLUMNS, Location

WAITS_FOR_REVIEW = "It goes out when another person has approved it."


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
        number = _locked_number(system, work, case_id)
        case = locked_case(work, case_id)
        refuse_closed(system, work, case)
        said = wanted_registration(work, number.id, system.today)
        judgement = None
        if said is not None and said.kind is not RegistrationKind.RECORD:
            _refuse_more_than_date(changes)
            end_of_use_again(system, work, actor, number, said, changes.get("effective_date", ""))
        else:
            judgement = _correct(system, work, actor, number, changes, whole_address=whole_address)
        detail = {"fields": sorted(changes), "txn_ref": str(case.transaction_id or ""), "whole_address": whole_address}
        system.record(work, actor, Action.CASE_FIXED, ("case", case.id), detail)
        work.session.refresh(case)  # what was stored has resent it, behind the session's back
        if judgement is None or judgement.standing != FOR_REVIEW:
            resend_case(system, work, actor, case)
        else:  # what is in review goes out, and the case with it, when it is approved
            add_step(system, work, actor, [case.id], CaseStep.MENDED, WAITS_FOR_REVIEW)
        work.commit()
    return judgement


def _locked_number(system: System, work: UnitOfWork, case_id: int) -> Number:
    """Return the number of a case, locked before the case, as everybody who says something of it does."""
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFound(f"there is no case {case_id}")
    refuse_closed(system, work, case)
    if case.number_id is None:
        raise Conflict("this case is about a file, not about a record: it closes with a reason")
    return work.session.scalars(select(Number).where(Number.id == case.number_id).with_for_update(key_share=True)).one()


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
