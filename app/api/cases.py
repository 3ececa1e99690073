"""Staff: the rejected records, worked by a program as its person would."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from app.api.cursors import cursor_of, place_of
from app.api.desk import the_actor, the_system
from app.api.examples_more import CASE, FIX
from app.api.judgements import judgement_json
from app.api.rooms import ID, JSON, ApiRoom
from app.api.shapes_in import CasesPageIn, CloseIn, FixIn, GiveIn, NoteIn
from app.api.shapes_staff import CasesOut, FixedOut, StaffCaseOut, WholeCaseOut
from app.services.casework.listing import Queue
from app.services.casework.mending import fix_case
from app.services.casework.showing import show_case
from app.services.casework.slices import slice_cases
from app.services.casework.working import close_case, give_back_case, give_case, note_case, take_case
from app.services.staff_keys import StaffScope

room = ApiRoom("cases_api", description="Staff: rejected records")
LIST = "cases"
ONE = f"/cases/<{ID}:case_id>"


def work(rule: str, kinds: tuple[str, ...] = (JSON,)) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view that does something with a case."""
    return room.call(f"{ONE}/{rule}", scope=StaffScope.CASES_WRITE, kinds=kinds, statuses=(404, 409), once=True)


@room.call("/cases", scope=StaffScope.CASES_READ, method="GET", statuses=(422,))
@room.arguments(CasesPageIn, location="query")
@room.response(200, CasesOut, example={"items": [CASE], "next": None})
def list_cases(asked: dict[str, Any]) -> dict[str, Any]:
    """List the cases of a queue in the order in which they were opened."""
    after = place_of(LIST, asked["cursor"]) or 0
    found = slice_cases(the_system(), the_actor(), Queue(asked["queue"]), after, asked["limit"])
    return {"items": found.cases, "next": cursor_of(LIST, found.after)}


@room.call(ONE, scope=StaffScope.CASES_READ, method="GET", statuses=(404,))
@room.response(200, WholeCaseOut)
def show(case_id: int) -> dict[str, Any]:
    """Show a case with what was sent, what was typed, who shares the address, and its history."""
    shown = show_case(the_system(), the_actor(), case_id)
    return shown | {"typed": None if shown["typed"] is None else asdict(shown["typed"])}


@work("notes")
@room.arguments(NoteIn, example={"text": "The customer calls back on Monday."})
@room.response(200, StaffCaseOut, example=CASE)
def note(body: dict[str, str], case_id: int) -> dict[str, Any]:
    """Write a note on a case."""
    note_case(the_system(), the_actor(), case_id, body["text"])
    return _now(case_id)


@work("take", kinds=())
@room.response(200, StaffCaseOut, example=CASE)
def take(case_id: int) -> dict[str, Any]:
    """Make the key's person the owner of a case."""
    take_case(the_system(), the_actor(), case_id)
    return _now(case_id)


@work("give")
@room.arguments(GiveIn, example={"owner": "sam@operations.example"})
@room.response(200, StaffCaseOut, example=CASE)
def give(body: dict[str, str], case_id: int) -> dict[str, Any]:
    """Make another member of staff the owner of a case."""
    give_case(the_system(), the_actor(), case_id, body["owner"])
    return _now(case_id)


@work("give-back", kinds=())
@room.response(200, StaffCaseOut, example=CASE | {"owner": ""})
def give_back(case_id: int) -> dict[str, Any]:
    """Leave a case to whoever takes it next."""
    give_back_case(the_system(), the_actor(), case_id)
    return _now(case_id)


@work("fix")
@room.arguments(FixIn, example=FIX)
@room.response(200, FixedOut)
def fix(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Correct a rejected record: it goes out again, or waits until another person has approved it.

    The number alone is changed, taken off a shared address; with `whole_address` all of its numbers move.
    """
    judged = fix_case(the_system(), the_actor(), case_id, body["fields_"], whole_address=body["whole_address"])
    return {"case": _now(case_id), "judgement": None if judged is None else judgement_json(judged)}


@work("close")
@room.arguments(CloseIn, example={"why": "The number was ceased meanwhile."})
@room.response(200, StaffCaseOut, example=CASE | {"state": "closed"})
def close(body: dict[str, str], case_id: int) -> dict[str, Any]:
    """Close a case that no accepted record will close; the reason is kept."""
    close_case(the_system(), the_actor(), case_id, body["why"])
    return _now(case_id)


def _now(case_id: int) -> dict[str, Any]:
    shown: dict[str, Any] = show_case(the_system(), the_actor(), case_id)["case"]
    return shown
