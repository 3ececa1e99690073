"""The look-up's page: a form, a big answer, and nothing of either in an address."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from web_visitor import Visitor

from app.db.faults import DatabaseAway
from app.domain.actors import SCHEDULER
from app.models.audit import AuditEvent
from app.services.lookup.copying import write_copy
from app.services.lookup.journal import journal_of_copy
from app.services.setup import DEMO_LOGINS
from app.services.system import System

ASKED = {"reason": "call_now", "asked_by": "Sergeant Okoro, police control", "call_back": "yes"}


def look_ups(system: System) -> int:
    with system.database.reading() as look:
        found = look.session.scalars(select(AuditEvent.action)).all()
    return found.count("number_looked_up")


def look_up(visitor: Visitor, status: int = 200, **values: str):
    visitor.get("/ops/look-up")
    return visitor.send("Look it up", status, **(ASKED | values))


def test_a_number_is_looked_up(system: System, register: Callable[..., None], operator: Visitor) -> None:
    register("01632 960001")
    page = look_up(operator, number="+44 (0)1632 960001", reason="other", words="Log 4471")
    assert page.heading == "Look-up"
    assert "The agent holds no record of this number." in page.text
    assert "PENNANT HOUSE" in page.text
    assert page.text.index("LS11 5DF") < page.text.index("PENNANT HOUSE")
    assert "Harbour Lane Bakery Ltd" in page.text
    assert look_ups(system) == 1


def test_what_is_missing_is_said_all_at_once_and_nothing_is_answered(
    lone_system: System, lone_operator: Visitor
) -> None:
    page = look_up(lone_operator, 422, number="0163", reason="", asked_by="", call_back=None)
    assert "Say why you look this number up." in page.text
    assert "Say who asks" in page.text
    assert "Say whether you rang back" in page.text
    assert look_ups(lone_system) == 0


def test_who_was_not_rung_back_is_warned_of(lone_operator: Visitor) -> None:
    page = look_up(lone_operator, number="01632 960777", call_back="no")
    assert "You did not ring them back." in page.text
    assert "This number is not ours." in page.text
    assert "You did not ring them back." not in look_up(lone_operator, number="01632 960777").text


def test_a_look_up_that_cannot_be_recorded_is_refused(
    lone_system: System, lone_operator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.services.lookup.looking.System.record", broken)
    page = look_up(lone_operator, 503, number="01632 960001")
    assert "so it is not answered" in page.text
    assert look_ups(lone_system) == 0


def test_the_copy_answers_with_its_age(
    lone_system: System, house: Callable[[System], Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    system = replace(lone_system, settings=replace(lone_system.settings, lookup_copy=str(copy)))
    operator = Visitor(house(system))
    operator.log_in(DEMO_LOGINS[1].email, DEMO_LOGINS[1].password)
    write_copy(system, SCHEDULER, copy)

    def gone(*_: object) -> None:
        raise DatabaseAway("away")

    monkeypatch.setattr("app.services.lookup.looking._in_the_trail", gone)
    page = look_up(operator, number="01632 960777")
    assert "This is from the local copy of today at 12:00" in page.text
    assert journal_of_copy(copy).read_text().count("\n") == 1


def test_nobody_else_of_staff_finds_the_page(customer: Visitor) -> None:
    assert customer.get("/ops/look-up", 403).heading == "This page is not for your log-in"
