"""/metrics: what it tells, that nothing of a person is in it, and who may read it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.statuses import Status
from app.errors import Misconfigured
from app.services.system import System
from app.settings import load_settings
from app.web.metrics import may_read


def told(flask_app: Flask, **given: object) -> dict[tuple[str, str], float]:
    answer = flask_app.test_client().get("/metrics", **given)
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    families = text_string_to_metric_families(answer.get_data(as_text=True))
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in families
        for sample in family.samples
    }


def test_it_tells_how_the_installation_stands(
    operator: Visitor, register: Callable[..., None], flask_app: Flask, clock: FixedClock
) -> None:
    before = told(flask_app)
    assert {status for name, status in before if name == "eld_numbers"} == set(Status)
    assert not [name for name, _ in before if "undelivered" in name]
    register()
    register("01632 960002", premises="Berth Office")
    operator.get("/ops/send")
    for button in ("Send now", "Let the simulated agent answer", "Collect replies now"):
        operator.send(button)
    assert told(flask_app) == before, "they are kept for half a minute"
    clock.advance(timedelta(days=7))
    found = told(flask_app)
    assert found["eld_numbers", "live"] == before["eld_numbers", "live"] + 1
    assert found["eld_numbers", "rejected"] == 1
    assert (found["eld_cases", "open"], found["eld_cases_overdue", ""]) == (1, 1)
    assert found["eld_trail_entries", ""] > before["eld_trail_entries", ""]
    assert {name for name, _ in found} >= {"eld_mails_waiting", "eld_webhooks_waiting"}
    text = flask_app.test_client().get("/metrics").get_data(as_text=True)
    for personal in ("01632", "+44", "Bakery", "LS11", "@"):
        assert personal not in text


@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.0.2.7", 403), ("2001:db8::1", 403), ("x", 403)],
)
def test_without_a_setting_the_machine_alone_reads_it(lone_app: Flask, address: str, status: int) -> None:
    answer = lone_app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_what_a_proxy_passed_on_is_not_the_machine_itself(lone_app: Flask, header: str) -> None:
    assert lone_app.test_client().get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_a_setting_lets_others_read_it(lone_system: System) -> None:
    networks = load_settings(
        {"ELD_DEMO": "1", "ELD_METRICS_FROM": "192.0.2.7, 198.51.100.0/24 2001:db8::/32"}
    ).metrics_from
    system = replace(lone_system, settings=replace(lone_system.settings, metrics_from=networks))
    for address in ("192.0.2.7", "198.51.100.9", "2001:db8::5", "127.0.0.1", "::ffff:192.0.2.7"):
        assert may_read(system, address, forwarded=False), address
    assert not may_read(system, "192.0.2.8", forwarded=False)
    trusting = replace(system, settings=replace(system.settings, trusted_proxies=1))
    assert may_read(trusting, "192.0.2.7", forwarded=True)
    assert not may_read(trusting, "203.0.113.1", forwarded=True)
    with pytest.raises(Misconfigured, match="ELD_METRICS_FROM"):
        load_settings({"ELD_DEMO": "1", "ELD_METRICS_FROM": "192.0.2.7/24"})


def test_readiness_stays(lone_app: Flask) -> None:
    assert lone_app.test_client().get("/readyz").get_json()["ready"] is True
