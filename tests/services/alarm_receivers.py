"""A mail server and a receiver of webhooks on this machine, where alarms arrive, and which misbehave on request."""

import json
import socket
import ssl
import subprocess
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pytest_httpserver import HTTPServer
from werkzeug import Response

PASSWORD = "p@ss:w/rd 1"


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


@dataclass
class MailServer:
    """`answer` is what it says to a letter, `refused` which addresses it does not take."""

    port: int = field(default_factory=free_port)
    answer: str = "250 OK"
    refused: tuple[str, ...] = ()
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, ...]] = field(default_factory=list)
    log_ins: list[tuple[str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    _running: Controller | None = None

    def open(self, **options) -> "MailServer":
        self._running = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self._running.start()
        return self

    def close(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None

    @property
    def subjects(self) -> list[str]:
        return [letter["Subject"] for letter in self.letters]

    # what aiosmtpd calls

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802  aiosmtpd's name
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802  aiosmtpd's name
        if self.answer.startswith("250"):
            letter = message_from_bytes(envelope.content, policy=default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.envelopes.append(tuple(envelope.rcpt_tos))
            self.encrypted.append(session.ssl is not None)
        return self.answer

    def authenticate(self, _server, _session, _envelope, _mechanism, data):
        self.log_ins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


@dataclass
class HookServer:
    """`status` is what it answers; `posts` are the documents that came, with their headers."""

    port: int = field(default_factory=free_port)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    posts: list[dict[str, object]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    _running: HTTPServer | None = None

    def open(self) -> "HookServer":
        self._running = HTTPServer(host="127.0.0.1", port=self.port)
        self._running.expect_request("/hook/secret-token", method="POST").respond_with_handler(self._take)
        self._running.start()
        return self

    def close(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/secret-token"

    def _take(self, request) -> Response:
        self.keys.append(request.headers["Idempotency-Key"])
        self.posts.append(json.loads(request.data))
        return Response(self.body, status=self.status, headers=self.headers)


def make_certificate(folder) -> ssl.SSLContext:
    """Write a certificate for 127.0.0.1 into `folder`, signed by itself, and return a server's context with it."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", "/CN=alarms", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
