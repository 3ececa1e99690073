"""A program that calls, and looks closely at each answer."""

import json
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from app.api.problems import CONTENT_TYPE
from app.api.rooms import HEADERS, PREFIX
from app.domain.actors import Actor, Role

STAFF = Actor("cli", Role.OPERATIONS)
ACCOUNT = 1

LOCATION = {
    "number": "01632 960001",
    "name": "Harbour Lane Bakery",
    "premises": "Pennant House",
    "thoroughfare": "Dewsbury Road",
    "post_town": "Leeds",
    "postcode": "LS11 5DF",
}


def location(place: int = 1, **columns: Any) -> dict[str, Any]:
    return LOCATION | {"number": f"01632 960{place:03d}"} | columns


class Caller:
    def __init__(self, client: FlaskClient, key: str = "") -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.answer: Any = None

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body)
        sent = {"Content-Type": "application/json"} | self.headers | headers
        return self.look(self.client.post(PREFIX + path, data=data, headers=sent), status)

    def send(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        """As `post`, by any method; without a body where none is given."""
        kind = {} if body is None else {"Content-Type": "application/json"}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        sent = kind | self.headers | headers
        return self.look(self.client.open(PREFIX + path, method=method, data=data, headers=sent), status)

    def get(self, path: str, status: int = 200, **headers: str) -> Any:
        return self.send("GET", path, None, status, **headers)

    def look(self, answer: Any, status: int) -> Any:
        self.answer = answer
        text = answer.get_data(as_text=True)
        assert answer.status_code == status, f"{answer.status_code}: {text[:2000]}"
        for name, value in HEADERS.items():
            assert answer.headers.getlist(name) == [value], name
        assert "Set-Cookie" not in answer.headers
        assert "Traceback" not in text
        if status >= 400:
            assert answer.content_type == CONTENT_TYPE
            found = json.loads(text)
            assert (found["type"], found["status"]) == ("about:blank", status)
            assert set(found) >= {"title", "detail", "problems"}
            return found
        if status in {204, 304}:
            assert not text
            return None
        assert answer.mimetype == "application/json"
        return json.loads(text)

    def codes(self, path: str, body: Any, status: int) -> list[tuple[int | None, str, str]]:
        return [(p.get("row"), p["code"], p["field"]) for p in self.post(path, body, status)["problems"]]


MakeCaller = Callable[..., Caller]
