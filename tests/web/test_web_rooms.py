"""Every page says who may come in, and the door keeps to it."""

import pytest
from flask import Flask
from web_visitor import Visitor

from app.domain.actors import Role
from app.domain.permissions import Permission, permitted
from app.services.accounts import add_user
from app.services.setup import DEMO_LOGINS, SETTING_UP
from app.services.system import System
from app.web.plan import ROOMS
from app.web.rooms import For, Room

PUBLIC = {
    "assets.static",
    "enquiries.ask",
    "enquiries.erased",
    "enquiries.objects",
    "enquiries.thanks",
    "enquiries.withdraw",
    "enquiries.yours",
    "entry.give_code",
    "entry.log_in",
    "entry.log_out",
    "set_up.finish",
    "set_up.show",
    "health.healthz",
    "health.readyz",
    "join.accept",
    "metrics.show",
    "new_email.change",
    "new_email.confirm",
    "reset.ask",
    "reset.choose",
    "reset.sent",
    "sign_up.begin",
    "sign_up.confirm",
    "sign_up.send_again",
    "sign_up.sent",
}
PASSWORD = "one-two-three-four"


def test_every_route_declares_who_may_come_in(lone_app: Flask) -> None:
    open_to_all = set()
    for rule in lone_app.url_map.iter_rules():
        blueprint = lone_app.blueprints.get(rule.endpoint.partition(".")[0])
        assert isinstance(blueprint, Room), f"{rule} belongs to no room"
        if blueprint.audience is For.EVERYONE:
            open_to_all.add(rule.endpoint)
        else:
            assert blueprint.permissions(rule.endpoint), f"{rule} asks for no permission"
    assert open_to_all == PUBLIC


def test_what_changes_things_is_no_get(lone_app: Flask) -> None:
    only_post = {
        "tonight.send",
        "tonight.collect",
        "tonight.answer",
        "reviews.approve",
        "reviews.choose",
        "reviews.approve_several",
        "reviews.send_back",
        "cases.take_over",
        "cases.choose",
        "files.find",
        "cases.together",
        "cases.give_back",
        "bulk.apply",
        "bulk.discard",
        "enquiries.objects",
        "enquiries.withdraw",
        "entry.log_out",
        "messages.answer",
        "new_email.change",
        "ops_enquiries.answer",
        "ops_enquiries.close",
        "ops_enquiries.note",
        "ops_messages.answer",
        "ops_messages.close",
        "own.end",
        "own.end_others",
        "own_factor.finish",
        "set_up.finish",
        "sign_up.send_again",
        "trail.verify",
        "account.change",
        "people.send_again",
        "mails.show",
    }
    found = {}
    for rule in lone_app.url_map.iter_rules():
        found.setdefault(rule.endpoint, set()).update(rule.methods or ())
    assert {name for name in only_post if "GET" in found[name]} == set()


def test_a_room_cannot_be_made_without_a_door() -> None:
    with pytest.raises(ValueError, match="names the permission"):
        Room("attic", audience=For.STAFF)
    with pytest.raises(ValueError, match="names the permission"):
        Room("hall", audience=For.EVERYONE, needs=Permission.SEE_RECORD)


@pytest.mark.parametrize("room", [room for room in ROOMS if room.audience is not For.EVERYONE], ids=lambda r: r.name)
def test_a_stranger_is_sent_to_the_log_in(lone_app: Flask, room: Room) -> None:
    rules = [rule for rule in lone_app.url_map.iter_rules() if rule.endpoint.startswith(f"{room.name}.")]
    looked_at = [rule for rule in rules if "GET" in (rule.methods or ()) and not rule.arguments]
    stranger = lone_app.test_client()
    for rule in looked_at:
        answer = stranger.get(str(rule))
        assert answer.status_code == 302, rule
        assert answer.location.startswith("/log-in"), rule


def test_the_two_houses_are_apart(lone_app: Flask) -> None:
    customer, operator = Visitor(lone_app), Visitor(lone_app)
    customer.log_in(DEMO_LOGINS[0].email, DEMO_LOGINS[0].password)
    operator.log_in(DEMO_LOGINS[1].email, DEMO_LOGINS[1].password)
    assert operator.page.heading == "Tonight"
    for url in ("/ops", "/ops/files", "/ops/cases", "/ops/numbers", "/ops/missing", "/ops/trail", "/ops/reviews"):
        assert customer.get(url, 403).heading == "This page is not for your log-in"
    assert operator.get("/bulk", 403).heading == "This page is not for your log-in"
    assert operator.get("/").heading == "Tonight"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PRIVACY, Role.ADMINISTRATOR])
def test_each_role_of_staff_finds_its_own_pages_and_no_other(lone_system: System, lone_app: Flask, role: Role) -> None:
    add_user(lone_system, SETTING_UP, f"{role}@operations.example", role, PASSWORD)
    visitor = Visitor(lone_app)
    visitor.log_in(f"{role}@operations.example", PASSWORD)
    for room in ROOMS:
        if room.audience is not For.STAFF or room.opened_by is None:
            continue
        url = next(str(rule) for rule in lone_app.url_map.iter_rules() if rule.endpoint.startswith(f"{room.name}."))
        let_in = visitor.get(url.partition("/<")[0], 200 if permitted(role, room.opened_by) else 403)
        assert (let_in.heading == "This page is not for your log-in") is not permitted(role, room.opened_by)


def test_an_auditor_sees_no_button_of_the_night_and_cannot_press_it(lone_system: System, lone_app: Flask) -> None:
    add_user(lone_system, SETTING_UP, "auditor@operations.example", Role.AUDITOR, PASSWORD)
    auditor = Visitor(lone_app)
    page = auditor.log_in("auditor@operations.example", PASSWORD)
    assert page.heading == "Tonight"
    assert "Send now" not in page.text
    auditor.get("/ops/send", 403)
    token = dict(page.forms[0].values)["csrf_token"]
    for url in ("/ops/send", "/ops/collect", "/ops/answer"):
        assert auditor.client.post(url, data={"csrf_token": token}).status_code == 403
