"""`eld alarms`: what stands with what to do, what was, and whether the channels get through."""

import pytest
from aiosmtpd.controller import Controller
from alarm_sink import Sink
from cli_hand import Eld
from pytest_httpserver import HTTPServer

from app.cli.environment import read_settings
from app.services.alarms.watching import watch
from app.services.system import open_system


def look() -> None:
    """What the scheduler does each minute."""
    system = open_system(read_settings())
    watch(system)
    system.database.dispose()


def test_what_stands_is_listed_with_the_command_to_type(eld: Eld) -> None:
    assert eld("alarms", "list").stdout == "there is no alarm\n"
    assert eld.json("alarms", "list") == []
    eld("export", "hold", "--why", "The agent asked for it.")
    look()
    lines = eld("alarms", "list").stdout.splitlines()
    assert lines[0].split() == ["alarm", "subject", "since", "over", "mailed", "posted"]
    assert lines[1].split()[:2] == ["night_held", "every-night"]
    assert lines[1].split()[4:] == ["-", "-", "-"]
    assert lines[3].startswith("A person holds the nights since ")
    assert lines[4] == "Let the nights go again: eld export unhold"
    (alarm,) = eld.json("alarms", "list")
    keys = {"kind", "subject", "text", "raised_at", "cleared_at", "mailed_at", "mail_fault", "posted_at", "post_fault"}
    assert set(alarm) == keys
    eld("export", "unhold")
    look()
    assert eld.json("alarms", "list") == []
    (over,) = eld.json("alarms", "list", "--all")
    assert over["cleared_at"] is not None
    assert "night_held" in eld("alarms", "list", "--all").stdout


def test_a_try_without_a_channel_is_refused(sqlite_eld: Eld) -> None:
    assert "ELD_ALARM_MAIL_TO" in sqlite_eld("alarms", "test", status=1).stderr
    assert sqlite_eld.json("alarms", "test", status=1) == []


@pytest.fixture
def channels(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Sink:
    """A mail server and a receiver that are there, and the settings that name them."""
    sink = Sink()
    monkeypatch.setenv("ELD_ALARM_MAIL_TO", "night@operations.example")
    monkeypatch.setenv("ELD_ALARM_SMTP", f"smtp://127.0.0.1:{sink.port}")
    monkeypatch.setenv("ELD_ALARM_WEBHOOK", httpserver.url_for("/secret-token"))
    return sink


def test_a_try_says_what_came_of_each_channel(sqlite_eld: Eld, channels: Sink, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/secret-token", method="POST").respond_with_data("", status=204)
    server = Controller(channels, hostname="127.0.0.1", port=channels.port)
    server.start()
    try:
        assert sqlite_eld("alarms", "test").stdout.splitlines() == ["mail: sent", "webhook: sent"]
        assert channels.letters == 1
        tried = sqlite_eld.json("alarms", "test")
    finally:
        server.stop()
    assert tried == [{"channel": name, "sent": True, "fault": ""} for name in ("mail", "webhook")]


def test_a_try_that_fails_names_the_channel_and_no_secret(
    sqlite_eld: Eld, channels: Sink, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/secret-token", method="POST").respond_with_data("", status=403)
    failed = sqlite_eld("alarms", "test", status=1)
    assert failed.stdout == ""
    mail, webhook = failed.stderr.splitlines()
    assert mail.startswith("Y01 error (mail): the test did not get through: the mail server cannot be reached")
    assert webhook == "Y01 error (webhook): the test did not get through: the receiver answers 403"
    assert [one["sent"] for one in sqlite_eld.json("alarms", "test", status=1)] == [False, False]
    assert "secret-token" not in failed.stderr
    assert channels.letters == 0


def test_an_alarm_that_did_not_get_through_says_why(sqlite_eld: Eld, channels: Sink, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/secret-token", method="POST").respond_with_data("", status=500)
    sqlite_eld("export", "hold", "--why", "The agent asked for it.")
    look()
    lines = sqlite_eld("alarms", "list").stdout.splitlines()
    assert lines[-2].startswith("mail: the mail server cannot be reached")
    assert lines[-1] == "webhook: the receiver answers 500"
    assert channels.letters == 0
