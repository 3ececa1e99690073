"""Calls to addresses that a person or a setting gave us, which must lead nowhere inside (SSRF).

A name is resolved once, by us; every address that it has must be of the open internet; and the connection is made to
the very address that was looked at, so that a name which answers differently the next moment (DNS rebinding) gains
nothing. No proxy of the environment is used, since that would resolve names itself, and no redirect is followed.
"""

import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import requests
from urllib3.exceptions import HTTPError

from app.domain.public_addresses import is_loopback, is_public
from app.services import bounded
from app.services.pinned import Leash, PinnedAdapter

LONGEST_URL, LONGEST_CALL = 500, 8_000  # of an address that is kept; of one with what is asked behind it
CONNECT_SECONDS = 5.0
PIECE = 16 * 1024
USUAL_PORTS = {"https": 443, "http": 80}
Resolver = Callable[[str, int], Sequence[str]]


class NotOutside(Exception):
    """The address leads inside, or is written as none may be; the message says why and quotes nothing of it."""


class NoAnswer(Exception):
    """The other side could not be reached, or did not answer in time or in bounds."""


class TooLate(NoAnswer):
    """It did not answer in time."""


class TooLong(NoAnswer):
    """It answered more than was to be read."""


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a name, as numbers, each once; OSError where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


@cache
def trusted_authorities() -> str | None:
    """Return where the machine keeps its certificate authorities: an operator adds their own there."""
    known = ssl.get_default_verify_paths()
    return next((path for path in (known.cafile, known.capath) if path and Path(path).exists()), None)


@dataclass(frozen=True)
class Outside:
    """What may be called, each said by whoever calls: https of the open internet unless more is allowed.

    `loopback` lets this machine be called, by http too: for a rehearsal. `inside` are hosts that the operator named
    as inside, by http too. `authorities` is a file or folder of certificates to trust instead of the usual ones.
    """

    loopback: bool = False
    inside: frozenset[str] = frozenset()
    resolver: Resolver = resolve
    authorities: str | None = None

    def addresses(self, host: str, port: int, scheme: str) -> list[str]:
        """Return the addresses of a host, every one of which may be called; NotOutside where one may not."""
        try:
            found = list(self.resolver(host, port))
        except (OSError, UnicodeError) as none:
            raise NoAnswer("the host's name cannot be resolved") from none
        if not found:
            raise NoAnswer("the host's name has no address")
        if host.lower() in self.inside:
            return found
        if self.loopback and all(is_loopback(address) for address in found):
            return found
        if scheme != "https":
            raise NotOutside("only https:// is called")
        if not all(is_public(address) for address in found):
            raise NotOutside("the host has an address that is not of the open internet")
        return found


@dataclass(frozen=True)
class Answer:
    """What came back; `body` is whole, and empty where it was not asked for."""

    status: int
    body: bytes


def read_address(url: str, way: Outside, longest: int = LONGEST_URL) -> SplitResult:
    """Return the parts of an address that may be called as far as its writing tells; NotOutside says why not.

    Its name is looked up with each call: what it leads to may change.
    """
    if len(url) > longest:
        raise NotOutside(f"the address is longer than {longest} characters")
    if not url.isascii() or not url.isprintable() or set(url) & set(' "<>\\^`{|}'):
        raise NotOutside("the address holds a character that none has: write it as %.. or xn--..")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NotOutside("the address cannot be read") from None
    if parts.scheme not in USUAL_PORTS or not host or port == 0:
        raise NotOutside("write the address as https://host/path")
    if "@" in parts.netloc:
        raise NotOutside("the address holds a user name or password: it must not")
    if "#" in url:
        raise NotOutside("the address has a part behind #, which is never sent")
    known = host.lower() in way.inside or (way.loopback and (host == "localhost" or is_loopback(host)))
    if parts.scheme != "https" and not known:
        raise NotOutside("only https:// is called")
    if not known and _is_numbers(host) and not is_public(host):
        raise NotOutside("the address is not of the open internet")
    return parts


def call(
    way: Outside,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    seconds: float,
    largest: int = 0,
) -> Answer:
    """Make one call, `seconds` at most over all of it, and read `largest` bytes of the answer at most.

    With `largest` 0 the answer's content is not read at all. Raises NotOutside and NoAnswer; a redirect is an answer.
    """
    read_address(url, way, LONGEST_CALL)
    leash = Leash()
    try:
        return bounded.within(seconds, lambda: _call(way, leash, method, url, dict(headers), body, seconds, largest))
    except bounded.Late:
        raise TooLate("no answer in time") from None
    finally:
        leash.end()  # the thread that waits on it ends too


def _call(
    way: Outside,
    leash: Leash,
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes | None,
    seconds: float,
    largest: int,
) -> Answer:
    deadline = time.monotonic() + seconds
    with requests.Session() as session:
        session.trust_env = False  # no proxy, and no password of a .netrc
        adapter = PinnedAdapter(way.addresses, leash)
        for scheme in USUAL_PORTS:
            session.mount(f"{scheme}://", adapter)
        try:
            with session.request(
                method,
                url,
                data=body,
                headers={"User-Agent": "emergency-location-data", "Accept-Encoding": "identity"} | headers,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
                stream=True,
                verify=way.authorities or True,
            ) as answer:
                return Answer(answer.status_code, _read(answer, largest, deadline) if largest else b"")
        except requests.Timeout as late:
            raise TooLate("no answer in time") from late
        except requests.exceptions.SSLError as fault:
            raise NoAnswer("its TLS or its certificate fails") from fault
        except (OSError, HTTPError, ValueError) as fault:  # requests' own errors are OSErrors
            raise NoAnswer(f"it cannot be reached ({type(fault).__name__})") from fault


def _read(answer: requests.Response, largest: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    length = 0
    while piece := answer.raw.read1(PIECE):
        parts.append(piece)
        length += len(piece)
        if length > largest:
            raise TooLong("the answer is too long")
        if time.monotonic() > deadline:
            raise TooLate("no answer in time")
    return b"".join(parts)


def _is_numbers(host: str) -> bool:
    """Say whether a host is an address and no name; 127.1 and 0x7f.1 are looked up like names, and caught there."""
    return ":" in host or host.replace(".", "").isdigit()
