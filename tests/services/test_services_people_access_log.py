"""Who came, when and from where (P2): shown to the account's owner, kept for a while, and never in the chain."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from stage_people import ELSEWHERE, EMAIL, HOME

from app.audit.log import ORIGIN
from app.domain.actors import AccountRole, Role
from app.domain.people import AccessKind
from app.errors import Busy, NotAllowed, NotFound
from app.models.audit import AuditEvent, AuditValues
from app.models.people import AccessEntry, Throttle
from app.services.api_door import authenticate
from app.services.api_keys import Scope, make_key
from app.services.people.access_log import list_access
from app.services.people.keeping import expire_people

REFUSED, LOGGED_IN, API = AccessKind.REFUSED, AccessKind.LOGGED_IN, AccessKind.API


@pytest.fixture
def owner(people):
    return people.opened().actor("192.0.2.50")


def test_the_owner_sees_log_ins_of_all_and_calls_of_keys(people, owner) -> None:
    people.joined(owner, "sam@quarry.example", AccountRole.EDITOR)
    people.opened("else@where.example")
    people.logged_in()
    people.log_in("sam@quarry.example", "wrong", ELSEWHERE)
    people.logged_in("else@where.example")
    people.log_in("nobody@quarry.example", "x")
    key = make_key(people.system, owner, owner.account_id, "x", [Scope.READ])
    authenticate(people.system, key.key, "203.0.113.5")
    page = list_access(people.system, owner, owner.account_id)
    assert [(line.kind, line.who, line.origin, line.device) for line in page.entries] == [
        (API, f"eld_{key.prefix}", "203.0.113.5", ""),
        (REFUSED, "sam@quarry.example", ELSEWHERE.origin, "an unknown device"),
        (LOGGED_IN, EMAIL, HOME.origin, "Firefox on Windows"),
    ]
    assert page.older is None


def test_calls_of_a_day_from_one_address_are_one_entry(people, owner) -> None:
    key = make_key(people.system, owner, owner.account_id, "x", [Scope.READ]).key
    began = people.clock.now()
    for origin, minutes in (("203.0.113.5", 0), ("203.0.113.5", 2), ("203.0.113.9", 0), ("203.0.113.5", 60)):
        people.clock.advance(timedelta(minutes=minutes))
        authenticate(people.system, key, origin)
    entries = people.stage.all(AccessEntry)
    assert [(entry.origin, entry.at - began, entry.last_at - began) for entry in entries] == [
        ("203.0.113.5", timedelta(0), timedelta(minutes=62)),
        ("203.0.113.9", timedelta(minutes=2), timedelta(minutes=2)),
    ]
    people.clock.advance(timedelta(days=1))
    authenticate(people.system, key, "203.0.113.5")
    assert len(people.stage.all(AccessEntry)) == 3


def test_a_call_does_not_wait_for_its_entry(people, owner, monkeypatch) -> None:
    key = make_key(people.system, owner, owner.account_id, "x", [Scope.READ]).key

    def busy():
        raise Busy("somebody else is writing")

    monkeypatch.setattr(people.system.database, "unit_of_work", busy)
    assert authenticate(people.system, key, "203.0.113.5") is not None


def test_it_is_paged(people, owner) -> None:
    for _ in range(60):
        people.logged_in()
    first = list_access(people.system, owner, owner.account_id)
    assert len(first.entries) == 50
    second = list_access(people.system, owner, owner.account_id, first.older)
    assert (len(second.entries), second.older) == (10, None)
    assert len({line.id for line in (*first.entries, *second.entries)}) == 60


def test_who_may_see_it(people, owner) -> None:
    people.logged_in()
    sam = people.joined(owner, "sam@quarry.example", AccountRole.EDITOR).actor()
    with pytest.raises(NotAllowed):
        list_access(people.system, sam, owner.account_id)
    with pytest.raises(NotFound):
        list_access(people.system, people.stage.other_customer, owner.account_id)
    with pytest.raises(NotAllowed):
        list_access(people.system, people.stage.staff, owner.account_id)
    privacy = people.staff("privacy@operations.example", Role.PRIVACY)
    assert len(list_access(people.system, privacy, owner.account_id).entries) == 1
    assert people.stage.events()[-1] == "personal_data_read"


def test_it_is_kept_for_ninety_days_and_the_trail_keeps_no_address(people) -> None:
    people.opened()
    people.logged_in()
    people.log_in(password="wrong", visit=ELSEWHERE)
    with people.system.database.reading() as look:
        for event in look.session.scalars(select(AuditEvent)):
            assert event.origin in {"", "network", "cli"}
            assert "192.0.2" not in event.detail + event.actor
    people.clock.advance(timedelta(days=90))
    assert expire_people(people.system)["access_log"] == 0
    people.clock.advance(timedelta(seconds=1))
    gone = expire_people(people.system)
    assert (gone["access_log"], people.stage.all(AccessEntry), people.stage.all(Throttle)) == (2, [], [])


def test_the_addresses_that_the_trail_keeps_apart_go_after_the_same_time(people) -> None:
    people.opened()
    people.clock.advance(timedelta(days=1))
    people.logged_in(visit=ELSEWHERE)

    def addresses() -> set[str]:
        kept = [value.values for value in people.stage.all(AuditValues) if value.part == ORIGIN]
        return {json.loads(text)["values"]["address"] for text in kept}

    before = addresses()
    assert {HOME.address, ELSEWHERE.address} <= before
    people.clock.advance(timedelta(days=89))
    assert expire_people(people.system)["audit_values"] == 0
    people.clock.advance(timedelta(seconds=1))
    assert expire_people(people.system)["audit_values"] > 0
    assert HOME.address not in addresses()
    assert ELSEWHERE.address in addresses()
    assert people.stage.events()[-1] == "origins_expired"
    assert expire_people(people.system)["audit_values"] == 0


def test_what_is_no_address_is_kept_as_none(people) -> None:
    people.opened()
    people.logged_in(visit=replace(HOME, origin="not an address"))
    assert people.stage.all(AccessEntry)[-1].origin == ""
