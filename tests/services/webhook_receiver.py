"""A receiver of webhooks on this machine, which checks signatures and misbehaves on request."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest, new
from threading import Lock

from alarm_receivers import free_port
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response


def signed(secret: str, headers, body: bytes) -> bool:
    """Check a signature, written anew after Standard Webhooks: one of those given must be right."""
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    right = b64encode(new(b64decode(secret.removeprefix("whsec_")), content, sha256).digest()).decode()
    given = [one.partition(",") for one in headers["webhook-signature"].split()]
    return any(version == "v1" and compare_digest(found, right) for version, _, found in given)


@dataclass
class Receiver:
    """`status` is what it answers; `takes` are the documents that it answered with 2xx, in the order they came."""

    port: int = field(default_factory=free_port)
    status: int = 204
    statuses: list[int] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    takes: list[dict] = field(default_factory=list)
    asked: list[dict] = field(default_factory=list)
    forged: int = 0
    _running: HTTPServer | None = None
    _lock: Lock = field(default_factory=Lock)

    def open(self) -> "Receiver":
        self._running = HTTPServer(host="127.0.0.1", port=self.port)
        self._running.expect_request("/hook", method="POST").respond_with_handler(self._take)
        self._running.start()
        return self

    def close(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def told(self) -> list[tuple[int, int, str]]:
        """Number, sequence and status of what was taken, as it came."""
        data = [take["data"] for take in self.takes if take["data"]]
        return [(one["number_id"], one["sequence"], one["status"]) for one in data]

    def _take(self, request: Request) -> Response:
        with self._lock:
            body = request.get_data()
            if self.secrets and not any(signed(secret, request.headers, body) for secret in self.secrets):
                self.forged += 1
            document = json.loads(body)
            self.asked.append(document)
            status = self.statuses.pop(0) if self.statuses else self.status
            if status < 300:
                self.takes.append(document)
            headers = {"Location": "http://127.0.0.1:1/"} if 300 <= status < 400 else {}
            return Response("", status=status, headers=headers)
