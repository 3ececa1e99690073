"""A geocoder's server on this machine, which answers as Nominatim, Photon and Pelias do, and misbehaves on request."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

LEEDS = (53.7713, -1.5487)
YORK = (53.9600, -1.0873)
FINE = {"nominatim": 30, "photon": "house", "pelias": "address"}
COARSE = {"nominatim": 16, "photon": "city", "pelias": "locality"}
KINDS = tuple(FINE)
PATHS = {"nominatim": "/maps/search", "photon": "/maps/api", "pelias": "/maps/v1/search"}
QUERIES = {"nominatim": "q", "photon": "q", "pelias": "text"}


class GeocoderServer:
    """`answer` says where every address lies; `behave` what else the server does with a question."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.point: tuple[object, object] | None = LEEDS
        self.precision: object = FINE[kind]
        self.behave = "answer"
        self.asked: list[str] = []
        self.agents: list[str | None] = []
        self.signs: list[str | None] = []
        self.strayed: list[str] = []
        self.over = Event()
        self.elsewhere = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/maps"

    @property
    def setting(self) -> str:
        return f"{self.kind}:{self.address}"

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def body(self) -> bytes:
        if self.kind == "nominatim":
            one = self.point and {"lat": str(self.point[0]), "lon": str(self.point[1]), "display_name": "there"}
            return json.dumps([one | {"place_rank": self.precision}] if one else []).encode()
        key = "type" if self.kind == "photon" else "layer"
        feature = self.point and {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [self.point[1], self.point[0]]},
            "properties": {"name": "there", key: self.precision},
        }
        return json.dumps({"type": "FeatureCollection", "features": [feature] if feature else []}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:  # noqa: C901  one small method for each way to misbehave
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                place = urlsplit(self.path)
                if place.path != PATHS[server.kind]:
                    server.strayed.append(self.path)
                server.asked.append(parse_qs(place.query).get(QUERIES[server.kind], [""])[0])
                server.agents.append(self.headers["User-Agent"])
                server.signs.append(self.headers["Authorization"])
                try:
                    getattr(self, server.behave)()
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def send(self, status: int, body: bytes, **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def answer(self) -> None:
                self.send(200, server.body())

            def slow(self) -> None:
                server.over.wait(5)
                self.answer()

            def drip(self) -> None:
                """A byte now and then: no single wait is ever long."""
                self.send_response(200)
                self.end_headers()
                while not server.over.wait(0.05):
                    self.wfile.write(b" ")
                    self.wfile.flush()

            def drip_head(self) -> None:
                while not server.over.wait(0.05):
                    self.wfile.write(b"H")
                    self.wfile.flush()

            def refuse(self) -> None:
                self.send(503, b"Dewsbury Road")

            def forbid(self) -> None:
                self.send(403, b"{}")

            def garbage(self) -> None:
                self.send(200, b"\x00\xff<html>")

            def other_shape(self) -> None:
                self.send(200, b'{"features": [{"geometry": null}], "lat": []}')

            def deep(self) -> None:
                self.send(200, b"[" * 100_000)

            def huge(self) -> None:
                self.send(200, b" " * 3_000_000 + server.body())

            def hang_up(self) -> None:
                self.close_connection = True

            def redirect(self) -> None:
                self.send(302, b"", Location=server.elsewhere)

            def log_message(self, *_: object) -> None:
                return

        return Handler


def took(act) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began
