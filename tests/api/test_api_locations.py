"""Checking, registering, ending and looking up by the API: all findings at once, all or nothing, nothing of others."""

from typing import Any

import pytest
from api_caller import STAFF, Caller, MakeCaller, location
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.api.limits import limiter
from app.models.records import Registration
from app.services.api_keys import Scope
from app.services.records import show_record
from app.services.system import System
from app.services.trail import list_events

BAD = {"postcode": "LS11 SDF", "premises": ""}


def actions(system: System) -> list[str]:
    return [line["action"] for line in list_events(system, STAFF, 1).events]


def status_of(system: System, place: int = 1) -> str:
    return str(show_record(system, STAFF, f"01632 960{place:03d}")["status"])


def test_a_check_tells_everything_and_stores_nothing(caller: Caller, system: System) -> None:
    (found,) = caller.post("/locations/check", location(name="José Núñez"))["judgements"]
    assert (found["standing"], found["number"], found["effective_date"]) == ("accepted", "01632960001", "2027-03-03")
    assert found["sent"]["name"] == "JOSE NUNEZ"
    assert ("name", "transliterated") in [(change["field"], change["kind"]) for change in found["changes"]]
    assert status_of(system) == "unknown"


def test_a_check_gives_every_finding_of_every_location_in_order(caller: Caller) -> None:
    body = [location(1), location(2, **BAD), location(3, postcode="LS1 1ZZ")]
    judged = caller.post("/locations/check", body)["judgements"]
    assert [item["standing"] for item in judged] == ["accepted", "refused", "for_review"]
    codes = [[(p["code"], p["field"]) for p in item["problems"] if p["severity"] != "warning"] for item in judged]
    assert codes[0] == []
    assert {("A01", "premises"), ("P02", "postcode")} <= set(codes[1])
    assert codes[2] == [("P03", "postcode")]
    assert next(p for p in judged[1]["problems"] if p["code"] == "P02")["suggestion"] == "LS11 5DF"
    assert judged[1]["sent"] is None


def test_what_is_registered_is_found_by_search(caller: Caller) -> None:
    done = caller.post("/locations", location())
    assert {name: done[name] for name in ("rows", "accepted", "refused")} == {"rows": 1, "accepted": 1, "refused": 0}
    record = caller.post("/records/search", {"number": "(01632) 960-001"})
    assert record["status"] == "waiting"
    assert record["wanted"]["postcode"] == "LS11 5DF"
    assert record["typed"]["name"] == "Harbour Lane Bakery"
    assert caller.post("/locations", location())["unchanged"] == 1


def test_several_are_registered_all_or_none(caller: Caller, system: System) -> None:
    body: dict[str, Any] = {"locations": [location(1), location(2, **BAD), location(3)]}
    refused = caller.codes("/locations", body, 422)
    assert {(2, "A01", "premises"), (2, "P02", "postcode")} <= set(refused)
    assert [status_of(system, place) for place in (1, 2, 3)] == ["unknown"] * 3
    done = caller.post("/locations", body | {"skip_bad": True})
    assert (done["rows"], done["accepted"], done["refused"]) == (3, 2, 1)
    assert [item["standing"] for item in done["judgements"]] == ["accepted", "refused", "accepted"]
    assert [status_of(system, place) for place in (1, 2, 3)] == ["waiting", "unknown", "waiting"]
    assert actions(system).count("locations_imported") == 1


def test_one_that_is_refused_has_its_row_too(lone_caller: Caller, lone_system: System) -> None:
    assert (1, "A01", "premises") in lone_caller.codes("/locations", location(**BAD), 422)
    one = lone_caller.post("/locations", location(**BAD) | {"skip_bad": True})
    assert (one["refused"], one["judgements"][0]["standing"]) == (1, "refused")
    assert status_of(lone_system) == "unknown"


