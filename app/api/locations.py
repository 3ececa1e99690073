"""Where numbers are used: checked, registered, ended."""

from typing import Any

from app.api.desk import the_account, the_actor, the_system
from app.api.examples import CEASE, CHECKED, LOCATION, LOCATIONS, REGISTERED
from app.api.judgements import counted, judgement_json
from app.api.rooms import ApiRoom
from app.api.shapes_in import CeaseIn, LocationsIn, RegisterIn
from app.api.shapes_out import CeasedOut, CheckedOut, RegisteredOut
from app.services.api_keys import Scope
from app.services.locations.batches import check_locations, register_locations
from app.services.locations.ceasing import cease_numbers

room = ApiRoom("locations_api", description="Where numbers are used")


@room.call("/locations/check", scope=Scope.READ)
@room.arguments(LocationsIn, examples={"one": {"value": LOCATION}, "several": {"value": LOCATIONS}})
@room.response(200, CheckedOut, example=CHECKED)
def check(body: dict[str, Any]) -> dict[str, Any]:
    """Check locations and store nothing.

    Every rule is applied, and every finding comes back at once, the same as by form, CSV and command line.
    """
    judged = check_locations(the_system(), the_actor(), the_account(), body["locations"])
    return {"judgements": [judgement_json(item) for item in judged]}


@room.call("/locations", scope=Scope.WRITE, once=True)
@room.arguments(RegisterIn, examples={"one": {"value": LOCATION}, "several": {"value": LOCATIONS}})
@room.response(200, RegisteredOut, example=REGISTERED)
def register(body: dict[str, Any]) -> dict[str, Any]:
    """Register locations: all of them or none, or the good ones alone with `skip_bad`.

    What is held already is `unchanged` and not stored again; `for_review` goes out when a person has looked at it.
    """
    return counted(
        register_locations(the_system(), the_actor(), the_account(), body["locations"], skip_bad=body["skip_bad"])
    )


@room.call("/locations/cease", scope=Scope.WRITE, once=True)
@room.arguments(CeaseIn, example=CEASE)
@room.response(200, CeasedOut, example={"ceased": 1})
def cease(body: dict[str, Any]) -> dict[str, int]:
    """End the use of numbers, all or none; the agent's records are ceased by the next file."""
    return {"ceased": cease_numbers(the_system(), the_actor(), body["numbers"], body["date"])}
