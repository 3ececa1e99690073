"""Keys of staff: each acts as its person, within its scopes and the person's role, and goes with the person."""

import pytest
from api_caller import STAFF, Caller, MakeCaller, location
from api_served import STAFF_EMAIL, staff_key
from flask import Flask
from sqlalchemy import update

from app.domain.actors import Actor, Role
from app.errors import NotAllowed, NotFound, Refused
from app.models.accounts import User
from app.services.accounts import add_user, staff_actor
from app.services.api_door import authenticate
from app.services.demo import night
from app.services.staff_keys import StaffScope, list_staff_keys, make_staff_key, revoke_staff_key, staff_scopes_of
from app.services.system import System
from app.services.trail import list_events

CALLS = (
    ("GET", "/files", StaffScope.FILES_READ),
    ("GET", "/tonight", StaffScope.FILES_READ),
    ("POST", "/files/x/resend", StaffScope.FILES_WRITE),
    ("GET", "/cases", StaffScope.CASES_READ),
    ("POST", "/cases/1/take", StaffScope.CASES_WRITE),
)


@pytest.fixture
def rejected(lone_caller: Caller, lone_system: System) -> int:
    lone_caller.post("/locations", location(5, premises="Berth Office"))
    night(lone_system)
    return 1


def person(system: System, role: Role) -> Actor:
    admin = Actor("cli", Role.ADMINISTRATOR)
    add_user(system, admin, f"{role}@staff.example", role, "crumbly walnut ferry 7")
    return staff_actor(system, f"{role}@staff.example")


def test_a_case_is_worked_by_a_program_as_by_its_person(lone_staff: Caller, rejected: int, lone_system: System) -> None:
    (case,) = lone_staff.get("/cases")["items"]
    assert (case["id"], case["state"], case["number"]) == (rejected, "open", "01632960005")
    path = f"/cases/{rejected}"
    assert lone_staff.send("POST", f"{path}/take")["owner"] == STAFF_EMAIL
    lone_staff.send("POST", f"{path}/take", None, 409)
    assert lone_staff.post(f"{path}/give", {"owner": "sam@operations.example"})["owner"] == "sam@operations.example"
    assert lone_staff.codes(f"{path}/give", {"owner": "nobody@example.com"}, 422) == [(None, "K04", "owner")]
    assert lone_staff.send("POST", f"{path}/give-back")["owner"] == ""
    lone_staff.post(f"{path}/notes", {"text": "They call back."})
    assert lone_staff.codes(f"{path}/fix", {"fields": {"colour": "red"}}, 422) == [(None, "U01", "colour")]
    fixed = lone_staff.post(f"{path}/fix", {"fields": {"premises": "Harbour House"}})
    assert (fixed["case"]["state"], fixed["judgement"]["standing"]) == ("resent", "accepted")
    shown = lone_staff.get(path)
    assert "noted" in [step["step"] for step in shown["history"]]
    assert shown["typed"]["premises"] == "Harbour House"
    assert lone_staff.post(f"{path}/close", {"why": "done"})["state"] == "closed"
    lone_staff.post(f"{path}/close", {"why": "done"}, 409)
    assert [one["id"] for one in lone_staff.get("/cases?queue=closed")["items"]] == [rejected]
    done = [event for event in list_events(lone_system, STAFF, 1).events if event["action"] == "case_fixed"]
    assert len(done) == 1


def test_files_are_read_and_sent_again(lone_staff: Caller, rejected: int) -> None:
    files = lone_staff.get("/files?limit=1")
    (file,) = files["items"]
    path = f"/files/{file['file_name']}"
    assert lone_staff.get(path)["replies"]
    records = lone_staff.get(f"{path}/records")["items"]
    assert [one["name"] for one in records[0]["fields"]][:1]
    before = file["resends"]
    assert lone_staff.send("POST", f"{path}/resend")["resends"] == before + 1
    assert lone_staff.get("/tonight")["open_cases"] == rejected
    for strange in ("nothing.DAT", "%00", "..%2F..%2Fetc%2Fpasswd", "a" * 300):
        lone_staff.get(f"/files/{strange}", 404)


