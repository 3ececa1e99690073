"""Every example of the document is sent as it stands there, and answered as it says."""

import json
from typing import Any

import pytest
from api_caller import Caller, location
from api_world import STAFFS, World
from flask import Flask

from app.api.document import calls_in_order
from app.api.rooms import PREFIX
from app.services.system import System

# In this order, since some end what others begin; what is named twice in a path is looked up in the world below.
ORDER = (
    "POST /locations/check", "POST /locations", "GET /numbers", "POST /numbers/search", "GET /numbers/{number_id}",
    "GET /numbers/{number_id}/record", "GET /numbers/{number_id}/changes", "POST /records/search", "GET /addresses",
    "GET /addresses/{address_id}", "PATCH /addresses/{address_id}", "POST /changes/{change_id}/cancel",
    "POST /numbers/bar", "POST /numbers/unbar", "POST /imports", "GET /imports", "GET /imports/{import_id}",
    "GET /imports/{import_id}/findings", "POST /imports/{import_id}/apply", "DELETE /imports/{import_id}",
    "GET /account", "GET /account/access", "GET /reviews", "POST /locations/cease", "GET /files",
    "GET /files/{file_name}", "GET /files/{file_name}/records", "POST /files/{file_name}/resend", "GET /tonight",
    "GET /cases", "GET /cases/{case_id}", "POST /cases/{case_id}/notes", "POST /cases/{case_id}/take",
    "POST /cases/{case_id}/give", "POST /cases/{case_id}/give-back", "POST /cases/{case_id}/fix",
    "POST /cases/{case_id}/close",
)  # fmt: skip


def test_every_example_of_the_document_runs(
    lone_app: Flask, lone_owner: Caller, lone_staff: Caller, lone_system: System
) -> None:
    document = lone_app.test_client().get(f"{PREFIX}/openapi.json").get_json()
    calls = {f"{method} {path}": operation for path, method, operation in calls_in_order(document)}
    assert {call for call in calls if "webhook" not in call} == set(ORDER)
    world = World(lone_owner, lone_staff, lone_system)
    for call in ORDER:
        send_examples(world, call, calls[call])


def send_examples(world: World, call: str, operation: Any) -> None:
    method, path = call.split()
    caller = world.staff if path.startswith(STAFFS) else world.owner
    if "import_id" in path:
        path = path.replace("{import_id}", world.import_id)
    (status,) = (int(found) for found in operation["responses"] if found.startswith("2"))
    headers = {"If-Match": f'"{world.address()["version"]}"'} if method == "PATCH" else {}
    shown = shown_answer(operation, str(status))
    for kind, body in bodies(operation):
        sent = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
        where = world.path(path)
        kinds = {} if kind is None else {"Content-Type": kind}
        answer = caller.send(method, where, sent, status, **headers, **kinds)
        if call == "POST /imports":
            world.import_id = answer["id"]
        if shown is not None:
            assert_same_shape(shown, answer, call)


def bodies(operation: Any) -> list[tuple[str | None, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return [(None, None)]
    found = []
    for kind, told in content.items():
        several = [one["value"] for one in told.get("examples", {}).values()]
        found += [(kind, one) for one in ([told["example"]] if "example" in told else several)]
    assert len(found) >= len(content), "each kind of body has an example"
    return found


def shown_answer(operation: Any, status: str) -> Any:
    content = operation["responses"][status].get("content", {})
    return next((one["example"] for one in content.values() if "example" in one), None)


def assert_same_shape(shown: Any, answer: Any, place: str) -> None:
    """What an example shows is there, and of the same type; what may be null may be null."""
    if shown is None or answer is None:
        return
    assert type(shown) is type(answer), place
    if isinstance(shown, dict):
        names = set(shown) if place.endswith((".counts", ".due_by_command")) else set(answer)
        assert set(shown) == names or place.endswith((".counts", ".due_by_command")), place
        for name in set(shown) & set(answer):
            assert_same_shape(shown[name], answer[name], f"{place}.{name}")
    elif isinstance(shown, list) and shown and answer:
        assert_same_shape(shown[0], answer[0], f"{place}[]")


@pytest.mark.parametrize("kind", ["application/json", "text/csv"])
def test_an_import_says_where_it_can_be_asked_after(lone_owner: Caller, kind: str) -> None:
    text = b"number,name,premises,thoroughfare,post_town,postcode\r\n01632 960003,A,1,Dewsbury Road,Leeds,LS11 5DF\r\n"
    body = text if kind == "text/csv" else json.dumps([location(3)]).encode()
    sent = lone_owner.send("POST", "/imports", body, 202, **{"Content-Type": kind})
    where = lone_owner.answer.headers["Location"]
    assert lone_owner.get(where.removeprefix(PREFIX))["id"] == sent["id"]
    assert (sent["state"], sent["report"]["accepted"]) == ("checked", 1)
