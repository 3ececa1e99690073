"""The door: who comes in, who does not, and what the cookie holds."""

import re
from pathlib import Path

import pytest
from flask import Flask
from web_visitor import Visitor

from app.errors import Misconfigured
from app.services.setup import DEMO_LOGINS
from app.web.session_key import LENGTH, session_key

EMAIL, PASSWORD = DEMO_LOGINS[0].email, DEMO_LOGINS[0].password


def test_log_in_and_out(flask_app: Flask) -> None:
    visitor = Visitor(flask_app)
    assert visitor.log_in(EMAIL, PASSWORD).heading == "Your numbers"
    assert "Harbour Lane Bakery Ltd" in visitor.page.text
    assert "You are logged out." in visitor.send("Log out").text
    assert visitor.get("/").heading == "Log in"


def test_a_wrong_password_says_nothing_of_which_was_wrong(flask_app: Flask) -> None:
    visitor = Visitor(flask_app)
    told = set()
    for email, password in ((EMAIL, "not the password"), ("nobody@harbourlane.example", PASSWORD)):
        visitor.get("/log-in")
        page = visitor.send("Log in", 422, email=email, password=password)
        told.add(page.with_class("govuk-error-summary__list")[0])
        assert page.all("title")[0].text.startswith("Error: ")
        assert visitor.get("/").heading == "Log in"
    assert told == {"E-mail address or password is not right. Check both and try again."}


def test_both_blanks_are_said_at_once(lone_app: Flask) -> None:
    visitor = Visitor(lone_app)
    visitor.get("/log-in")
    page = visitor.send("Log in", 422)
    assert page.with_class("govuk-error-summary__list") == ["Enter your e-mail address Enter your password"]
    assert {"#email", "#password"} <= set(page.links())


def test_guessing_is_slowed_down(lone_app: Flask) -> None:
    visitor = Visitor(lone_app)
    for _ in range(5):
        visitor.get("/log-in")
        visitor.send("Log in", 422, email=EMAIL, password="a wrong one")
    visitor.get("/log-in")
    page = visitor.send("Log in", 429, email=EMAIL, password=PASSWORD)
    assert "Too many tries: this one was not looked at. Wait 1 second, then" in page.text
    assert visitor.response.headers["Retry-After"] == "1"
    assert "Code of your app, if you have one" in page.text


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "evil.example",
        "javascript:alert(1)",
        "/%0D%0AX:%20y",
        "/%00",
        "/%09/evil.example",
    ],
)
def test_a_log_in_leads_nowhere_else(lone_app: Flask, target: str) -> None:
    visitor = Visitor(lone_app)
    visitor.client.get("/log-in")
    visitor.get(f"/log-in?next={target}")
    form, _ = visitor.page.form_with("Log in")
    answer = visitor.client.post(form.action, data=dict(form.values) | {"email": EMAIL, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")


def test_the_page_that_was_asked_for_comes_after_the_log_in(lone_app: Flask) -> None:
    visitor = Visitor(lone_app)
    visitor.get("/bulk")
    assert visitor.send("Log in", email=EMAIL, password=PASSWORD).heading == "Many at once"


def test_the_cookies_are_guarded_and_hold_tokens_alone(lone_app: Flask) -> None:
    visitor = Visitor(lone_app)
    visitor.get("/log-in")
    form, _ = visitor.page.form_with("Log in")
    answer = visitor.client.post("/log-in", data=dict(form.values) | {"email": EMAIL, "password": PASSWORD})
    given = {value.partition("=")[0]: value for value in answer.headers.getlist("Set-Cookie")}
    assert set(given) == {"eld_visit", "eld_device", "eld_forms"}
    for name, cookie in given.items():
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert "Secure" not in cookie  # a demonstration runs without TLS, on loopback
        assert ("Max-Age=15552000" in cookie) is (name == "eld_device")
    for name in ("eld_visit", "eld_device"):
        assert re.fullmatch(r"[0-9A-Za-z_-]{43}", visitor.client.get_cookie(name).value)
    with visitor.client.session_transaction() as session:
        assert set(session) == set()  # nothing but the tokens of forms and what is said on the next page


def test_an_old_signed_cookie_lets_nobody_in(lone_app: Flask) -> None:
    visitor = Visitor(lone_app)
    visitor.get("/log-in")
    with visitor.client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = "1", True
    assert visitor.get("/").heading == "Log in"


def test_a_form_without_its_token_is_refused(lone_app: Flask) -> None:
    answer = lone_app.test_client().post("/log-in", data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 400
    assert "This form has expired" in answer.text


def test_the_secret_is_made_once_and_for_the_service_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = session_key(folder)
    assert (len(first), session_key(folder)) == (LENGTH, first)
    assert [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("session.key", 0o600)]


def test_a_secret_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    session_key(tmp_path)
    (tmp_path / "session.key").chmod(0o644)
    with pytest.raises(Misconfigured, match="600"):
        session_key(tmp_path)
    (tmp_path / "session.key").chmod(0o600)
    (tmp_path / "session.key").write_text("short")
    with pytest.raises(Misconfigured, match="damaged"):
        session_key(tmp_path)


def test_a_token_that_was_invented_or_has_ended_lets_nobody_in(lone_app: Flask) -> None:
    visitor = Visitor(lone_app)
    visitor.log_in(EMAIL, PASSWORD)
    token = visitor.client.get_cookie("eld_visit").value
    visitor.send("Log out")
    for worn in (token, "x" * 43, "", "\u2603"):
        visitor.client.set_cookie("eld_visit", worn)
        assert visitor.get("/").heading == "Log in"
