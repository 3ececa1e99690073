"""Versions: what did not change is not sent again, and nobody's change is lost."""

import re

import pytest
from api_caller import STAFF, Caller, MakeCaller, location

from app.services.records import show_record
from app.services.system import System


def premises(system: System, place: int) -> str:
    return str(show_record(system, STAFF, f"01632 960{place:03d}")["wanted"]["premises"])


def test_a_number_has_a_version_until_it_changes(caller: Caller) -> None:
    caller.post("/locations", location())
    (listed,) = caller.get("/numbers")["items"]
    path = f"/numbers/{listed['id']}"
    assert caller.get(path) == listed
    version = caller.answer.headers["ETag"]
    caller.get(path, 304, **{"If-None-Match": version})
    assert caller.answer.headers["ETag"] == version
    caller.post("/locations", location(premises="Other House"))
    assert caller.get(path, 200, **{"If-None-Match": version})["wanted"]["premises"] == "OTHER HOUSE"
    assert caller.answer.headers["ETag"] != version


def test_an_address_is_changed_for_all_of_its_numbers(caller: Caller, system: System) -> None:
    caller.post("/locations", [location(1), location(2), location(3, premises="Elsewhere")])
    shared = next(one for one in caller.get("/addresses")["items"] if len(one["numbers"]) == 2)
    caller.get(f"/addresses/{shared['id']}")
    version = caller.answer.headers["ETag"]
    assert version == f'"{shared["version"]}"'
    done = caller.send("PATCH", f"/addresses/{shared['id']}", {"premises": "New House"}, **{"If-Match": version})
    assert [one["standing"] for one in done["judgements"]] == ["accepted", "accepted"]
    assert [premises(system, place) for place in (1, 2, 3)] == ["NEW HOUSE", "NEW HOUSE", "ELSEWHERE"]
    assert caller.get(f"/addresses/{done['address_id']}")["numbers"] == shared["numbers"]
    assert caller.get(f"/addresses/{shared['id']}")["numbers"] == []


def test_of_two_that_saw_the_same_one_changes_it(caller: Caller, system: System) -> None:
    caller.post("/locations", [location(1), location(2)])
    (seen,) = caller.get("/addresses")["items"]
    path, both = f"/addresses/{seen['id']}", {"If-Match": f'"{seen["version"]}"'}
    caller.send("PATCH", path, {"premises": "First House"}, **both)
    told = caller.send("PATCH", path, {"premises": "Second House"}, 412, **both)
    assert told["code"] == "E14"
    assert [premises(system, place) for place in (1, 2)] == ["FIRST HOUSE"] * 2


def test_a_number_that_came_or_left_is_a_change_too(lone_caller: Caller, lone_system: System) -> None:
    lone_caller.post("/locations", location(1))
    (seen,) = lone_caller.get("/addresses")["items"]
    lone_caller.post("/locations", location(2))
    path = f"/addresses/{seen['id']}"
    lone_caller.send("PATCH", path, {"premises": "New House"}, 412, **{"If-Match": f'"{seen["version"]}"'})
    assert premises(lone_system, 2) == "PENNANT HOUSE"


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 428), ({"If-Match": '"0"'}, 412), ({"If-Match": "nonsense"}, 412), ({"If-Match": "*"}, 200)],
    ids=str,
)
def test_a_change_says_what_it_saw(lone_caller: Caller, lone_system: System, headers, status) -> None:
    lone_caller.post("/locations", location(1))
    (seen,) = lone_caller.get("/addresses")["items"]
    lone_caller.send("PATCH", f"/addresses/{seen['id']}", {"premises": "New House"}, status, **headers)
    assert (premises(lone_system, 1) == "NEW HOUSE") is (status == 200)


def test_a_change_is_judged_by_the_rules_all_or_none(lone_caller: Caller, lone_system: System) -> None:
    lone_caller.post("/locations", [location(1), location(2)])
    (seen,) = lone_caller.get("/addresses")["items"]
    path, saw = f"/addresses/{seen['id']}", {"If-Match": f'"{seen["version"]}"'}
    found = lone_caller.send("PATCH", path, {"postcode": "LS11 SDF"}, 422, **saw)
    assert "P02" in {problem["code"] for problem in found["problems"]}
    found = lone_caller.send("PATCH", path, {}, 422, **saw)
    assert [problem["code"] for problem in found["problems"]] == ["K01"]
    found = lone_caller.send("PATCH", path, {"name": "Other"}, 422, **saw)
    assert [(problem["code"], problem["field"]) for problem in found["problems"]] == [("J01", "name")]
    assert premises(lone_system, 1) == "PENNANT HOUSE"


def test_an_address_that_nobody_uses_any_more_cannot_be_changed(lone_caller: Caller) -> None:
    lone_caller.post("/locations", location(1))
    (seen,) = lone_caller.get("/addresses")["items"]
    lone_caller.post("/locations", location(1, premises="Other House"))
    path = f"/addresses/{seen['id']}"
    now = lone_caller.get(path)["version"]
    told = lone_caller.send("PATCH", path, {"premises": "New House"}, 409, **{"If-Match": f'"{now}"'})
    assert "No number" in told["detail"]


def test_each_route_hides_what_is_another_accounts(new_caller: MakeCaller, other_account: int) -> None:
    theirs, mine = new_caller(account_id=other_account), new_caller()
    theirs.post("/locations", location(777))
    (number,) = theirs.get("/numbers")["items"]
    (address,) = theirs.get("/addresses")["items"]
    (change,) = theirs.get(f"/numbers/{number['id']}/changes")["items"]
    upload = theirs.post("/imports", [location(777, premises="New House")], 202)["id"]
    hidden = (
        ("GET", f"/numbers/{number['id']}", None),
        ("GET", f"/numbers/{number['id']}/record", None),
        ("GET", f"/numbers/{number['id']}/changes", None),
        ("POST", f"/changes/{change['id']}/cancel", None),
        ("GET", f"/addresses/{address['id']}", None),
        ("PATCH", f"/addresses/{address['id']}", {"premises": "New House"}),
        ("GET", f"/imports/{upload}", None),
        ("GET", f"/imports/{upload}/findings", None),
        ("POST", f"/imports/{upload}/apply", {}),
        ("DELETE", f"/imports/{upload}", None),
    )
    for method, path, body in hidden:
        there = mine.send(method, path, body, 404, **{"If-Match": "*"})
        gone = re.sub(r"/\d+", "/999999", path) if "imports" not in path else path.replace(upload, "x" * 32)
        assert mine.send(method, gone, body, 404, **{"If-Match": "*"}) == there, "it cannot be told from what is not"
    for path in ("/numbers", "/addresses", "/imports", "/reviews"):
        assert mine.get(path)["items"] == []
    assert mine.post("/numbers/search", {"search": "960777"})["items"] == []
    for path in ("/numbers/bar", "/numbers/unbar"):
        assert mine.codes(path, {"numbers": ["01632 960777"]}, 422) == [(1, "N11", "number")]
    assert theirs.get(f"/numbers/{number['id']}")["status"] == "waiting"
