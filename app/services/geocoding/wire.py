"""How a geocoder's server is spoken to: nowhere inside, one host, no redirect, a bounded answer in a bounded time."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

from app.services import bounded
from app.services.outside import NoAnswer, NotOutside, Outside, TooLate, TooLong, call, trusted_authorities

LARGEST = 256 * 1024  # bytes; an answer of ten features has some fifteen thousand
SUCCESS = range(200, 300)
Answer = TypeVar("Answer")
log = structlog.get_logger()


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy ships no types
    """Gets JSON from the operator's own server; a redirect is an error, since it leads to another's.

    `inside` are the hosts of ELD_GEOCODER_INSIDE: a server elsewhere is called on the open internet, by https.
    """

    def __init__(self, *, proxies: Any = None, ssl_context: Any = None, inside: frozenset[str] = frozenset()) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._way = Outside(inside=inside, authorities=trusted_authorities())

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        """Return the JSON that the server answers; geopy's errors for everything else."""
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text)
        except ValueError as wrong:
            raise GeocoderParseError("the answer is not JSON") from wrong

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """Return the text that the server answers within `timeout` seconds, 256 KiB at most."""
        try:
            answer = call(self._way, "GET", url, headers=headers, seconds=timeout, largest=LARGEST)
        except NotOutside as refused:
            log.warning("geocoder not called", why=str(refused), setting="ELD_GEOCODER_INSIDE")
            raise GeocoderUnavailable("the server is not one that may be called") from refused
        except TooLate as late:
            raise GeocoderTimedOut("no answer in time") from late
        except TooLong as long:
            raise GeocoderServiceError("the answer is too long") from long
        except NoAnswer as unreached:
            raise GeocoderUnavailable("the server cannot be reached") from unreached
        if answer.status not in SUCCESS:
            raise AdapterHTTPError("the server refused", status_code=answer.status, headers={}, text="")
        try:
            return answer.body.decode("utf-8")
        except ValueError as wrong:
            raise GeocoderParseError("the answer is not text") from wrong


def within(seconds: float, question: Callable[[], Answer]) -> Answer:
    """Return the answer of `question`, or raise GeocoderTimedOut after `seconds` whatever it hangs on."""
    try:
        return bounded.within(seconds, question)
    except bounded.Late:
        raise GeocoderTimedOut("no answer in time") from None
