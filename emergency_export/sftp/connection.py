"""Getting in at the agent's server: its key is the pinned one or nothing is said, and ours is the only thing shown."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key
from paramiko import (
    AuthenticationException,
    BadAuthenticationType,
    ChannelException,
    ECDSAKey,
    PasswordRequiredException,
    PKey,
    SSHException,
    Transport,
)
from paramiko.pkey import UnknownKeyType
from paramiko.ssh_exception import IncompatiblePeer

from emergency_export.faults import KeyRefused, ServerRefused, TransportDown, UnusableSettings, WrongHostKey
from emergency_export.sftp.address import SIGNED_BY, HostKey, SftpAddress, Times, check_key_file, fingerprint
from emergency_export.sftp.answers import RemoteStatus
from emergency_export.sftp.session import SftpSession

# RFC 4254, 5.1: the server would open a channel, but not now
CONNECT_FAILED, RESOURCE_SHORTAGE = 2, 4


def open_session(address: SftpAddress, host_keys: tuple[HostKey, ...], key: Path, times: Times) -> SftpSession:
    """Connect, check the server's key, log in with ours, and begin SFTP.

    TransportDown: may succeed later. WrongHostKey, KeyRefused, UnusableSettings, ServerRefused: a person must look.
    """
    # What goes wrong is raised; paramiko would print it too, with a traceback.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
    identity = load_key(key)
    transport = Transport(_dial(address, times))
    try:
        with _bounded(transport, times.connect):
            _shake_hands(transport, address, host_keys, times)
        with _bounded(transport, times.log_in):
            _log_in(transport, address, identity, times)
            session = _begin(transport, address, times)
    except BaseException:
        transport.close()
        raise
    transport.set_keepalive(times.keepalive)
    return session


def load_key(path: Path) -> PKey:
    """Return the private key; UnusableSettings says nothing of what is in the file."""
    check_key_file(str(path))
    try:
        return _ecdsa(path) or PKey.from_path(path)
    except (PasswordRequiredException, TypeError):
        raise UnusableSettings("the private key has a passphrase: use one without, that no other can read") from None
    except (SSHException, UnknownKeyType, UnsupportedAlgorithm, ValueError, OSError):
        # from None: the cause may carry the key
        raise UnusableSettings("the private key is damaged, or of a kind that is not supported") from None


def _ecdsa(path: Path) -> PKey | None:
    """Return an ECDSA key in OpenSSH's form, None for any other: paramiko reads some that have no comment wrong."""
    try:
        key = load_ssh_private_key(path.read_bytes(), password=None)
    except ValueError:  # PEM, or damaged: the other way of reading tells
        return None
    return ECDSAKey(vals=(key, key.public_key())) if isinstance(key, EllipticCurvePrivateKey) else None


def _dial(address: SftpAddress, times: Times) -> socket.socket:
    try:
        dialled = socket.create_connection((address.host, address.port), timeout=times.connect)
    except OSError as wrong:
        why = "no answer in time" if isinstance(wrong, TimeoutError) else wrong.strerror or str(wrong)
        raise TransportDown(f"{address.server} cannot be reached: {why}") from wrong
    dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # each request waits for the answer to the last one
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # paramiko writes for ever to a peer that takes nothing; the kernel ends that (RFC 5482)
        dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(times.answer * 1000))
    return dialled


@contextmanager
def _bounded(transport: Transport, seconds: float) -> Iterator[None]:
    """Close the connection where this takes longer: some of paramiko's waits have no end of their own."""
    watch = Timer(seconds, transport.close)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _shake_hands(transport: Transport, address: SftpAddress, host_keys: tuple[HostKey, ...], times: Times) -> None:
    transport.banner_timeout = transport.handshake_timeout = times.connect
    # asked for the pinned kinds alone, a server that has several keys shows the one that is known
    kinds = dict.fromkeys(kind for key in host_keys for kind in SIGNED_BY[key.kind])
    transport.get_security_options().key_types = tuple(kinds)
    pinned = tuple(key.fingerprint for key in host_keys)
    try:
        transport.start_client()
        shown = transport.get_remote_server_key().asbytes()
    except IncompatiblePeer as wrong:
        if "host key" in str(wrong):
            raise WrongHostKey(address.server, "none of that kind", pinned) from wrong
        raise ServerRefused(f"{address.server} and this program have no way of encryption in common: {wrong}") from (
            wrong
        )
    except (EOFError, OSError, SSHException) as wrong:
        if "Signature verification" in str(wrong):
            raise WrongHostKey(address.server, "a key that it cannot sign with", pinned) from wrong
        raise TransportDown(f"{address.server} answers, but does not greet: {wrong or 'it hung up'}") from wrong
    if not any(shown == key.blob for key in host_keys):
        raise WrongHostKey(address.server, fingerprint(shown), pinned)


def _log_in(transport: Transport, address: SftpAddress, identity: PKey, times: Times) -> None:
    transport.auth_timeout = times.log_in
    refused = f"{address.server} does not let {address.user} in with the key {identity.fingerprint}"
    try:
        wanted_too = transport.auth_publickey(address.user, identity)
    except BadAuthenticationType as wrong:
        raise KeyRefused(f"{refused}: it takes no keys from this user") from wrong
    except AuthenticationException as wrong:
        if _ended(transport) or "timeout" in str(wrong).lower():
            raise TransportDown(f"{address.server} hung up while {address.user} was logging in") from wrong
        raise KeyRefused(f"{refused}: is the key the one that the agent was given?") from wrong
    except (EOFError, OSError, SSHException) as wrong:
        raise TransportDown(f"{address.server} hung up while {address.user} was logging in") from wrong
    if wanted_too:
        raise KeyRefused(f"{refused} alone: it wants {', '.join(wanted_too)} too")


def _begin(transport: Transport, address: SftpAddress, times: Times) -> SftpSession:
    transport.channel_timeout = times.answer
    try:
        channel = transport.open_session(timeout=times.answer)
        channel.settimeout(times.answer)
        channel.invoke_subsystem("sftp")
        return SftpSession(channel)
    except ChannelException as wrong:
        if wrong.code in {CONNECT_FAILED, RESOURCE_SHORTAGE}:
            raise TransportDown(f"{address.server} is too busy: {wrong.text}") from wrong
        raise ServerRefused(f"{address.server} lets {address.user} in, but opens no session") from wrong
    except RemoteStatus as wrong:
        raise ServerRefused(f"{address.server}: {wrong.text}") from wrong
    except (EOFError, OSError, SSHException) as wrong:
        if isinstance(wrong, SSHException) and not _ended(transport):
            raise ServerRefused(f"{address.server} lets {address.user} in, but offers no SFTP") from wrong
        raise TransportDown(f"{address.server} hung up before the first request") from wrong


def _ended(transport: Transport) -> bool:
    """Say whether the connection is gone; paramiko tells waiting calls of it a moment before it says so itself."""
    transport.join(0.5)
    return not transport.is_alive()
