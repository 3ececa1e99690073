"""How a message gets through: SMTP with and without TLS and password, a webhook, and all that can go wrong."""

import socket
import ssl
import time
from dataclasses import replace
from threading import Event, Thread
from urllib.parse import quote

import pytest
from alarm_receivers import PASSWORD, HookServer, MailServer, free_port, make_certificate

from app.clock import FixedClock
from app.domain.alarms import Channel
from app.errors import Misconfigured
from app.services.alarms import deadline, mail, webhook
from app.services.alarms.channels import open_channels, try_channels
from app.services.alarms.deadline import in_time
from app.services.alarms.mail import Mail
from app.services.alarms.messages import Message, NotSent, Word
from app.services.alarms.webhook import Webhook
from app.settings import load_settings

TO = "night@operations.example, second@operations.example"


@pytest.fixture
def server():
    made = MailServer()
    yield made
    made.close()


@pytest.fixture
def hook():
    made = HookServer()
    yield made
    made.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    return folder / "cert.pem", make_certificate(folder)


@pytest.fixture
def trusted(certificate, monkeypatch):
    """The server's context; this machine trusts its certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return certificate[1]


@pytest.fixture
def message(clock: FixedClock) -> Message:
    return Message(
        "eld-999-test-1-1-raised",
        "eld-999-test-1",
        Word.RAISED,
        "no FCO for A.DAT",
        "It is so.\nDo: x",
        clock.now(),
        {"kind": "fco_overdue"},
    )


def settings(**given: str):
    return load_settings({"ELD_DEMO": "1", **{f"ELD_ALARM_{name.upper()}": value for name, value in given.items()}})


def by_mail(url: str, **given: str) -> Mail:
    return Mail(settings(smtp=url, mail_to=TO, **given))


def local(server: MailServer, scheme: str = "smtp", log_in: str = "") -> str:
    return f"{scheme}://{log_in}127.0.0.1:{server.port}"


def test_a_letter_arrives_as_a_mail_program_wants_it(server, message):
    server.open()
    assert by_mail(local(server), mail_from="ELD <eld@numbergroup.example>").send(message) == ""
    (letter,) = server.letters
    assert letter["Subject"] == "[999 test 999] ALARM: no FCO for A.DAT"
    assert letter["From"] == "ELD <eld@numbergroup.example>"
    assert letter["Message-ID"] == "<eld-999-test-1-1-raised@numbergroup.example>"
    assert letter["References"] == "<eld-999-test-1@numbergroup.example>"
    assert letter["Date"] == "Wed, 03 Mar 2027 12:00:00 +0000"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().splitlines() == ["It is so.", "", "Do: x"]
    assert server.envelopes == [("night@operations.example", "second@operations.example")]
    assert server.encrypted == [False]


def test_tls_is_used_where_it_is_offered_whoever_signed_it(server, certificate, message):
    server.open(tls_context=certificate[1])
    by_mail(local(server)).send(message)
    assert server.encrypted == [True]


def test_a_password_is_percent_decoded_and_goes_over_proven_tls_alone(server, trusted, message):
    server.open(tls_context=trusted, authenticator=server.authenticate)
    log_in = f"{quote('eld@numbergroup')}:{quote(PASSWORD, safe='')}@"
    by_mail(local(server, log_in=log_in)).send(message)
    assert server.log_ins == [("eld@numbergroup", PASSWORD)]
    with pytest.raises(NotSent, match=r"refuses our log-in \(535\)") as refused:
        by_mail(local(server, log_in="eld:wrong@")).send(message)
    assert refused.value.channel_down


def test_a_password_is_given_to_no_server_that_proves_nothing(server, certificate, message):
    server.open(tls_context=certificate[1], authenticator=server.authenticate)
    with pytest.raises(NotSent, match="TLS fails"):
        by_mail(local(server, log_in="eld:secret@")).send(message)
    server.close()
    server.open(authenticator=server.authenticate, auth_require_tls=False)
    with pytest.raises(NotSent, match="no TLS: the password is not sent in the clear"):
        by_mail(local(server, log_in="eld:secret@")).send(message)
    assert server.log_ins == []
    assert server.letters == []


def test_smtps_is_tls_from_the_first_byte(server, trusted, message, monkeypatch):
    server.open(ssl_context=trusted)
    by_mail(local(server, "smtps")).send(message)
    assert len(server.letters) == 1
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(NotSent, match="TLS fails"):
        by_mail(local(server, "smtps")).send(message)


def test_one_address_that_is_refused_does_not_stop_the_other(server, message):
    server.refused = ("night@operations.example",)
    server.open()
    assert by_mail(local(server)).send(message) == "1 of 2 addresses refused"
    assert server.envelopes == [("second@operations.example",)]


def test_what_a_mail_server_refuses_is_told_without_its_words(server, message):
    server.open()
    server.answer = "554 spam from night@operations.example"
    with pytest.raises(NotSent, match=r"refuses \(554\)") as refused:
        by_mail(local(server)).send(message)
    assert "@" not in refused.value.why
    assert not refused.value.channel_down
    server.refused = tuple(TO.split(", "))
    with pytest.raises(NotSent, match="refuses every address"):
        by_mail(local(server)).send(message)


def test_a_mail_server_that_is_not_there_is_told(message):
    with pytest.raises(NotSent, match="cannot be reached") as away:
        by_mail(f"smtp://127.0.0.1:{free_port()}").send(message)
    assert away.value.channel_down


@pytest.mark.parametrize(
    "given",
    [
        {"smtp": "smtp://127.0.0.1:port"},
        {"smtp": "smtp://127.0.0.1:99999"},
        {"smtp": "smtp://127.0.0.1:0"},
        {"smtp": "smtp://:25"},
        {"smtp": "smtp://127.0.0.1:1", "mail_from": "eld@numbergroup.example\nBcc: all@x.example"},
        {"smtp": "smtp://127.0.0.1:1", "mail_to": "<a@b.example"},
    ],
)
def test_settings_that_cannot_be_used_are_told_and_break_nothing(message, given):
    with pytest.raises(NotSent, match="cannot be"):
        Mail(settings(**{"mail_to": TO, **given})).send(message)


def test_a_webhook_gets_one_document_with_a_key(hook, message):
    hook.open()
    assert Webhook(settings(webhook=hook.url)).send(message) == ""
    assert hook.keys == [message.key]
    assert hook.posts == [
        {
            "key": message.key,
            "event": "raised",
            "title": "no FCO for A.DAT",
            "text": "It is so.\nDo: x",
            "at": "2027-03-03T12:00:00+00:00",
            "kind": "fco_overdue",
        }
    ]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 403, 404, 429, 500, 503])
def test_a_webhook_that_does_not_say_yes_has_not_taken_it(hook, message, status):
    hook.open()
    elsewhere = f"http://127.0.0.1:{hook.port}/elsewhere"
    hook.status, hook.headers = status, {"Location": elsewhere} if status < 400 else {}
    with pytest.raises(NotSent, match=f"answers {status}") as refused:
        Webhook(settings(webhook=hook.url)).send(message)
    assert ("not followed" in refused.value.why) == (status < 400)
    assert len(hook.posts) == 1


def test_an_answer_without_end_is_not_read(hook, message):
    hook.open()
    hook.status, hook.body = 200, b"x" * 50_000_000
    began = time.monotonic()
    Webhook(settings(webhook=hook.url)).send(message)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{}/hook/secret-token", "http://..{}/", "http://[::1/", "http://*:x/"]
)
def test_a_webhook_that_is_not_there_is_told_without_its_address(message, url):
    with pytest.raises(NotSent, match="cannot be reached") as away:
        Webhook(settings(webhook=url.format(free_port()))).send(message)
    assert "secret" not in away.value.why
    assert "127.0.0.1" not in away.value.why


class Drip:
    """A server that says `piece` now and then, for ever: no single wait is long."""

    def __init__(self, piece: bytes) -> None:
        self._piece, self.over = piece, Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        talking, _ = self._listening.accept()
        with talking:
            while not self.over.wait(0.05):
                try:
                    talking.sendall(self._piece)
                except OSError:
                    return

    def close(self) -> None:
        self.over.set()
        self._thread.join()
        self._listening.close()


@pytest.mark.parametrize(
    ("sender", "piece"),
    [
        (lambda port: by_mail(f"smtp://127.0.0.1:{port}"), b"220-wait\r\n"),
        (lambda port: Webhook(settings(webhook=f"http://127.0.0.1:{port}/")), b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_server_that_never_ends_is_left_behind(message, monkeypatch, sender, piece):
    monkeypatch.setattr(deadline, "IN_ALL_SECONDS", 0.3)
    server = Drip(piece)
    try:
        with pytest.raises(NotSent, match="no answer in time"):
            sender(server.port).send(message)
    finally:
        server.close()


@pytest.mark.parametrize("module", [mail, webhook])
def test_a_server_that_says_nothing_is_not_waited_for(message, monkeypatch, module):
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        sender = (
            by_mail(f"smtp://127.0.0.1:{port}")
            if module is mail
            else Webhook(settings(webhook=f"http://127.0.0.1:{port}/"))
        )
        with pytest.raises(NotSent, match=r"no answer in time|breaks off"):
            sender.send(message)


def test_what_a_message_raises_reaches_who_asked():
    def fail():
        raise ssl.SSLError("x")

    with pytest.raises(ssl.SSLError):
        in_time(fail)
    assert in_time(lambda: None) is None


def test_only_what_is_set_up_is_a_channel():
    assert open_channels(settings()) == []
    both = open_channels(settings(smtp="smtp://x", mail_to=TO, webhook="https://x.example/"))
    assert [sender.channel for sender in both] == [Channel.MAIL, Channel.WEBHOOK]


def test_a_try_of_each_channel_says_what_came_of_it(sqlite_stage, server, hook):
    with pytest.raises(Misconfigured, match="nobody is told"):
        try_channels(sqlite_stage.system, sqlite_stage.staff)
    server.open()
    found = replace(
        sqlite_stage.system.settings, alarm_smtp=local(server), alarm_mail_to=("a@b.example",), alarm_webhook=hook.url
    )
    tried = try_channels(replace(sqlite_stage.system, settings=found), sqlite_stage.staff)
    assert tried == [
        {"channel": "mail", "sent": True, "fault": ""},
        {"channel": "webhook", "sent": False, "fault": "the receiver cannot be reached (ConnectionError)"},
    ]
    assert server.subjects == ["[999 test 999] TEST: test of the alarms"]
