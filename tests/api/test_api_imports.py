"""Imports by a program: looked through, applied whole or in part, thrown away; its own alone."""

from pathlib import Path

import pytest
from api_caller import STAFF, Caller, MakeCaller, location

from app.api.once import IN_MEMORY
from app.services.api_keys import revoke_key
from app.services.import_worker import run_waiting_imports
from app.services.records import show_record
from app.services.system import System

HEAD = "number,name,premises,thoroughfare,post_town,postcode"
ROW = "01632 960{place:03d},Harbour Lane Bakery,{premises},Dewsbury Road,Leeds,LS11 5DF"


def text(*rows: tuple[int, str]) -> bytes:
    return "\r\n".join([HEAD, *(ROW.format(place=place, premises=premises) for place, premises in rows), ""]).encode()


def send(caller: Caller, content: bytes, status: int = 202):
    return caller.send("POST", "/imports", content, status, **{"Content-Type": "text/csv"})


def status_of(system: System, place: int) -> str:
    return str(show_record(system, STAFF, f"01632 960{place:03d}")["status"])


def test_a_csv_is_looked_through_and_then_applied(caller: Caller, system: System) -> None:
    sent = send(caller, text((1, "Pennant House"), (2, ""), (3, "Elsewhere")))
    assert (sent["state"], sent["report"]["accepted"], sent["report"]["refused"]) == ("checked", 2, 1)
    assert status_of(system, 1) == "unknown"
    findings = caller.get(f"/imports/{sent['id']}/findings")
    assert [(one["row"], one["code"], one["field"]) for one in findings["items"][:1]] == [(2, "A01", "premises")]
    assert findings["next"] is None
    path = f"/imports/{sent['id']}/apply"
    assert [one["code"] for one in caller.post(path, {}, 422)["problems"]] == ["U12"]
    assert caller.post(path, {"skip_bad": True}, 202)["state"] == "applied"
    caller.post(path, {"skip_bad": True}, 409)
    assert [status_of(system, place) for place in (1, 2, 3)] == ["waiting", "unknown", "waiting"]


def test_rows_are_an_import_too(lone_caller: Caller, lone_system: System) -> None:
    rows = [
        location(1),
        location(2, latitude=53.7, longitude=-1.5),
        location(3, voip_acknowledged=True, line_type="VOIP"),
    ]
    sent = lone_caller.post("/imports", {"locations": rows}, 202)
    assert (sent["report"]["rows"], sent["report"]["refused"]) == (3, 0)
    assert lone_caller.post(f"/imports/{sent['id']}/apply", {}, 202)["report"]["saved"] is True
    assert status_of(lone_system, 1) == "waiting"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"null", 400), (b"[]", 422), (b"3", 422), (b'{"locations": [{"colour": "red"}]}', 422)],
)
def test_rows_of_another_shape_are_refused(lone_caller: Caller, body: bytes, status: int) -> None:
    lone_caller.post("/imports", body, status)
    assert lone_caller.get("/imports")["items"] == []


def test_findings_come_in_pages(lone_caller: Caller) -> None:
    sent = send(lone_caller, text(*((place, "") for place in range(250))))
    rows, path = [], f"/imports/{sent['id']}/findings"
    found = lone_caller.get(path)
    while True:
        rows += [one["row"] for one in found["items"] if one["code"] == "A01"]
        if found["next"] is None:
            break
        found = lone_caller.get(f"{path}?cursor={found['next']}")
    assert rows == list(range(1, 251))


def test_a_long_one_waits_for_a_worker_who_acts_for_the_key(lone_caller: Caller, lone_system: System) -> None:
    long = text(*((place, "Pennant House" + " " * 1500) for place in range(900)))
    assert len(long) > IN_MEMORY, "so that it waits in a file, not in memory"
    sent = send(lone_caller, long)
    assert sent["state"] == "waiting"
    run_waiting_imports(lone_system)
    path = f"/imports/{sent['id']}"
    assert lone_caller.get(path)["state"] == "checked"
    lone_caller.post(f"{path}/apply", {}, 202)
    revoke_key(lone_system, STAFF, 1)
    run_waiting_imports(lone_system)
    assert status_of(lone_system, 1) == "unknown", "a key that was revoked meanwhile applies nothing"


def test_an_import_is_thrown_away(lone_caller: Caller, lone_system: System) -> None:
    sent = send(lone_caller, text((1, "Pennant House")))
    path = f"/imports/{sent['id']}"
    lone_caller.send("DELETE", path, None, 204)
    lone_caller.send("DELETE", path, None, 404)
    lone_caller.get(path, 404)
    assert not list(Path(lone_system.settings.data_dir, "uploads").glob("*"))


def test_an_import_is_the_keys_own(new_caller: MakeCaller) -> None:
    one, other = new_caller(), new_caller()
    sent = send(one, text((1, "Pennant House")))
    other.get(f"/imports/{sent['id']}", 404)
    assert other.get("/imports") == {"items": []}
    for strange in ("%00", "x", "%C3%A9", "a" * 300):
        one.get(f"/imports/{strange}", 404)


def test_a_csv_is_no_location(lone_caller: Caller) -> None:
    told = lone_caller.post("/locations", text((1, "Pennant House")), 415, **{"Content-Type": "text/csv"})
    assert "CSV" in told["detail"]
