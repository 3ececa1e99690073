"""Whose address a call came from: the proxies that there are say it, and nobody else can."""

from pathlib import Path

import pytest
from flask import Flask, request, request_started

from app import create_app
from app.services.setup import set_up
from app.settings import load_settings


@pytest.mark.parametrize(
    ("proxies", "seen"), [("0", "192.0.2.1"), ("1", "198.51.100.7"), ("2", "203.0.113.9")], ids=["none", "one", "two"]
)
def test_an_address_is_taken_from_our_own_proxies_alone(tmp_path: Path, proxies: str, seen: str) -> None:
    settings = load_settings({"ELD_DEMO": "1", "ELD_DATA_DIR": str(tmp_path), "ELD_TRUSTED_PROXIES": proxies})
    set_up(settings)
    flask_app = create_app(settings)
    heard: list[str | None] = []

    def hear(_: Flask, **__: object) -> None:
        heard.append(request.remote_addr)

    with request_started.connected_to(hear, flask_app):
        flask_app.test_client().get(
            "/healthz",
            environ_base={"REMOTE_ADDR": "192.0.2.1"},
            headers={"X-Forwarded-For": "10.0.0.1, 203.0.113.9, 198.51.100.7"},
        )
    assert heard == [seen]
