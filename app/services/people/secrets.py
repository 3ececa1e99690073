"""Secrets that must be read back: sealed under keys in ELD_KEY_DIR, which no backup of the database holds."""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import CallAPerson, Misconfigured

# Not NAME.key: those are the keys of the trail's persons, destroyed once nothing is held under them.
NAME = "people.ring"
KEY_BYTES, NONCE_BYTES, MARK_BYTES = 32, 12, 4


class SecretRing:
    """The keys of `people.ring`, or another's, one in hexadecimal on each line: the first seals, all of them open.

    To turn the key, put a new line in front and keep the old one. Misconfigured where others could read the file.
    """

    def __init__(self, folder: Path, name: str = NAME) -> None:
        self._name = name
        path = folder / name
        if not path.exists():
            _make(folder, path)
        if path.stat().st_mode & 0o077:
            raise Misconfigured(f"{name} in ELD_KEY_DIR can be read by others: set its mode to 600")
        try:
            self._keys = [bytes.fromhex(line) for line in path.read_text("ascii").split()]
        except ValueError:
            self._keys = []
        if not self._keys or any(len(key) != KEY_BYTES for key in self._keys):
            raise Misconfigured(f"{name} in ELD_KEY_DIR is damaged: bring it back, no other opens what was sealed")

    def seal(self, secret: str, purpose: str) -> str:
        """Return `secret` sealed by AES-256-GCM; it opens for the same `purpose` alone (`totp:12`)."""
        key, nonce = self._keys[0], secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, secret.encode(), purpose.encode())
        return urlsafe_b64encode(_mark(key) + nonce + sealed).decode()

    def open(self, sealed: str, purpose: str) -> str:
        """Return what was sealed; CallAPerson where the key is gone, or the value was tampered with."""
        try:
            raw = urlsafe_b64decode(sealed)
        except ValueError:
            raw = b""
        mark, nonce, rest = (
            raw[:MARK_BYTES],
            raw[MARK_BYTES : MARK_BYTES + NONCE_BYTES],
            raw[MARK_BYTES + NONCE_BYTES :],
        )
        for key in self._keys:
            if hmac.compare_digest(_mark(key), mark):
                try:
                    return AESGCM(key).decrypt(nonce, rest, purpose.encode()).decode()
                except (InvalidTag, ValueError):
                    break
        raise CallAPerson(f"A secret cannot be opened: was it sealed under another {self._name} than ELD_KEY_DIR has?")

    def digest(self, text: str) -> str:
        """Return HMAC-SHA256 of `text`, 64 hexadecimal digits: even what can be guessed, an address, stays unread."""
        return hmac.new(self._keys[-1], b"digest:" + text.encode(), hashlib.sha256).hexdigest()


def _mark(key: bytes) -> bytes:
    """Tell keys apart without telling anything of them."""
    return hashlib.sha256(b"mark:" + key).digest()[:MARK_BYTES]


def _make(folder: Path, path: Path) -> None:
    """Make the file exclusively: of two processes that start together one makes it, and both use that one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{path.name}.{secrets.token_hex(8)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # the other process was first
    finally:
        draft.unlink()
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
