"""Lists in pieces: each thing once, whatever comes meanwhile; a cursor is good for its own list alone."""

import pytest
from api_caller import STAFF, Caller, MakeCaller, location
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api.cursors import cursor_of, place_of
from app.api.limits import limiter
from app.errors import Refused
from app.services.locations.batches import register_locations
from app.services.system import System
from validators.location import Location


def put(system: System, places: list[int]) -> None:
    register_locations(system, STAFF, 1, [Location(**location(place)) for place in places])


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=st.lists(st.integers(0, 2), min_size=1, max_size=3),
    limit=st.integers(2, 9),
    by_post=st.booleans(),
)
def test_no_number_is_missed_or_told_twice_while_others_come(
    lone_caller: Caller, lone_system: System, plan: list[int], limit: int, by_post: bool
) -> None:
    limiter.reset()

    def page(cursor: str | None):
        if by_post:
            return lone_caller.post("/numbers/search", {"search": "", "limit": limit, "cursor": cursor})
        return lone_caller.get(f"/numbers?limit={limit}" + (f"&cursor={cursor}" if cursor else ""))

    fresh = iter(range(start_of(lone_caller), 1000))
    put(lone_system, [next(fresh) for _ in range(4)])
    before = {one["id"] for one in everything(lone_caller)}
    seen, cursor, turns = [], None, iter(plan)
    while True:
        found = page(cursor)
        assert len(found["items"]) <= limit
        seen += [one["id"] for one in found["items"]]
        cursor = found["next"]
        if cursor is None:
            break
        if coming := next(turns, 0):
            put(lone_system, [next(fresh) for _ in range(coming)])
    assert len(seen) == len(set(seen))
    assert before <= set(seen)
    assert seen == sorted(seen)


def start_of(caller: Caller) -> int:
    return len(everything(caller))


def everything(caller: Caller) -> list[dict]:
    found = caller.get("/numbers?limit=200")
    items = found["items"]
    while found["next"]:
        found = caller.get(f"/numbers?limit=200&cursor={found['next']}")
        items += found["items"]
    return items


def test_numbers_are_found_by_status_and_by_words(caller: Caller) -> None:
    caller.post("/locations", [location(1), location(2, name="Lockside Dental"), location(3, postcode="LS1 1ZZ")])
    assert [one["status"] for one in caller.get("/numbers")["items"]] == ["waiting", "waiting", "in_review"]
    (waiting,) = caller.get("/numbers?status=in_review")["items"]
    assert waiting["number"] == "01632960003"
    assert [one["number"] for one in caller.get("/reviews")["items"]] == ["01632960003"]
    (found,) = caller.post("/numbers/search", {"search": "lockside"})["items"]
    assert (found["number"], found["name"]) == ("01632960002", "LOCKSIDE DENTAL")
    assert caller.post("/numbers/search", {"search": "lockside", "status": "live"})["items"] == []
    record = caller.get(f"/numbers/{found['id']}/record")
    assert record == caller.post("/records/search", {"number": "01632 960002"})


def test_a_cursor_is_its_own_lists(lone_caller: Caller) -> None:
    lone_caller.post("/locations", [location(1), location(2, premises="Other House")])
    cursor = lone_caller.get("/numbers?limit=1")["next"]
    assert lone_caller.get(f"/numbers?limit=1&cursor={cursor}")["next"] is None
    for path in (f"/addresses?cursor={cursor}", "/numbers?cursor=nonsense", "/numbers?cursor=%C3%A9"):
        found = lone_caller.get(path, 422)
        assert [(one["code"], one["field"]) for one in found["problems"]] == [("J05", "cursor")]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=1.5", "limit=9e9", "status=x", "number=x"])
def test_what_a_list_is_asked_with_is_checked(lone_caller: Caller, query: str) -> None:
    (problem,) = lone_caller.get(f"/numbers?{query}", 422)["problems"]
    assert problem["field"] == query.partition("=")[0]
    assert problem["code"] == ("J01" if query.startswith("number") else "J02")


@given(st.integers(0, 2**63 - 1), st.sampled_from(["numbers", "files"]))
def test_a_cursor_brings_back_its_place(place: int, name: str) -> None:
    cursor = cursor_of(name, place)
    assert cursor is not None
    assert place_of(name, cursor) == place
    with pytest.raises(Refused):
        place_of("cases", cursor)


@given(st.text(max_size=40))
def test_no_other_word_is_a_cursor(word: str) -> None:
    try:
        place = place_of("numbers", word)
    except Refused:
        return
    assert word == "" or cursor_of("numbers", place) is not None


def test_a_change_is_taken_back(caller: Caller) -> None:
    caller.post("/locations", location(1))
    caller.post("/locations", location(1, premises="Other House", effective_date="2027-04-01"))
    (number,) = caller.get("/numbers")["items"]
    now, later = caller.get(f"/numbers/{number['id']}/changes")["items"]
    assert (now["due_on"], later["due_on"]) == ("2027-03-03", "2027-04-01")
    done = caller.send("POST", f"/changes/{later['id']}/cancel")
    assert done == {"cancelled": later["id"], "number_id": number["id"]}
    caller.send("POST", f"/changes/{later['id']}/cancel", None, 409)
    assert [one["id"] for one in caller.get(f"/numbers/{number['id']}/changes")["items"]] == [now["id"]]
    caller.send("POST", f"/changes/{now['id']}/cancel", {"a": 1}, 415)


def test_a_number_is_barred_and_released(caller: Caller) -> None:
    caller.post("/locations", [location(1), location(2)])
    assert caller.post("/numbers/bar", {"numbers": ["01632 960001"]}) == {"barred": 1}
    assert caller.post("/numbers/bar", {"numbers": ["01632 960001", "01632 960002"]}) == {"barred": 1}
    assert {one["status"] for one in caller.get("/numbers")["items"]} == {"barred"}
    assert caller.post("/numbers/unbar", {"numbers": ["01632 960001"]}) == {"unbarred": 1}


def test_an_account_and_who_came_in_are_for_a_key_that_the_owner_gave_that(
    lone_owner: Caller, new_caller: MakeCaller
) -> None:
    assert lone_owner.get("/account")["id"] == 1
    entries = lone_owner.get("/account/access")["items"]
    assert entries[0]["kind"] == "api"
    plain = new_caller()
    plain.get("/account", 403)
    plain.get("/account/access", 403)
