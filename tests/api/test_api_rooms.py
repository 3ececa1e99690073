"""Every call says who may make it; the document says the same; and an error is a document, never a page."""

import json
import logging
import re

import pytest
from api_caller import STAFF, Caller, MakeCaller, location
from flask import Flask
from flask_smorest.spec.plugins import FlaskPlugin

from app.api.assembly import ROOMS, hall
from app.api.document import calls_in_order
from app.api.limits import BY_KEY
from app.api.rooms import PREFIX
from app.errors import Busy, CallAPerson, Conflict, Misconfigured, NotAllowed, NotFound, Problem, Refused
from app.logs import line_formatter
from app.services.api_keys import Scope, revoke_key
from app.services.setup import DEMO_LOGINS
from app.services.staff_keys import StaffScope
from app.services.system import System

SECRET = "01632 960999"
READ, WRITE = Scope.READ, Scope.WRITE
FILES, CASES, WORK = StaffScope.FILES_READ, StaffScope.CASES_READ, StaffScope.CASES_WRITE
CALLS = {
    "POST /locations/check": READ,
    "POST /locations": WRITE,
    "POST /locations/cease": WRITE,
    "GET /numbers": READ,
    "POST /numbers/search": READ,
    "GET /numbers/{number_id}": READ,
    "GET /numbers/{number_id}/record": READ,
    "GET /numbers/{number_id}/changes": READ,
    "POST /changes/{change_id}/cancel": WRITE,
    "POST /numbers/bar": WRITE,
    "POST /numbers/unbar": WRITE,
    "POST /records/search": READ,
    "GET /addresses": READ,
    "GET /addresses/{address_id}": READ,
    "PATCH /addresses/{address_id}": WRITE,
    "POST /imports": WRITE,
    "GET /imports": READ,
    "GET /imports/{import_id}": READ,
    "GET /imports/{import_id}/findings": READ,
    "POST /imports/{import_id}/apply": WRITE,
    "DELETE /imports/{import_id}": WRITE,
    "GET /account": Scope.ACCOUNT,
    "GET /account/access": Scope.ACCESS,
    "GET /reviews": READ,
    "GET /webhooks": Scope.WEBHOOKS,
    "POST /webhooks": Scope.WEBHOOKS,
    "GET /webhooks/{hook_id}": Scope.WEBHOOKS,
    "PATCH /webhooks/{hook_id}": Scope.WEBHOOKS,
    "DELETE /webhooks/{hook_id}": Scope.WEBHOOKS,
    "POST /webhooks/{hook_id}/secret": Scope.WEBHOOKS,
    "POST /webhooks/{hook_id}/test": Scope.WEBHOOKS,
    "GET /webhooks/{hook_id}/attempts": Scope.WEBHOOKS,
    "POST /webhooks/{hook_id}/replay": Scope.WEBHOOKS,
    "GET /files": FILES,
    "GET /files/{file_name}": FILES,
    "GET /files/{file_name}/records": FILES,
    "POST /files/{file_name}/resend": StaffScope.FILES_WRITE,
    "GET /tonight": FILES,
    "GET /cases": CASES,
    "GET /cases/{case_id}": CASES,
    "POST /cases/{case_id}/notes": WORK,
    "POST /cases/{case_id}/take": WORK,
    "POST /cases/{case_id}/give": WORK,
    "POST /cases/{case_id}/give-back": WORK,
    "POST /cases/{case_id}/fix": WORK,
    "POST /cases/{case_id}/close": WORK,
}
BY_POST = ("/locations/check", "/locations", "/locations/cease", "/records/search", "/numbers/bar", "/numbers/unbar")
IN_PATHS = {"number_id", "change_id", "address_id", "import_id", "case_id", "file_name", "hook_id"}
OPEN = {"/api/v1/openapi.json", "/api/v1/docs", "/api/v1/", "/api/v1/<path:rest>"}


def rules(flask_app: Flask):
    return [rule for rule in flask_app.url_map.iter_rules() if rule.rule.startswith(PREFIX)]


def test_every_route_declares_its_scope(lone_app: Flask) -> None:
    scopes = {name: scope for room in (*ROOMS, hall) for name, scope in room.scopes.items()}
    found = {}
    for rule in rules(lone_app):
        scope = scopes[rule.endpoint]
        if scope is None:
            assert rule.rule in OPEN
            continue
        (method,) = rule.methods - {"HEAD", "OPTIONS"}
        assert rule.arguments <= IN_PATHS, "a number in an address would stand in logs"
        found[f"{method} {FlaskPlugin.flaskpath2openapi(rule.rule).removeprefix(PREFIX)}"] = scope
    assert found == CALLS


