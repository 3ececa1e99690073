"""The address book: one address serves many numbers, and is changed for all of them by whoever has seen it last."""

from typing import Any

from flask import Response, jsonify

from app.api.cursors import cursor_of, place_of
from app.api.desk import the_account, the_actor, the_system
from app.api.examples_more import ADDRESS, ADDRESS_CHANGE, ADDRESS_CHANGED
from app.api.judgements import judgement_json
from app.api.rooms import ID, ApiRoom
from app.api.shapes_in import AddressChangeIn, PageIn
from app.api.shapes_lists import AddressChangedOut, AddressesOut, AddressOut
from app.api.versions import seen_versions, with_version
from app.services.api_keys import Scope
from app.services.locations.address_list import AddressView, change_address_of, show_address, slice_addresses

room = ApiRoom("addresses_api", description="The account's address book")
LIST = "addresses"


@room.call("/addresses", scope=Scope.READ, method="GET", statuses=(422,))
@room.arguments(PageIn, location="query")
@room.response(200, AddressesOut, example={"items": [ADDRESS], "next": None})
def list_addresses(asked: dict[str, Any]) -> dict[str, Any]:
    """List the addresses at which something is registered, in the order of their ids."""
    found = slice_addresses(
        the_system(), the_actor(), the_account(), place_of(LIST, asked["cursor"]) or 0, asked["limit"]
    )
    return {"items": [_json(view) for view in found.addresses], "next": cursor_of(LIST, found.after)}


@room.call(f"/addresses/<{ID}:address_id>", scope=Scope.READ, method="GET", statuses=(304, 404), versioned=True)
@room.response(200, AddressOut, example=ADDRESS)
def show(address_id: int) -> Response:
    """Show one address, with the ids of its numbers; its ETag is asked for when it is changed."""
    view = show_address(the_system(), the_actor(), address_id)
    return with_version(_json(view), view.version)


@room.call(
    f"/addresses/<{ID}:address_id>",
    scope=Scope.WRITE,
    method="PATCH",
    statuses=(404, 409, 412, 428),
    guarded=True,
)
@room.arguments(AddressChangeIn, example=ADDRESS_CHANGE)
@room.response(200, AddressChangedOut, example=ADDRESS_CHANGED)
def change(body: dict[str, str], address_id: int) -> Response:
    """Change an address for every number that is wanted there today, all or none.

    Send the ETag that you looked at in `If-Match`: where it is another one by now, nothing is changed (412).
    """
    done = change_address_of(the_system(), the_actor(), address_id, body, seen_versions())
    judgements = [judgement_json(item) for item in done.judgements]
    return jsonify(AddressChangedOut().dump({"address_id": done.address_id, "judgements": judgements}))


def _json(view: AddressView) -> dict[str, Any]:
    return {"id": view.id, "typed": view.typed, "numbers": list(view.numbers), "version": view.version}
