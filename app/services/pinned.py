"""Connections to the very address that was looked at: the name is not resolved a second time."""

import logging
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

# It writes each address that is called into its log: a path may hold a token, a query an address of somebody's.
logging.getLogger("urllib3.connectionpool").addFilter(lambda _: False)
# Takes host, port and scheme; returns every address of it, as numbers, or raises where one may not be called.
LookUp = Callable[[str, int, str], Sequence[str]]


class Leash:
    """Second handles of sockets, so that whoever waits no longer can end what hangs on them."""

    def __init__(self) -> None:
        self._held: list[socket.socket] = []
        self._ended = False
        self._one_at_a_time = Lock()

    def hold(self, line: socket.socket) -> None:
        """Keep a handle of a socket; TimeoutError where nobody waits for it any more."""
        with self._one_at_a_time:
            if self._ended:
                line.close()
                raise TimeoutError
            self._held.append(line.dup())

    def end(self) -> None:
        """End every connection, however slowly the other side goes on, and let none begin."""
        with self._one_at_a_time:
            self._ended = True
            for line in self._held:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                line.close()


class PinnedAdapter(HTTPAdapter):
    """Opens its connections to what `look_up` returned; host and server name (SNI) stay those of the URL."""

    def __init__(self, look_up: LookUp, leash: Leash) -> None:
        self._look_up, self._leash = look_up, leash
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        """Make the pool out of pinned connections alone."""
        self.poolmanager = PoolManager(connections, maxsize=maxsize, block=block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._look_up, self._leash)


def _pools(look_up: LookUp, leash: Leash) -> dict[str, type[HTTPConnectionPool]]:
    def connect(connection: HTTPConnection, scheme: str) -> socket.socket:
        fault: OSError | None = None
        for address in look_up(connection.host, connection.port, scheme):
            try:
                line = create_connection((address, connection.port), connection.timeout)
                leash.hold(line)
            except TimeoutError:
                raise ConnectTimeoutError(connection, "no connection in time") from None
            except OSError as met:
                fault = met
            else:
                return line
        raise NewConnectionError(connection, "no connection") from fault

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self, "http")

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self, "https")

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}
