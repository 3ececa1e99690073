"""Calls to addresses given by others: where they may lead, and how little the other side can do."""

import socket
import time
from contextlib import suppress
from threading import active_count

import pytest
from alarm_receivers import make_certificate
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from stage import Stage
from werkzeug import Response

from app.services import pinned
from app.services.outside import NoAnswer, NotOutside, Outside, call, read_address, trusted_authorities
from app.services.webhooks.subscriptions import way_to_receivers

PUBLIC = "93.184.216.34"
HOME = Outside(loopback=True)


class Names:
    """A resolver with answers of its own: each question takes the next, the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, _host: str, _port: int) -> list[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@pytest.fixture
def server():
    with HTTPServer(host="127.0.0.1", port=0) as running:
        yield running


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch):
    """Note where a connection is opened to, and open none."""
    places = []

    def note(place, *_: object) -> socket.socket:
        places.append(place)
        raise OSError("not from a test")

    monkeypatch.setattr(pinned, "create_connection", note)
    return places


def ask(way: Outside, url: str, **options):
    return call(way, "POST", url, headers={}, body=b"{}", **({"seconds": 5} | options))


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "gopher://hooks.example/",
        "https:///path",
        "https://",
        "//hooks.example/",
        "https://user@hooks.example/",
        "https://user:secret@hooks.example/",
        "https://@hooks.example/",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https://hooks.example:x/",
        "https://hooks.example/#part",
        "https://hooks.example\\@10.0.0.1/",
        "https://hooks.example/a b",
        "https://hooks.example/\r\nX: y",
        "https://höoks.example/",
        "https://[::1",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::1]/",
        "https://2130706433/",
        "https://127.1/",
        "https://hooks.example/" + "a" * 500,
        "",
    ],
)
def test_what_is_not_called_by_its_writing_alone(url: str) -> None:
    with pytest.raises(NotOutside):
        read_address(url, Outside())


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    with suppress(NotOutside):
        assert read_address(text, Outside()).scheme == "https"


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:192.168.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["fe80::1%2"],
        [PUBLIC, "10.0.0.1"],
        ["10.0.0.1", PUBLIC],
    ],
)
def test_a_name_that_leads_inside_is_not_called(answers: list[str], dialled: list) -> None:
    with pytest.raises(NotOutside):
        ask(Outside(resolver=Names(answers)), "https://hooks.example/")
    assert dialled == []


def test_the_connection_is_made_to_the_address_that_was_looked_at(dialled: list) -> None:
    names = Names([PUBLIC], ["127.0.0.1"])  # another answer the second time
    with pytest.raises(NoAnswer):
        ask(Outside(resolver=names), "https://hooks.example:8443/")
    assert dialled == [(PUBLIC, 8443)]
    assert names.asked == 1


def test_each_of_several_addresses_is_tried(dialled: list) -> None:
    with pytest.raises(NoAnswer):
        ask(Outside(resolver=Names([PUBLIC, "2606:4700::1"])), "https://hooks.example/")
    assert dialled == [(PUBLIC, 443), ("2606:4700::1", 443)]


@pytest.mark.parametrize("written", ["127.1", "0x7f.1", "2130706433", "017700000001", "localhost"])
def test_loopback_however_it_is_written_is_found_out_by_the_machines_own_resolver(written: str, dialled: list) -> None:
    with pytest.raises((NotOutside, NoAnswer)):
        ask(Outside(), f"https://{written}/")
    assert dialled == []


def test_a_name_that_cannot_be_resolved() -> None:
    def nothing(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    for resolver in (nothing, Names([])):
        with pytest.raises(NoAnswer, match="name"):
            ask(Outside(resolver=resolver), "https://hooks.example/")


def test_this_machine_is_called_where_it_is_said_so_and_a_redirect_is_an_answer(server: HTTPServer) -> None:
    server.expect_request("/hook", method="POST").respond_with_data("taken", 201)
    server.expect_request("/away").respond_with_data("", 302, headers={"Location": "http://10.0.0.1/"})
    with pytest.raises(NotOutside):
        ask(Outside(), server.url_for("/hook"))
    assert ask(HOME, server.url_for("/hook")).status == 201
    assert ask(HOME, server.url_for("/hook"), largest=10).body == b"taken"
    assert ask(HOME, server.url_for("/away")).status == 302
    with pytest.raises(NotOutside):
        ask(Outside(loopback=True, resolver=Names(["10.0.0.1"])), "http://localhost/")


def test_a_host_that_the_operator_named_may_be_inside(server: HTTPServer) -> None:
    server.expect_request("/").respond_with_data("here")
    way = Outside(inside=frozenset({"maps.internal"}), resolver=Names(["127.0.0.1"]))
    assert ask(way, f"http://maps.internal:{server.port}/").status == 200
    with pytest.raises(NotOutside):
        ask(way, f"http://other.internal:{server.port}/")


def test_no_proxy_of_the_environment_is_used(server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.expect_request("/").respond_with_data("here")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(HOME, server.url_for("/")).status == 200


def test_the_answers_size_and_time_are_bounded(server: HTTPServer) -> None:
    def drip():
        for _ in range(100):
            time.sleep(0.05)
            yield b"x"

    server.expect_request("/long").respond_with_data(b"x" * 100_000)
    server.expect_request("/slow").respond_with_handler(lambda _: (time.sleep(1), Response())[1])
    server.expect_request("/drip").respond_with_handler(lambda _: Response(drip()))
    with pytest.raises(NoAnswer, match="too long"):
        ask(HOME, server.url_for("/long"), largest=99_999)
    assert len(ask(HOME, server.url_for("/long"), largest=100_000).body) == 100_000
    for path in ("/slow", "/drip"):
        began = time.monotonic()
        with pytest.raises(NoAnswer, match="in time"):
            ask(HOME, server.url_for(path), seconds=0.3, largest=1000)
        assert time.monotonic() - began < 0.9


def test_a_thread_that_waits_for_ever_is_let_go() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        before = active_count()
        with pytest.raises(NoAnswer):
            ask(HOME, f"http://127.0.0.1:{listening.getsockname()[1]}/", seconds=0.2)
        until = time.monotonic() + 2
        while active_count() > before and time.monotonic() < until:
            time.sleep(0.01)
        assert active_count() == before


def test_over_tls_the_certificate_is_that_of_the_name(tmp_path) -> None:
    with HTTPServer(host="127.0.0.1", port=0, ssl_context=make_certificate(tmp_path)) as running:
        running.expect_request("/").respond_with_data("safe")
        trusted = Outside(loopback=True, authorities=str(tmp_path / "cert.pem"))
        assert ask(trusted, f"https://127.0.0.1:{running.port}/").status == 200
        with pytest.raises(NoAnswer, match="certificate"):
            ask(HOME, f"https://127.0.0.1:{running.port}/")
        elsewhere = Outside(loopback=True, authorities=trusted.authorities, resolver=Names(["127.0.0.1"]))
        with pytest.raises(NoAnswer, match="certificate"):
            ask(elsewhere, f"https://hooks.example:{running.port}/")


def test_receivers_are_trusted_by_the_store_of_the_machine(sqlite_stage: Stage, tmp_path, monkeypatch) -> None:
    with HTTPServer(host="127.0.0.1", port=0, ssl_context=make_certificate(tmp_path)) as running:
        running.expect_request("/").respond_with_data("safe")
        url = f"https://127.0.0.1:{running.port}/"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        trusted_authorities.cache_clear()
        try:
            assert ask(way_to_receivers(sqlite_stage.system), url).status == 200
        finally:
            trusted_authorities.cache_clear()