def test_no_page_of_the_other_faces_was_changed(lone_app: Flask) -> None:
    pages = lone_app.test_client()
    assert pages.get("/nothing").mimetype == "text/html"
    assert pages.get("/log-in").status_code == 200
    assert pages.post("/log-in", data={}).status_code == 400, "forms are still guarded against forgery"


@pytest.mark.parametrize("path", BY_POST)
@pytest.mark.parametrize(
    "sign",
    ["", "Bearer", "Bearer ", "Bearer eld_x_y", "Basic ZWxkOmVsZA==", "bearer é", "Bearer " + "a" * 5000, "Digest x"],
)
def test_without_a_key_nothing_opens(lone_app: Flask, path: str, sign: str) -> None:
    caller = Caller(lone_app.test_client())
    headers = {"Authorization": sign} if sign else {}
    caller.post(path, location(), 401, **headers)
    assert caller.answer.headers["WWW-Authenticate"].lower() == 'bearer realm="emergency location data"'


def test_a_revoked_key_opens_nothing(lone_caller: Caller, lone_system: System) -> None:
    lone_caller.post("/locations/check", location())
    revoke_key(lone_system, STAFF, 1)
    lone_caller.post("/locations/check", location(), 401)


def test_a_session_is_no_key(lone_app: Flask) -> None:
    pages = lone_app.test_client()
    form = pages.get("/log-in").text
    token = form.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    login = {"email": DEMO_LOGINS[0].email, "password": DEMO_LOGINS[0].password, "csrf_token": token}
    assert pages.post("/log-in", data=login).status_code in {302, 303}
    assert pages.get("/").status_code == 200
    for call in CALLS:
        method, path = call.split()
        path = re.sub(r"\{\w+\}", "1", path)
        assert pages.open(PREFIX + path, method=method, json=location()).status_code == 401, call


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_kind_of_body_is_refused(lone_caller: Caller, kind: str) -> None:
    """A page of another site can send these without being asked for leave."""
    lone_caller.post("/locations", location(), 415, **{"Content-Type": kind})
    assert lone_caller.answer.status_code == 415


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_what_is_not_there_is_a_document_too(lone_app: Flask, method: str) -> None:
    caller, client = Caller(lone_app.test_client()), lone_app.test_client()
    for path in ("/api/v1/nothing", "/api/v1/", "/api/v1/locations/", "/api/v1/locations/1", "/api/v1/numbers/one"):
        caller.look(getattr(client, method)(path), 404)
    caller.look(getattr(client, method)("/api/v1/locations"), 405)
    assert caller.answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound(SECRET), 404, "E02"),
        (NotAllowed(SECRET), 403, "E03"),
        (Conflict("it moved"), 409, "E04"),
        (CallAPerson("the sequence is behind"), 409, "E07"),
        (Busy("try later"), 503, "E06"),
        (Misconfigured(SECRET), 500, "E05"),
        (Refused([Problem("N01", "number", "error", "no number", "x", ("y", "z"), row=7)]), 422, "E01"),
        (RuntimeError(SECRET), 500, None),
        (RecursionError(SECRET), 400, None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_is_a_problem_document(
    lone_caller: Caller, error, status, code, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("app.api.locations.check_locations", fail)
    with caplog.at_level(logging.DEBUG):
        found = lone_caller.post("/locations/check", location(), status)
    assert found.get("code") == code
    assert SECRET not in json.dumps(found)
    lines = [json.loads(line_formatter().format(record)) for record in caplog.records]
    assert SECRET not in caplog.text + json.dumps(lines)
    frames = [line["frames"] for line in lines if line["event"].startswith("unforeseen")]
    assert [frame[-1].rsplit(":", 1)[1] for frame in frames] == ["fail"] * (type(error) is RuntimeError)
    if status == 422:
        assert found["problems"] == [
            {"code": "N01", "field": "number", "severity": "error", "message": "no number", "suggestion": "x",
             "alternatives": ["y", "z"], "row": 7},
        ]  # fmt: skip
    if status == 503:
        assert lone_caller.answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize(
    "body",
    [b'{"locations": [{"number": 1' + b"0" * 5000 + b"}]}", b"[" * 100_000, b'{"a": ', b"\xff"],
    ids=["a long number", "deep", "broken off", "no UTF-8"],
)
@pytest.mark.parametrize("path", ["/locations/check", "/locations", "/imports"])
def test_a_body_that_cannot_be_read_is_refused(lone_caller: Caller, path: str, body: bytes) -> None:
    found = lone_caller.post(path, body, 400)
    assert found["detail"] == "The body cannot be read: it must be one JSON document in UTF-8."


def test_calls_are_counted_by_key_and_the_answer_says_how_many_are_left(new_caller: MakeCaller) -> None:
    most = int(BY_KEY.split()[0])
    one, other = new_caller(Scope.READ), new_caller(Scope.READ)
    for left in range(most - 1, -1, -1):
        one.post("/records/search", {"number": "x"}, 404)
        assert one.answer.headers["X-RateLimit-Remaining"] == str(left)
    one.post("/locations/check", location(), 429)
    assert 0 < int(one.answer.headers["Retry-After"]) <= 61
    assert one.answer.headers["X-RateLimit-Limit"] == str(most)
    other.post("/locations/check", location())


def test_an_address_that_guesses_is_stopped_and_its_neighbours_are_not(
    lone_app: Flask, lone_caller: Caller, lone_system: System
) -> None:
    caller = Caller(lone_app.test_client())
    seen = []
    for guess in range(125):
        sent = {"Authorization": f"Bearer eld_{guess:010x}_{'A' * 43}"}
        seen.append(lone_app.test_client().post("/api/v1/locations/check", json={}, headers=sent).status_code)
    assert seen[:120] == [401] * 120
    assert set(seen[120:]) == {429}
    caller.post("/locations/check", location(), 429, Authorization="Bearer x")
    assert 0 < int(caller.answer.headers["Retry-After"]) <= 61
    for _ in range(130):
        lone_caller.post("/records/search", {"number": "x"}, 404)
    caller.post("/locations/check", location(), 429, Authorization="Bearer x")
    revoke_key(lone_system, STAFF, 1)
    lone_caller.post("/locations/check", location(), 429)


def test_a_database_that_is_busy_is_no_reason_to_count_elsewhere(
    lone_caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def busy(*_: object) -> None:
        raise Busy("somebody else is writing")

    monkeypatch.setattr("app.api.desk.authenticate", busy)
    lone_caller.post("/locations/check", location(), 503)
    assert "falling back" not in caplog.text


def document(flask_app: Flask):
    answer = flask_app.test_client().get("/api/v1/openapi.json")
    return Caller(flask_app.test_client()).look(answer, 200)


def test_the_document_has_every_call_with_its_scope(lone_app: Flask) -> None:
    found = document(lone_app)
    assert found["openapi"] == "3.1.0"
    calls = {f"{method} {path}": operation for path, method, operation in calls_in_order(found)}
    assert set(calls) == set(CALLS)
    for call, scope in CALLS.items():
        operation = calls[call]
        assert operation["security"] == [{"api_key": [scope.value]}]
        assert operation["summary"]
        assert "default" not in operation["responses"]
        assert {"401", "403", "429", "500", "503"} <= set(operation["responses"]), call
        assert sum(status.startswith("2") for status in operation["responses"]) == 1
    told = found["components"]["responses"]
    assert {kind for one in told.values() for kind in one.get("content", {})} == {"application/problem+json"}
    assert found["components"]["securitySchemes"]["api_key"]["scheme"] == "bearer"
    shapes = found["components"]["schemas"]
    assert shapes["LocationIn"]["additionalProperties"] is False
    assert {"number", "postcode", "uprn"} <= set(shapes["LocationIn"]["properties"])
    assert shapes["LocationIn"]["properties"]["latitude"]["type"] == ["string", "number", "null"]


def test_every_call_that_changes_something_by_post_takes_an_idempotency_key(lone_app: Flask) -> None:
    found = document(lone_app)
    named = "#/components/parameters/Idempotency-Key"
    for path, method, operation in calls_in_order(found):
        takes = {"$ref": named} in operation["parameters"]
        reads = path in {"/locations/check", "/numbers/search", "/records/search"}
        # The answer that would be kept for a repetition holds a secret, which is kept nowhere as it is.
        secret = path in {"/webhooks", "/webhooks/{hook_id}/secret"}
        assert takes == (method == "POST" and not reads and not secret), f"{method} {path}"


def test_every_reference_of_the_document_leads_somewhere(lone_app: Flask) -> None:
    found = document(lone_app)

    def references(node):
        if isinstance(node, dict):
            yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
            for inner in node.values():
                yield from references(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from references(inner)

    for reference in set(references(found)):
        node = found
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert node
