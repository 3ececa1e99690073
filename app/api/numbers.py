"""The numbers of an account: listed, searched, shown, barred; each has an id, and no address here holds a number."""

from typing import Any

from flask import Response

from app.api.cursors import cursor_of, place_of
from app.api.desk import the_account, the_actor, the_system
from app.api.examples_more import BAR, NUMBERS, NUMBERS_SEARCH, PLANNED
from app.api.rooms import ID, ApiRoom
from app.api.shapes_in import NumbersIn, NumbersPageIn, NumbersSearchIn
from app.api.shapes_lists import CancelledOut, NumberOut, NumbersOut, PlannedListOut
from app.api.shapes_out import BarredOut, RecordOut, UnbarredOut
from app.api.versions import version_of, with_version
from app.domain.statuses import Status
from app.services.api_keys import Scope
from app.services.barring import bar_numbers, unbar_numbers
from app.services.locations.cancelling import cancel_change, number_id_of_change
from app.services.locations.planned import planned_of
from app.services.number_pages import slice_numbers
from app.services.overview import NumberLine, number_line
from app.services.records import show_record_of

room = ApiRoom("numbers_api", description="The numbers of the account, and what is planned for them")
LIST = "numbers"


@room.call("/numbers", scope=Scope.READ, method="GET", statuses=(422,))
@room.arguments(NumbersPageIn, location="query")
@room.response(200, NumbersOut, example=NUMBERS)
def list_numbers(asked: dict[str, Any]) -> dict[str, Any]:
    """List the account's numbers in the order of their ids.

    Numbers that come meanwhile stand at the end: no page that was seen changes its place.
    """
    return _page(asked)


@room.call("/numbers/search", scope=Scope.READ)
@room.arguments(NumbersSearchIn, example=NUMBERS_SEARCH)
@room.response(200, NumbersOut, example=NUMBERS)
def search_numbers(asked: dict[str, Any]) -> dict[str, Any]:
    """Search the account's numbers by a part of a number, of a name or of a postcode."""
    return _page(asked)


@room.call(f"/numbers/<{ID}:number_id>", scope=Scope.READ, method="GET", statuses=(304, 404), versioned=True)
@room.response(200, NumberOut, example=NUMBERS["items"][0])
def show_number(number_id: int) -> Response:
    """Show one number and where its record stands."""
    shown = number_json(number_line(the_system(), the_actor(), number_id))
    return with_version(shown, version_of(shown))


@room.call(f"/numbers/<{ID}:number_id>/record", scope=Scope.READ, method="GET", statuses=(404,))
@room.response(200, RecordOut)
def show_record(number_id: int) -> dict[str, Any]:
    """Show all that is held of one number: what is wanted, what the agent holds, what was sent and answered."""
    return show_record_of(the_system(), the_actor(), number_id)


@room.call(f"/numbers/<{ID}:number_id>/changes", scope=Scope.READ, method="GET", statuses=(404,))
@room.response(200, PlannedListOut, example=PLANNED)
def list_changes(number_id: int) -> dict[str, Any]:
    """List what was said of a number and has not gone out, the first due first."""
    return {"items": [change.as_dict() for change in planned_of(the_system(), the_actor(), number_id)]}


@room.call(f"/changes/<{ID}:change_id>/cancel", scope=Scope.WRITE, kinds=(), statuses=(404, 409), once=True)
@room.response(200, CancelledOut, example={"cancelled": 12, "number_id": 1})
def cancel(change_id: int) -> dict[str, int]:
    """Take back what has not gone out: what was said before holds again."""
    number_id = number_id_of_change(the_system(), the_actor(), change_id)
    cancel_change(the_system(), the_actor(), change_id)
    return {"cancelled": change_id, "number_id": number_id}


@room.call("/numbers/bar", scope=Scope.WRITE, once=True)
@room.arguments(NumbersIn, example=BAR)
@room.response(200, BarredOut, example={"barred": 1})
def bar(body: dict[str, Any]) -> dict[str, int]:
    """Bar 999 on numbers whose users are outside the United Kingdom, all or none; their records are ended."""
    return {"barred": bar_numbers(the_system(), the_actor(), body["numbers"])}


@room.call("/numbers/unbar", scope=Scope.WRITE, once=True)
@room.arguments(NumbersIn, example=BAR)
@room.response(200, UnbarredOut, example={"unbarred": 1})
def unbar(body: dict[str, Any]) -> dict[str, int]:
    """Let numbers dial 999 again, all or none; they need an address then."""
    return {"unbarred": unbar_numbers(the_system(), the_actor(), body["numbers"])}


def _page(asked: dict[str, Any]) -> dict[str, Any]:
    found = slice_numbers(
        the_system(),
        the_actor(),
        the_account(),
        after=place_of(LIST, asked["cursor"]) or 0,
        limit=asked["limit"],
        status=None if asked["status"] is None else Status(asked["status"]),
        search=asked.get("search", ""),
    )
    return {"items": [number_json(line) for line in found.lines], "next": cursor_of(LIST, found.after)}


def number_json(line: NumberLine) -> dict[str, Any]:
    """Return a number by the names of NumberOut."""
    return {
        "id": line.id,
        "number": line.number,
        "status": str(line.status),
        "name": line.name,
        "postcode": line.postcode,
        "since": line.since and line.since.isoformat(),
        "due_on": line.due_on and line.due_on.isoformat(),
        "wanted": line.wanted,
        "accepted": line.held,
        "accepted_unknown": line.held_unknown,
        "rejected_because": line.case_text,
        "note": line.note,
    }
