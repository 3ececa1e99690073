"""What is held of a number."""

from typing import Any

from app.api.desk import the_actor, the_system
from app.api.examples import SEARCH
from app.api.rooms import ApiRoom
from app.api.shapes_in import NumberIn
from app.api.shapes_out import RecordOut
from app.errors import NotFound
from app.services.api_keys import Scope
from app.services.records import show_record

room = ApiRoom("records_api", description="What is held of numbers")


@room.call("/records/search", scope=Scope.READ, statuses=(404,))
@room.arguments(NumberIn, example=SEARCH)
@room.response(200, RecordOut)
def search(body: dict[str, str]) -> dict[str, Any]:
    """Look up one number: what is wanted, what the agent holds, what was sent and answered.

    A number that is not in use in the key's account is not found, whoever has it.
    """
    found = show_record(the_system(), the_actor(), body["number"])
    if found["status"] == "unknown":
        raise NotFound("there is no such number in your account")
    return found