@pytest.mark.parametrize(("method", "path", "scope"), CALLS)
def test_a_key_opens_what_its_scopes_say(lone_app: Flask, lone_system: System, method, path, scope) -> None:
    with_it = Caller(lone_app.test_client(), staff_key(lone_system, scope))
    without = Caller(lone_app.test_client(), staff_key(lone_system, *(set(StaffScope) - {scope})))
    expected = {"GET": 200, "POST": 404}[method]
    with_it.send(method, path, None, expected)
    assert scope in without.send(method, path, None, 403)["detail"]


def test_a_key_of_an_account_opens_nothing_of_staff_and_the_other_way_round(
    lone_owner: Caller, lone_staff: Caller
) -> None:
    for method, path, _ in CALLS:
        lone_owner.send(method, path, None, 403)
    for path in ("/numbers", "/addresses", "/account", "/account/access", "/imports", "/reviews"):
        lone_staff.get(path, 403)
    assert "locations:write" in lone_staff.post("/locations", location(), 403)["detail"]


def test_a_key_acts_with_the_role_that_its_person_has_now(lone_staff: Caller, lone_system: System) -> None:
    lone_staff.get("/cases")
    with lone_system.database.unit_of_work() as work:
        work.session.execute(update(User).where(User.email == STAFF_EMAIL).values(role=Role.AUDITOR))
        work.commit()
    assert lone_staff.get("/files") == {"items": [], "next": None}
    lone_staff.get("/cases", 403)
    lone_staff.send("POST", "/files/x/resend", None, 403)


def test_a_key_goes_with_its_person(lone_staff: Caller, lone_system: System) -> None:
    assert lone_staff.get("/tonight")["due"] == 0
    with lone_system.database.unit_of_work() as work:
        now = lone_system.clock.now()
        work.session.execute(update(User).where(User.email == STAFF_EMAIL).values(removed_at=now))
        work.commit()
    lone_staff.get("/tonight", 401)


def test_each_member_of_staff_has_keys_of_their_own(system: System) -> None:
    alex, sam = staff_actor(system, STAFF_EMAIL), staff_actor(system, "sam@operations.example")
    made = make_staff_key(system, alex, "night watch", [StaffScope.FILES_READ])
    assert [key.id for key in list_staff_keys(system, alex)] == [made.id]
    assert list_staff_keys(system, sam) == []
    with pytest.raises(NotFound):
        revoke_staff_key(system, sam, made.id)
    holder = authenticate(system, made.key, "192.0.2.7")
    assert holder is not None
    assert (holder.actor.role, holder.actor.user_id, holder.account_id) == (Role.OPERATIONS, alex.user_id, None)
    with pytest.raises(NotAllowed):
        make_staff_key(system, holder.actor, "a key makes no key", [StaffScope.FILES_READ])
    revoke_staff_key(system, alex, made.id)
    revoke_staff_key(system, alex, made.id)
    assert authenticate(system, made.key, "192.0.2.7") is None
    actions = [event["action"] for event in list_events(system, STAFF, 1).events]
    assert (actions.count("api_key_made"), actions.count("api_key_revoked")) == (1, 1)


def test_an_administrator_ends_anybodys_key(lone_system: System) -> None:
    made = make_staff_key(lone_system, staff_actor(lone_system, STAFF_EMAIL), "x", [StaffScope.FILES_READ])
    revoke_staff_key(lone_system, person(lone_system, Role.ADMINISTRATOR), made.id)
    assert authenticate(lone_system, made.key, "") is None


def test_nobody_gets_a_scope_that_their_role_has_no_use_for(lone_system: System) -> None:
    auditor, privacy = person(lone_system, Role.AUDITOR), person(lone_system, Role.PRIVACY)
    assert staff_scopes_of(auditor) == (StaffScope.FILES_READ,)
    with pytest.raises(Refused) as refused:
        make_staff_key(lone_system, auditor, "", [StaffScope.CASES_WRITE])
    assert [problem.code for problem in refused.value.problems] == ["K01", "K02"]
    with pytest.raises(Refused):
        make_staff_key(lone_system, privacy, "x", list(staff_scopes_of(privacy)))
    customer = Actor("a@example.com", Role.CUSTOMER, 1, 1)
    for nobody in (STAFF, customer):
        with pytest.raises(NotAllowed):
            make_staff_key(lone_system, nobody, "x", [StaffScope.FILES_READ])


def test_an_accounts_key_is_made_for_reading_the_account_by_its_owner_alone(new_caller: MakeCaller) -> None:
    assert "account:read" in new_caller().get("/account", 403)["detail"]
