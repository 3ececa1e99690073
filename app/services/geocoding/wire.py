"""How a geocoder's server is spoken to: one host, no redirect, a bounded answer, a deadline over all of it."""

import json
import ssl
import time
from collections.abc import Callable
from functools import cache
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    UnknownHandler,
)

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

from app.services import bounded

LARGEST = 256 * 1024  # bytes; an answer of ten features has some fifteen thousand
PIECE = 16 * 1024
Answer = TypeVar("Answer")


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy ships no types
    """Gets JSON from the operator's own server; a redirect is an error, since it leads to another's."""

    def __init__(self, *, proxies: Any = None, ssl_context: Any = None) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._opener = OpenerDirector()
        for handler in (
            HTTPHandler(),
            HTTPSHandler(context=trusted_authorities()),
            HTTPErrorProcessor(),
            HTTPDefaultErrorHandler(),
            UnknownHandler(),
        ):
            self._opener.add_handler(handler)

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        """Return the JSON that the server answers; geopy's errors for everything else."""
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text)
        except ValueError as wrong:
            raise GeocoderParseError("the answer is not JSON") from wrong

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """Return the text that the server answers within `timeout` seconds, 256 KiB at most."""
        deadline = time.monotonic() + timeout
        request = Request(url, headers=headers)  # noqa: S310  the opener has no handler but http and https
        try:
            with self._opener.open(request, timeout=timeout) as page:
                return _read(page, deadline).decode("utf-8")
        except HTTPError as refused:
            refused.close()
            raise AdapterHTTPError("the server refused", status_code=refused.code, headers={}, text="") from refused
        except TimeoutError as late:
            raise GeocoderTimedOut("no answer in time") from late
        except (OSError, HTTPException) as unreached:
            raise GeocoderUnavailable("the server cannot be reached") from unreached
        except ValueError as wrong:
            raise GeocoderParseError("the answer is not text") from wrong


def _read(page: Any, deadline: float) -> bytes:
    parts: list[bytes] = []
    length = 0
    while piece := page.read1(PIECE):
        parts.append(piece)
        length += len(piece)
        if length > LARGEST:
            raise GeocoderServiceError("the answer is too long")
        if time.monotonic() > deadline:
            raise TimeoutError
    return b"".join(parts)


@cache
def trusted_authorities() -> ssl.SSLContext:
    """Return the machine's certificate authorities, read once."""
    return ssl.create_default_context()


def within(seconds: float, question: Callable[[], Answer]) -> Answer:
    """Return the answer of `question`, or raise GeocoderTimedOut after `seconds` whatever it hangs on."""
    try:
        return bounded.within(seconds, question)
    except bounded.Late:
        raise GeocoderTimedOut("no answer in time") from None