def test_a_number_said_twice_in_a_call_is_refused(lone_caller: Caller, lone_system: System) -> None:
    twice = [location(1), location(1, premises="Other House")]
    assert (2, "U11", "number") in lone_caller.codes("/locations", twice, 422)
    judged = lone_caller.post("/locations/check", twice)["judgements"]
    assert [item["standing"] for item in judged] == ["accepted", "refused"]
    assert lone_caller.post("/locations", {"locations": twice, "skip_bad": True})["accepted"] == 1
    assert show_record(lone_system, STAFF, "01632 960001")["wanted"]["premises"] == "PENNANT HOUSE"


def test_the_end_of_use(caller: Caller, system: System) -> None:
    caller.post("/locations", [location(1), location(2)])
    assert caller.codes("/locations/cease", {"numbers": ["01632 960001", "01632 960009"]}, 422) == [
        (2, "N11", "number")
    ]
    assert status_of(system, 1) == "waiting"
    assert caller.post("/locations/cease", {"numbers": ["01632 960001"], "date": "2027-03-03"}) == {"ceased": 1}
    assert status_of(system, 1) == "ceased"


def test_another_accounts_number_is_not_there(new_caller: MakeCaller, other_account: int, lone_system: System) -> None:
    theirs, mine = new_caller(account_id=other_account), new_caller()
    theirs.post("/locations", location(777))
    for unknown in ("01632 960777", "01632 960555", "nonsense", "\u200b", "0" * 3000):
        mine.post("/records/search", {"number": unknown}, 404)
    assert (1, "N05", "number") in mine.codes("/locations", location(777), 422)
    for unknown in ("01632 960777", "01632 960555"):
        assert {code for _, code, _ in mine.codes("/locations/cease", {"numbers": [unknown]}, 422)} == {"N11"}
    assert status_of(lone_system, 777) == "waiting"
    assert theirs.post("/records/search", {"number": "01632960777"})["status"] == "waiting"


def test_the_trail_names_the_account_and_the_registration_its_key(lone_caller: Caller, lone_system: System) -> None:
    lone_caller.post("/locations", location())
    page = list_events(lone_system, STAFF, 1, action="location_submitted")
    assert [line["actor"] for line in page.events] == ["account-1"]
    with lone_system.database.reading() as look:
        (by,) = look.session.scalars(select(Registration.submitted_by))
    assert by.startswith("api-key:")
    assert lone_caller.headers["Authorization"].startswith(f"Bearer eld_{by.removeprefix('api-key:')}_")


def test_a_thousand_at_once_and_no_more(lone_caller: Caller) -> None:
    thousand = [location(place) for place in range(1000)]
    judged = lone_caller.post("/locations/check", thousand)["judgements"]
    assert [item["standing"] for item in judged].count("accepted") == 1000
    assert lone_caller.codes("/locations/check", [*thousand, location(1)], 422) == [(None, "J02", "locations")]
    assert lone_caller.codes("/locations/check", [], 422) == [(None, "J02", "locations")]
    assert lone_caller.codes("/locations/check", {}, 422) == [(None, "J02", "locations")]


@pytest.mark.parametrize(
    ("columns", "code", "field"),
    [
        ({"colour": "red"}, "J01", "colour"),
        ({"premises": 12}, "J02", "premises"),
        ({"premises": ["12"]}, "J02", "premises"),
        ({"premises": {"a": "b"}}, "J02", "premises"),
        ({"premises": True}, "J02", "premises"),
        ({"premises": "a\0b"}, "J02", "premises"),
        ({"premises": "\ud800"}, "J02", "premises"),
        ({"premises": "x" * 10_001}, "J02", "premises"),
        ({"latitude": True}, "J02", "latitude"),
        ({"latitude": [53.7]}, "J02", "latitude"),
        ({"voip_acknowledged": 1}, "J02", "voip_acknowledged"),
    ],
)
def test_another_shape_is_refused_with_its_field_and_row(lone_caller: Caller, columns, code, field) -> None:
    assert lone_caller.codes("/locations", [location(1), location(2, **columns)], 422) == [(2, code, field)]
    assert lone_caller.codes("/locations/check", location(2, **columns), 422) == [(1, code, field)]


