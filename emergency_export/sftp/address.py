"""Where the agent's server is, and how it and we are known to each other: read from settings, without connecting."""

import base64
import binascii
import hashlib
import hmac
import stat
from dataclasses import dataclass
from os import fsencode, geteuid
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from emergency_export.faults import UnusableSettings

SSH_PORT = 22
# SHA-1 signatures are not asked for: a pinned ssh-rsa key signs with SHA-2 (RFC 8332).
SIGNED_BY = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
OTHERS = stat.S_IRWXG | stat.S_IRWXO
HASHED = "|1|"


@dataclass(frozen=True, slots=True)
class Times:
    """How long anything may take, in seconds; `idle` is how long a connection is kept for the next use."""

    connect: float = 15
    log_in: float = 30
    answer: float = 60
    keepalive: int = 15
    idle: float = 5


@dataclass(frozen=True, slots=True)
class SftpAddress:
    """Who logs in where, and the folder above inbox and outbox."""

    user: str
    host: str
    port: int
    path: str

    @property
    def server(self) -> str:
        """Host and port as known_hosts files and people write them."""
        return self.host if self.port == SSH_PORT else f"[{self.host}]:{self.port}"

    def shown(self, *parts: str) -> str:
        """Return the address of something below the path; it holds no secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        root = self.path if self.path.startswith("/") else f"/~/{self.path}"
        path = "/".join((root.rstrip("/"), *parts)) or "/"
        return f"sftp://{quote(self.user, safe='')}@{host}:{self.port}{quote(fsencode(path), safe='/~')}"

    def below(self, *parts: str) -> bytes:
        """Return a path on the server as its bytes."""
        return fsencode("/".join((self.path.rstrip("/"), *parts)) if self.path else "/".join(parts))


@dataclass(frozen=True, slots=True)
class HostKey:
    """A public key of the server, as its kind and its bytes."""

    kind: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """The fingerprint as `ssh-keygen -l` prints it."""
        return fingerprint(self.blob)


def fingerprint(blob: bytes) -> str:
    """Return the SHA-256 fingerprint of a public key as `ssh-keygen -l` prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def parse_address(url: str) -> SftpAddress:
    """Read `sftp://user@host:port/path`; `/~/path` starts where the server lets the user in. UnusableSettings."""
    try:
        parts = urlsplit(url)
        port = parts.port or SSH_PORT
    except ValueError as wrong:
        raise UnusableSettings("an address is written as sftp://user@host:port/path") from wrong
    if parts.password is not None:
        raise UnusableSettings("an address holds no password: delivery logs in with a key alone")
    if parts.scheme != "sftp" or not parts.hostname or not parts.username or parts.query or parts.fragment:
        raise UnusableSettings("an address is written as sftp://user@host:port/path")
    path = unquote(parts.path).rstrip("/")
    if path == "/~" or path.startswith("/~/"):
        path = path.removeprefix("/~").lstrip("/")
    elif not path:
        path = "/"
    return SftpAddress(unquote(parts.username), parts.hostname, port, path)


def read_host_keys(text: str, address: SftpAddress) -> tuple[HostKey, ...]:
    """Read the pinned keys: `ssh-ed25519 AAAA...`, or the path of a .pub or known_hosts file. UnusableSettings."""
    if text.lstrip().startswith(tuple(f"{kind} " for kind in SIGNED_BY)):
        lines, source = text.splitlines(), "the setting"
    else:
        path, source = Path(text).expanduser(), Path(text).name
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeError) as wrong:
            raise UnusableSettings("neither a public key nor a file of public keys that can be read") from wrong
    found = tuple(key for line in lines if (key := _host_key(line, address)) is not None)
    if not found:
        raise UnusableSettings(f"{source} has no key of {address.server}")
    return found


def _host_key(line: str, address: SftpAddress) -> HostKey | None:
    """Return the key of one line where it is the server's; None for a comment and for another server's."""
    words = line.split()
    if not words or words[0].startswith("#"):
        return None
    if words[0].startswith("@"):
        raise UnusableSettings("keys that are revoked or sign others (@revoked, @cert-authority) are not supported")
    if words[0] not in SIGNED_BY:
        if not _names(words[0], address.server):
            return None
        words = words[1:]
    kind, blob = (*words, "", "")[:2]
    if kind not in SIGNED_BY:
        raise UnusableSettings(f"a host key is one of {', '.join(SIGNED_BY)}")
    try:
        decoded = base64.b64decode(blob, validate=True)
    except binascii.Error:
        decoded = b""
    begin = len(kind).to_bytes(4, "big") + kind.encode()
    if not decoded.startswith(begin) or len(decoded) == len(begin):
        raise UnusableSettings(f"the {kind} host key is damaged: copy the line again")
    return HostKey(kind, decoded)


def _names(pattern: str, server: str) -> bool:
    """Say whether the first word of a known_hosts line is the server's name, plain or hashed with HMAC-SHA1."""
    if not pattern.startswith(HASHED):
        return server in pattern.split(",")
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in pattern.removeprefix(HASHED).split("|"))
    except ValueError:
        return False
    return hmac.compare_digest(hmac.new(salt, server.encode(), "sha1").digest(), digest)


def check_key_file(text: str) -> Path:
    """Return the path of the private key; UnusableSettings where others than the service's user can read it."""
    path = Path(text).expanduser()
    try:
        found = path.stat()
    except OSError as wrong:
        raise UnusableSettings(f"the private key cannot be read: {wrong.strerror}") from wrong
    if not stat.S_ISREG(found.st_mode):
        raise UnusableSettings("the private key is not a file")
    if found.st_mode & OTHERS or found.st_uid not in {0, geteuid()}:
        raise UnusableSettings("others can read the private key, or own it: make it the service's own, mode 600")
    return path
