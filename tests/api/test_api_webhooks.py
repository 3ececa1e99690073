"""Webhooks by the API: made, shown, changed, tested, replayed, removed, by a key that was given the scope."""

import json
from datetime import timedelta

import pytest
from api_caller import Caller, MakeCaller, location
from flask import Flask
from pytest_httpserver import HTTPServer
from test_api_examples import assert_same_shape, bodies, shown_answer

from app.api.document import calls_in_order
from app.api.rooms import PREFIX
from app.clock import FixedClock
from app.models.calls import IdempotentCall
from app.services.api_keys import Scope
from app.services.system import System
from app.services.webhooks.comparing import note_changes
from app.services.webhooks.delivering import deliver_due

ORDER = (
    "POST /webhooks",
    "GET /webhooks",
    "GET /webhooks/{hook_id}",
    "PATCH /webhooks/{hook_id}",
    "POST /webhooks/{hook_id}/test",
    "GET /webhooks/{hook_id}/attempts",
    "POST /webhooks/{hook_id}/replay",
    "POST /webhooks/{hook_id}/secret",
    "DELETE /webhooks/{hook_id}",
)


@pytest.fixture
def server():
    with HTTPServer(host="127.0.0.1", port=0) as running:
        running.expect_request("/hook", method="POST").respond_with_data("", 204)
        yield running


@pytest.fixture
def hook(lone_owner: Caller, server: HTTPServer) -> str:
    made = lone_owner.post("/webhooks", {"url": server.url_for("/hook")}, 201)
    return f"/webhooks/{made['id']}"


def go(system: System) -> int:
    note_changes(system)
    return deliver_due(system)


def test_every_example_of_the_document_runs(lone_app: Flask, lone_owner: Caller) -> None:
    document = lone_app.test_client().get(f"{PREFIX}/openapi.json").get_json()
    calls = {f"{method} {path}": operation for path, method, operation in calls_in_order(document)}
    assert {call for call in calls if "webhook" in call} == set(ORDER)
    for call in ORDER:
        method, path = call.split()
        (status,) = (int(found) for found in calls[call]["responses"] if found.startswith("2"))
        shown = shown_answer(calls[call], str(status))
        for kind, body in bodies(calls[call]):
            sent = None if kind is None else json.dumps(body).encode()
            answer = lone_owner.send(method, path.replace("{hook_id}", "1"), sent, status)
            if shown is not None:
                assert_same_shape(shown, answer, call)


def test_a_status_is_told_and_stands_in_the_log(
    lone_owner: Caller, hook: str, server: HTTPServer, lone_system: System
) -> None:
    lone_owner.post("/locations", location(1))
    assert go(lone_system) == 1
    (line,) = lone_owner.get(f"{hook}/attempts")["items"]
    assert (line["status"], line["taken"], line["http_status"]) == ("waiting", True, 204)
    ((told, _),) = server.log
    assert told.get_json()["data"]["number_id"] == line["number_id"] == lone_owner.get("/numbers")["items"][0]["id"]
    assert told.headers["Webhook-Id"] == line["message_id"]
    assert "01632" not in json.dumps(line)
    assert lone_owner.post(f"{hook}/replay", {"event_id": line["event_id"]}, 202) == {"events": 1}
    assert lone_owner.post(f"{hook}/replay", {"since": "2027-03-03T00:00:00Z"}, 202) == {"events": 1}
    assert deliver_due(lone_system) == 1
    lone_owner.post(f"{hook}/replay", {"event_id": 9999}, 404)


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2027-03-03T00:00:00Z"])
def test_any_moment_is_one_to_replay_from(lone_owner: Caller, hook: str, since: str) -> None:
    assert lone_owner.post(f"{hook}/replay", {"since": since}, 202) == {"events": 0}


@pytest.mark.parametrize(
    "body", [{}, {"since": "2027-03-03T00:00:00Z", "event_id": 1}, {"since": "2027-03-03"}, {"event_id": 0}]
)
def test_a_replay_says_one_of_two(lone_owner: Caller, hook: str, body: dict) -> None:
    assert lone_owner.post(f"{hook}/replay", body, 422)["problems"]