def test_every_fault_of_the_shape_comes_at_once(lone_caller: Caller) -> None:
    body = [location(1, colour="red", premises=1), location(2, size="big"), "what"]
    assert lone_caller.codes("/locations", body, 422) == [
        (1, "J02", "premises"), (1, "J01", "colour"), (2, "J01", "size"), (3, "J02", "locations"),
    ]  # fmt: skip


def test_numbers_and_truths_are_read_as_a_program_writes_them(lone_caller: Caller) -> None:
    def codes(**columns: Any) -> set[str]:
        (judged,) = lone_caller.post("/locations/check", location(**columns))["judgements"]
        return {problem["code"] for problem in judged["problems"]}

    assert "G01" not in codes(latitude=53.7713, longitude=-1.5487)
    assert "G01" in codes(latitude=1e-7, longitude=-1.5487)
    assert "G01" in codes(latitude=48, longitude=2)
    assert "G01" in codes(latitude=float("nan"), longitude=float("inf"))
    assert "R02" in codes(line_type="VOIP", voip_acknowledged=False)
    assert "R02" not in codes(line_type="VOIP", voip_acknowledged=True)
    assert codes(locality=None, forename=None) == codes()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422), (b"{", 400), (b"\xff\xfe", 400), (b"[" * 100_000, 400), (b"null", 422), (b"1", 422), (b'"x"', 422),
        (b"{}", 422), (b'{"locations": 1}', 422), (b'{"locations": {}}', 422), (b'{"skip_bad": true}', 422),
        (b'{"locations": [{}], "skip_bad": "yes"}', 422), (b'{"locations": [{}], "more": 1}', 422),
        (b'{"locations": [null]}', 422), (b"[[]]", 422),
    ],
)  # fmt: skip
def test_what_is_no_call_is_refused_in_order(lone_caller: Caller, body: bytes, status: int) -> None:
    lone_caller.post("/locations", body, status)
    assert lone_caller.answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {"numbers": []}, {"numbers": "01632 960001"}, {"numbers": [1]}, {"numbers": ["a", "a"]}, {"date": "2027-03-31"},
        {"numbers": ["01632 960001"], "date": "31/03/2027"}, {"numbers": ["x"] * 1001},
    ],
)  # fmt: skip
def test_what_is_no_end_of_use_is_refused(lone_caller: Caller, body: Any) -> None:
    assert {code for _, code, _ in lone_caller.codes("/locations/cease", body, 422)} == {"J02"}


def test_a_body_that_is_too_long_is_not_read(lone_caller: Caller) -> None:
    assert lone_caller.codes("/locations", b" " * (4 * 2**20 + 1), 413) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["number", "x"]), inner, max_size=3),
    max_leaves=8,
)
anything = st.one_of(
    json_values,
    st.fixed_dictionaries({"locations": st.lists(st.dictionaries(st.sampled_from(list(location())), json_values))}),
)


@given(anything)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_judged_or_refused_and_never_a_fault(lone_caller: Caller, body: Any) -> None:
    limiter.reset()
    sent = {"Content-Type": "application/json"} | lone_caller.headers
    answer = lone_caller.client.post("/api/v1/locations/check", json=body, headers=sent)
    lone_caller.look(answer, answer.status_code)
    assert answer.status_code in {200, 422}


def test_scopes(new_caller: MakeCaller) -> None:
    reader, writer = new_caller(Scope.READ), new_caller(Scope.WRITE)
    reader.post("/locations/check", location())
    reader.post("/locations", location(), 403)
    reader.post("/locations/cease", {"numbers": ["01632 960001"]}, 403)
    writer.post("/locations", location())
    writer.post("/locations/check", location(), 403)
    assert "locations:read" in writer.post("/records/search", {"number": "01632 960001"}, 403)["detail"]
