"""When something goes wrong: a page that says what to do, never a traceback, never what was typed."""

import json
import logging
from dataclasses import replace

import pytest
from flask import Flask
from web_visitor import Visitor

from app.errors import Busy, CallAPerson, Conflict, NotAllowed, NotFound, Problem, Refused
from app.logs import line_formatter
from app.services.setup import DEMO_LOGINS
from app.services.system import System
from app.web import register_web
from app.web.desk import the_system
from app.web.headers import HEADERS
from emergency_export.faults import ExportError

SECRET = "01632 960999"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (NotFound(SECRET), 404, "There is nothing here"),
        (NotAllowed("may not"), 403, "This page is not for your log-in"),
        (Conflict("it moved"), 409, "it moved"),
        (Busy("try later"), 503, "try later"),
        (CallAPerson("the sequence is behind"), 409, "the sequence is behind"),
        (Refused([Problem("N01", "number", "error", "not a number")]), 409, "not a number"),
        (ExportError("the folder is not there"), 409, "the folder is not there"),
        (RuntimeError(SECRET), 500, "Something went wrong on our side"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_a_page(
    lone_app: Flask,
    error: Exception,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    visitor = Visitor(lone_app)
    visitor.log_in(DEMO_LOGINS[0].email, DEMO_LOGINS[0].password)
    monkeypatch.setattr("app.web.portal.numbers.list_numbers", fail)
    with caplog.at_level(logging.DEBUG):
        page = visitor.get("/", status)
    assert said in page.text
    assert "Traceback" not in page.html
    assert SECRET not in page.html
    lines = [json.loads(line_formatter().format(record)) for record in caplog.records]
    assert SECRET not in caplog.text + json.dumps(lines)
    frames = [line["frames"] for line in lines if line["event"].startswith("unforeseen")]
    assert [frame[-1].rsplit(":", 1)[1] for frame in frames] == ["fail"] * (status == 500)


@pytest.mark.parametrize(("url", "status"), [("/nothing", 404), ("/log-out", 405)])
def test_strangers_get_the_same_pages(lone_app: Flask, url: str, status: int) -> None:
    visitor = Visitor(lone_app)
    assert visitor.get(url, status).heading == "There is nothing here"


def test_a_form_that_is_too_long_is_not_read(lone_app: Flask) -> None:
    answer = lone_app.test_client().post("/log-in", data={"email": "x" * (2 * 2**20)})
    assert answer.status_code == 413
    assert "That is too large" in answer.text


def test_health_and_readiness(lone_app: Flask, lone_system: System) -> None:
    client = lone_app.test_client()
    assert client.get("/healthz").get_json() == {"ok": True}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["ready"]) == (200, True)
    assert ready.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    lone_system.settings.key_dir.rename(lone_system.settings.key_dir.with_name("away"))
    assert client.get("/readyz").status_code == 503


def test_files_of_the_skin_may_be_kept(lone_app: Flask) -> None:
    client = lone_app.test_client()
    with client.get("/assets/eld.css") as kept:
        assert kept.headers["Cache-Control"].startswith("public, max-age=")
    assert "no-store" in client.get("/assets/nothing.css").headers["Cache-Control"]


def test_outside_the_demonstration_the_guards_are_up(lone_system: System) -> None:
    live = replace(lone_system, settings=replace(lone_system.settings, demo=False))
    flask_app = Flask("app", static_folder=None)
    register_web(flask_app, live, agent_step=lambda _: None)
    assert flask_app.config["SESSION_COOKIE_SECURE"] is True
    answer = flask_app.test_client().get("/log-in", base_url="https://eld.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "Demonstration" not in answer.text
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)
    with flask_app.app_context():
        assert the_system() is live
    assert flask_app.extensions["eld_agent_step"] is None


def test_no_page_answers_to_a_trace(lone_app: Flask) -> None:
    for path in ("/", "/log-in", "/ops", "/healthz"):
        assert lone_app.test_client().open(path, method="TRACE").status_code == 405
