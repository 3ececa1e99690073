"""Your log-in: the password, the sessions, and how long one goes on; and what a viewer is shown."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from web_people import ANOTHER, OWNER, OWNERS, PASSWORD, another, letters, member, person_in
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.actors import AccountRole
from app.services.people.members import list_members, remove_member
from app.services.setup import DEMO_LOGINS, set_up
from app.services.system import System, open_system
from app.settings import load_settings
from app.web import register_web

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"


def test_customers_and_staff_find_their_log_in_in_the_header(flask_app: Flask) -> None:
    for login in DEMO_LOGINS[:2]:
        visitor = another(flask_app, login.email, login.password)
        assert "/your-log-in" in visitor.page.links()
        page = visitor.get("/your-log-in")
        assert page.heading == "Your log-in"
        assert login.email in page.text
        assert "You are logged in nowhere else." in page.text
        assert page.with_class("govuk-tag") == ["This session"]


def test_the_password_is_changed_and_the_other_sessions_end(system: System, flask_app: Flask) -> None:
    visitor, elsewhere = another(flask_app), another(flask_app)
    letters(system)
    visitor.get("/your-log-in/password")
    page = visitor.send("Change the password", 422)
    assert {"#password", "#new_password"} <= set(page.links())
    page = visitor.send("Change the password", 422, password=ANOTHER, new_password=PASSWORD)
    assert "#password" in page.links()
    page = visitor.send("Change the password", 422, password=OWNERS, new_password="harbourlane2027")
    assert "#new_password" in page.links()
    assert "#password" not in page.links()
    page = visitor.send("Change the password", password=OWNERS, new_password=PASSWORD)
    assert "Your password is changed." in page.text
    assert elsewhere.get("/").heading == "Log in"
    assert visitor.get("/").heading == "Your numbers"
    assert [letter.subject for letter in letters(system)] == ["Your password at Numbergroup was changed"]
    assert Visitor(flask_app).log_in(OWNER, PASSWORD).heading == "Your numbers"


def test_a_session_that_was_ended_elsewhere_stops_at_once(flask_app: Flask) -> None:
    lost = Visitor(flask_app)
    lost.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    lost.log_in(OWNER, OWNERS)
    visitor = another(flask_app)
    page = visitor.get("/your-log-in")
    assert "Firefox on Linux" in page.text
    assert page.with_class("govuk-tag") == ["This session"]
    page = visitor.send("End the session on Firefox on Linux")
    assert "That session has ended." in page.text
    assert "Firefox on Linux" not in page.text
    assert lost.get("/").heading == "Log in"
    token = dict(visitor.page.forms[0].values)["csrf_token"]
    answer = visitor.client.post("/your-log-in/sessions/4711/end", data={"csrf_token": token})
    assert answer.status_code == 404


def test_nobody_ends_the_sessions_of_another(lone_app: Flask) -> None:
    visitor, staff = another(lone_app), another(lone_app, DEMO_LOGINS[1].email, DEMO_LOGINS[1].password)
    visitor.get("/your-log-in")
    token = dict(visitor.page.forms[0].values)["csrf_token"]
    for session_id in range(1, 9):
        answer = visitor.client.post(f"/your-log-in/sessions/{session_id}/end", data={"csrf_token": token})
        if answer.status_code == 303:
            assert visitor.get("/").heading == "Log in"  # it was the visitor's own
            break
    assert staff.get("/ops").heading == "Tonight"


def test_all_other_sessions_end_together(lone_app: Flask) -> None:
    others, visitor = [another(lone_app), another(lone_app)], another(lone_app)
    visitor.get("/your-log-in")
    assert "2 other sessions have ended." in visitor.send("End all but this one").text
    for other in others:
        assert other.get("/your-log-in").heading == "Log in"


def test_who_is_removed_is_out_at_once(lone_system: System, lone_app: Flask) -> None:
    owner = person_in(lone_system, another(lone_app))
    member(lone_system, owner, "robin@quarry.example", AccountRole.VIEWER)
    visitor = another(lone_app, "robin@quarry.example", PASSWORD)
    found = list_members(lone_system, owner.actor(), owner.account_id)
    robin = next(one for one in found if one.email == "robin@quarry.example")
    remove_member(lone_system, owner.actor(), owner.account_id, robin.id)
    assert visitor.get("/").heading == "Log in"


@pytest.mark.parametrize(("idle", "steps"), [("1 hour", 2), ("30 minutes", 1)])
def test_a_session_ends_when_it_is_idle_or_old(tmp_path: Path, clock: FixedClock, idle: str, steps: int) -> None:
    environ = {"ELD_DEMO": "1", "ELD_DATA_DIR": str(tmp_path), "ELD_SESSION_IDLE": idle, "ELD_SESSION_LIMIT": "2 hours"}
    settings = load_settings(environ)
    set_up(settings, clock)
    system = open_system(settings, clock)
    flask_app = Flask("app", static_folder=None, template_folder=None)
    register_web(flask_app, system)
    visitor = another(flask_app)
    for _ in range(steps):
        clock.advance(timedelta(minutes=59) if steps > 1 else timedelta(minutes=29))
        assert visitor.get("/").heading == "Your numbers"
    clock.advance(timedelta(minutes=3) if steps > 1 else timedelta(minutes=30))
    assert visitor.get("/").heading == "Log in"
    system.database.dispose()


def test_a_viewer_sees_no_way_to_what_would_be_refused(system: System, flask_app: Flask, register) -> None:
    register()
    register("01632 960002", effective_date=["9", "3", "2027"])
    owner = person_in(system, another(flask_app))
    member(system, owner, "robin@quarry.example", AccountRole.VIEWER)
    visitor = another(flask_app, "robin@quarry.example", PASSWORD)
    writes = ("/numbers/new", "/bulk", "/change", "/cease", "/cancel", "/bar", "/unbar", "/block", "/several", "/move")
    seen = ["/"]
    for url in seen:
        page = visitor.get(url)
        linked = [*page.links(), *(form.action for form in page.forms)]
        assert [link for link in linked if link.endswith(writes)] == [], url
        seen += [link for link in page.links() if link.startswith("/numbers/") and link not in seen]
        assert len(seen) < 20
    assert len(seen) > 2
    number = next(url for url in seen if url.removeprefix("/numbers/").isdecimal())
    for url in ("/numbers/new", "/bulk", f"{number}/cease"):
        assert visitor.get(url, 403).heading == "This page is not for your log-in"
    token = dict(visitor.get("/").forms[0].values)["csrf_token"]
    for url in (f"{number}/cease", "/numbers/new", "/bulk"):
        assert visitor.client.post(url, data={"csrf_token": token}).status_code == 403


def test_an_editor_may_register(lone_system: System, lone_app: Flask) -> None:
    owner = person_in(lone_system, another(lone_app))
    member(lone_system, owner, "robin@quarry.example", AccountRole.EDITOR)
    visitor = another(lone_app, "robin@quarry.example", PASSWORD)
    assert "/numbers/new" in visitor.page.links()
    assert visitor.get("/numbers/new").heading


def test_who_was_logged_in_is_told_that_it_has_ended_and_that_nothing_was_saved(lone_app: Flask) -> None:
    visitor, elsewhere = another(lone_app), another(lone_app)
    visitor.get("/your-log-in/password")
    elsewhere.get("/your-log-in")
    elsewhere.send("End all but this one")
    page = visitor.send("Change the password", password=OWNERS, new_password=PASSWORD)
    assert "Your log-in has ended. Log in again. What you just sent was not saved." in page.text
    assert "has ended" not in visitor.get("/").text
    assert "until 2160 hours pass without use" in visitor.page.text
