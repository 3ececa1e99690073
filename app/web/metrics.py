"""/metrics, as Prometheus reads it: for the machine itself and whom ELD_METRICS_FROM names; nothing of a person."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from flask import Response, abort, current_app, request
from prometheus_client.core import CollectorRegistry, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from app.services.metrics import Measures, measure
from app.services.system import System
from app.web.desk import the_system
from app.web.rooms import For, Room

room = Room("metrics", audience=For.EVERYONE)
# Counting a million numbers by status takes a second or two, and a monitor asks every few.
KEPT_SECONDS = 30
CACHE = "eld_measures"


@room.get("/metrics")
@room.on_the_way
def show() -> Response:
    """Give the measures to who may read them."""
    system = the_system()
    if not may_read(system, request.remote_addr or "", _forwarded()):
        abort(403)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(_measured(system)))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def may_read(system: System, address: str, forwarded: bool) -> bool:
    """Say whether who asks from an address may read the measures.

    Where somebody's proxy passed it on and no proxy is trusted, the address is the proxy's own: it proves nothing.
    """
    if forwarded and not system.settings.trusted_proxies:
        return False
    try:
        asker = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(asker, "ipv4_mapped", None)
    asker = mapped or asker
    return asker.is_loopback or any(asker in ip_network(network) for network in system.settings.metrics_from)


def _forwarded() -> bool:
    return "X-Forwarded-For" in request.headers or "Forwarded" in request.headers


def _measured(system: System) -> Measures:
    kept = current_app.extensions.get(CACHE)
    now = system.clock.now()
    if kept is None or (now - kept[0]).total_seconds() >= KEPT_SECONDS:
        kept = now, measure(system)
        current_app.extensions[CACHE] = kept
    found: Measures = kept[1]
    return found


class _Collector:
    """The measures of one moment in the form of the library."""

    def __init__(self, found: Measures) -> None:
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = self._found
        yield _family("eld_numbers", "Numbers by status", "status", found.numbers)
        yield _family("eld_cases", "Cases by state", "state", found.cases)
        yield _family("eld_alarms_standing", "Alarms that stand, by kind", "kind", found.alarms)
        yield GaugeMetricFamily("eld_cases_overdue", "Cases beyond their deadline", found.cases_overdue)
        yield GaugeMetricFamily("eld_mails_waiting", "Mails to people that have not left", found.mails_waiting)
        yield GaugeMetricFamily("eld_webhooks_waiting", "Deliveries to webhooks not done", found.webhooks_waiting)
        yield GaugeMetricFamily("eld_trail_entries", "Entries of the trail", found.trail_entries)
        for name, words, at in (
            (
                "eld_oldest_undelivered_file",
                "When the oldest file that has not left was made",
                found.oldest_undelivered,
            ),
            ("eld_last_export", "When the last night finished", found.last_export),
        ):
            # Without such a moment there is no sample: 0 would be one of 1970.
            family = GaugeMetricFamily(f"{name}_timestamp_seconds", words)
            if at is not None:
                family.add_metric([], at.timestamp())
            yield family


def _family(name: str, words: str, label: str, counts: Mapping[Any, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, count in counts.items():
        family.add_metric([str(value)], count)
    return family