def test_the_log_goes_on_with_a_cursor(lone_owner: Caller, hook: str, lone_system: System, clock: FixedClock) -> None:
    for _ in range(30):
        lone_owner.send("POST", f"{hook}/test", None, 202)
        clock.advance(timedelta(minutes=10))
    assert deliver_due(lone_system) == 30
    first = lone_owner.get(f"{hook}/attempts")
    second = lone_owner.get(f"{hook}/attempts?cursor={first['next']}")
    ids = [line["id"] for line in (*first["items"], *second["items"])]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), second["next"]) == (30, None)


def test_off_is_told_nothing_and_says_so(lone_owner: Caller, hook: str, lone_system: System) -> None:
    assert lone_owner.send("PATCH", hook, {"on": False})["off_why"] == "person"
    lone_owner.send("POST", f"{hook}/test", None, 409)
    lone_owner.post(f"{hook}/replay", {"since": "2027-03-03T00:00:00Z"}, 409)
    lone_owner.post("/locations", location(1))
    assert go(lone_system) == 0
    shown = lone_owner.send("PATCH", hook, {"on": True, "statuses": ["waiting"]})
    assert (shown["on"], shown["off_why"], shown["statuses"]) == (True, None, ["waiting"])
    assert lone_owner.post(f"{hook}/replay", {"since": "2027-03-03T00:00:00Z"}, 202) == {"events": 1}
    assert go(lone_system) == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"url": "http://hooks.example/"}, "W01", "url"),
        ({"url": "https://[::ffff:169.254.169.254]/latest"}, "W01", "url"),
        ({"url": None}, "W01", "url"),
        ({"url": "https://hooks.example/", "statuses": ["alive"]}, "J02", "statuses"),
        ({"url": "https://hooks.example/", "statuses": []}, "J02", "statuses"),
        ({"url": "https://hooks.example/", "secret": "x"}, "J01", "secret"),
    ],
)
def test_what_cannot_be_is_refused(lone_owner: Caller, body: dict, code: str, field: str) -> None:
    found = lone_owner.post("/webhooks", body, 422)
    assert [(one["code"], one["field"]) for one in found["problems"]] == [(code, field)]


def test_the_same_address_twice_is_refused_and_no_secret_is_kept_for_a_repetition(
    lone_owner: Caller, hook: str, server: HTTPServer, lone_system: System
) -> None:
    headers = {"Idempotency-Key": "make-1"}
    found = lone_owner.post("/webhooks", {"url": server.url_for("/hook")}, 422, **headers)
    assert [one["code"] for one in found["problems"]] == ["W04"]
    made = lone_owner.post("/webhooks", {"url": server.url_for("/other")}, 201, **headers)
    turned = lone_owner.send("POST", f"{hook}/secret", None, 200)
    with lone_system.database.reading() as look:
        kept = repr([vars(row) for row in look.session.query(IdempotentCall)])
    for secret in (made["secret"], turned["secret"]):
        assert secret not in kept
        assert secret not in json.dumps(lone_owner.get("/webhooks"))


def test_a_key_needs_the_scope_and_sees_its_own_account_alone(
    new_caller: MakeCaller, hook: str, other_account: int
) -> None:
    new_caller(Scope.READ, Scope.WRITE, Scope.ACCOUNT).get(hook, 403)
    other = new_caller(Scope.WEBHOOKS, account_id=other_account)
    assert other.get("/webhooks") == {"items": []}
    other.get(hook, 404)
    other.get(f"{hook}/attempts", 404)
    other.send("PATCH", hook, {"on": False}, 404)
    other.send("POST", f"{hook}/secret", None, 404)
    other.send("POST", f"{hook}/test", None, 404)
    other.post(f"{hook}/replay", {"event_id": 1}, 404)
    assert other.send("DELETE", hook, None, 404)["code"] == "E02"
