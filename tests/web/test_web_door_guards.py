"""The guards at the door: cookies in earnest, other sites' pages, and logs without a token."""

import pytest
from flask import Flask
from web_people import PASSWORD, STAFF
from web_visitor import Visitor

from app.services.system import System


def test_in_earnest_every_cookie_is_for_tls_and_this_host_alone(strict_app: Flask) -> None:
    client = strict_app.test_client()
    page = client.get("/log-in", base_url="https://eld.example")
    token = page.text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    typed = {"csrf_token": token, "email": STAFF, "password": PASSWORD}
    answer = client.post("/log-in", data=typed, base_url="https://eld.example")
    assert (answer.status_code, answer.location) == (303, "/log-in/set-up")
    given = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in given} == {
        "__Host-eld_visit",
        "__Host-eld_device",
        "__Host-eld_forms",
    }
    for cookie in given:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 400), ("same-site", 400), ("same-origin", 422), (None, 422)]
)
def test_what_another_site_sends_is_refused_whatever_token_it_has(
    lone_app: Flask, site: str | None, status: int
) -> None:
    visitor = Visitor(lone_app)
    visitor.get("/log-in")
    headers = {} if site is None else {"Sec-Fetch-Site": site}
    sent = dict(visitor.page.forms[0].values)
    assert visitor.client.post("/log-in", data=sent, headers=headers).status_code == status


def test_no_log_has_a_token(
    lone_system: System, lone_app: Flask, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    visitor, token = Visitor(lone_app), "k" * 43
    for path in ("/sign-up/confirm/", "/join/", "/e-mail/confirm/", "/password/reset/"):
        visitor.get(path + token, 410)
        assert visitor.response.headers["Referrer-Policy"] == "no-referrer"
    lone_app.extensions["eld_system"] = None  # everything fails from here on
    assert lone_app.test_client().get(f"/join/{token}").status_code == 500
    lone_app.extensions["eld_system"] = lone_system
    out = capsys.readouterr()
    assert "unforeseen" in caplog.text
    assert token not in caplog.text + out.out + out.err
