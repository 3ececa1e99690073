"""The shared place over SFTP, from the agent's side: pinned host key, log-in by key, the folder's layout."""

import logging
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import paramiko

from emergency_export.agent.book import AgentError
from emergency_export.agent.exchange import HEAD, ExchangeDownError, Mark

_SSH = 22
_IN_MEMORY = 2**20
_PIECE = 2**15


@dataclass(frozen=True, slots=True)
class Server:
    """Who logs in where; `path` has the two boxes, and begins where the server lets the user in if it has no /.

    `host_keys` are the only ones believed, each its kind (`ssh-ed25519`) and its bytes.
    """

    user: str
    host: str
    port: int
    path: str
    host_keys: Sequence[tuple[str, bytes]]


class ExchangeSftp:
    """`outbox/` and `inbox/` on an SFTP server, made where they are missing; connected for each piece of work.

    `client_key` is the path of the private key, `timeout` in seconds. AgentError: either side refuses the other,
    or a key cannot be read.
    """

    def __init__(self, server: Server, *, client_key: Path, timeout: float = 30.0) -> None:
        self._server, self._client_key, self._timeout = server, client_key, timeout
        self._open: paramiko.SFTPClient | None = None
        try:
            self._pinned = [paramiko.PKey.from_type_string(kind, blob) for kind, blob in server.host_keys]
        except Exception as error:  # each kind of key has errors of its own
            raise AgentError("a pinned host key cannot be read") from error

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Be connected for one piece of work; a connection that is there already is used."""
        if self._open is not None:
            yield
            return
        # What goes wrong is raised; paramiko would print it too, with a traceback.
        logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
        with paramiko.SSHClient() as client:
            with _reaching():
                self._open = self._connect(client)
            try:
                yield
            finally:
                self._open = None

    def names(self) -> list[str]:
        """Return the names of the files in the outbox."""
        with _reaching():
            found = self._sftp.listdir_attr(self._at("outbox"))
        return [item.filename for item in found if stat.S_ISREG(item.st_mode or 0)]

    def mark(self, name: str) -> Mark:
        """Return the mark of a file in the outbox; SFTP tells whole seconds and no inode."""
        with _reaching():
            return _mark_of(self._sftp.stat(self._at("outbox", name)))

    def head(self, name: str) -> bytes:
        """Return how a file in the outbox begins."""
        with _reaching(), self._sftp.open(self._at("outbox", name), "rb") as stream:
            return stream.read(HEAD)

    @contextmanager
    def open(self, name: str) -> Iterator[tuple[BinaryIO, Mark]]:
        """Give a copy of a file in the outbox with its mark."""
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
            with _reaching(), self._sftp.open(self._at("outbox", name), "rb") as stream:
                mark = _mark_of(stream.stat())
                stream.prefetch(mark.size)
                while piece := stream.read(_PIECE):
                    copy.write(piece)
            copy.seek(0)
            yield cast("BinaryIO", copy), mark

    def remove(self, name: str) -> None:
        """Take a file out of the outbox."""
        with _reaching():
            self._sftp.remove(self._at("outbox", name))

    def lies(self, name: str) -> bool:
        """Tell whether a reply of this name lies in the inbox."""
        with _reaching():
            try:
                self._sftp.stat(self._at("inbox", name))
            except FileNotFoundError:
                return False
            return True

    def put(self, name: str, content: Iterable[bytes]) -> bool:
        """Put a reply into the inbox: `.part`, whose length is checked, then renamed; see Exchange."""
        final = self._at("inbox", name)
        part = f"{final}.part"
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
            copy.writelines(content)
            copy.seek(0)
            if self.lies(name):
                return self._same(final, cast("BinaryIO", copy))
            with _reaching():
                self._sftp.putfo(cast("BinaryIO", copy), part, confirm=True)
                # Plain SFTP rename does not replace what took the name meanwhile.
                self._sftp.rename(part, final)
        return True

    def place(self, name: str) -> Path:
        """Return the path of a reply on the server."""
        return Path(self._at("inbox", name))

    def _connect(self, client: paramiko.SSHClient) -> paramiko.SFTPClient:
        server = self._server
        known = server.host if server.port == _SSH else f"[{server.host}]:{server.port}"
        for key in self._pinned:
            client.get_host_keys().add(known, key.get_name(), key)
        # Another key than the pinned ones is refused, never added.
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        client.connect(
            server.host,
            server.port,
            server.user,
            key_filename=str(self._client_key),
            allow_agent=False,
            look_for_keys=False,
            timeout=self._timeout,
            banner_timeout=self._timeout,
            auth_timeout=self._timeout,
        )
        sftp = client.open_sftp()
        channel = sftp.get_channel()
        if channel is not None:
            channel.settimeout(self._timeout)
        for folder in ("outbox", "inbox"):
            path = self._at(folder)
            try:
                sftp.stat(path)
            except FileNotFoundError:
                sftp.mkdir(path, mode=0o700)
        return sftp

    def _same(self, final: str, copy: BinaryIO) -> bool:
        with _reaching(), self._sftp.open(final, "rb") as stream:
            stream.prefetch()
            while (piece := stream.read(_PIECE)) == copy.read(_PIECE):
                if not piece:
                    return True
        return False

    def _at(self, *parts: str) -> str:
        path = self._server.path
        return "/".join((path.rstrip("/"), *parts)) if path else "/".join(parts)

    @property
    def _sftp(self) -> paramiko.SFTPClient:
        if self._open is None:
            raise AssertionError("every call is made while the place is reached")
        return self._open


def _mark_of(found: paramiko.SFTPAttributes) -> Mark:
    return Mark(found.st_size or 0, (found.st_mtime or 0) * 10**9, 0)


@contextmanager
def _reaching() -> Iterator[None]:
    """Say what went wrong on the way: a refusal is for a person, everything else may pass."""
    try:
        yield
    except paramiko.BadHostKeyException as error:
        raise AgentError("the server shows another host key than the pinned one: nothing was exchanged") from error
    except paramiko.AuthenticationException as error:
        raise AgentError("the server does not let this user in with this key") from error
    except paramiko.SSHException as error:
        if "not found in known_hosts" in str(error):
            raise AgentError("the server shows no host key of the pinned kind: nothing was exchanged") from error
        raise ExchangeDownError(f"the server broke off: {error}") from error
    except PermissionError as error:
        raise AgentError("the server does not let this user work in outbox and inbox") from error
    except (EOFError, OSError) as error:
        raise ExchangeDownError(f"the server cannot be reached: {error or 'it hung up'}") from error
