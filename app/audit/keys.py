"""Keys of the persons in the trail: one file each, outside the database and its backups."""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

KEY_BYTES = 32
SUBJECT = re.compile(r"[a-z_]{1,30}-[A-Za-z0-9_-]{1,40}")


class KeyMissing(LookupError):
    """The subject has no key: it was destroyed, or the folder of keys is not the right one."""


class KeyStore:
    """The folder of keys (ELD_KEY_DIR); a subject is named `kind-id`, as `account-12`.

    A key file that was destroyed leaves the digests made under it meaningless: that is what erasure means.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def digest(self, subject: str, text: str) -> str:
        """Return HMAC-SHA256 of `text` under the subject's key, 64 hex digits; KeyMissing without one."""
        return hmac.new(self._read(subject), text.encode(), hashlib.sha256).hexdigest()

    def ensure(self, subject: str) -> None:
        """Make the subject's key where there is none, on disk for good before this returns."""
        path = self._path(subject)
        if path.exists():
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f".{secrets.token_hex(8)}.part"
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            # A link is made only where there is no such name: of two that make the key at once, one wins.
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
        self._sync_folder()

    def exists(self, subject: str) -> bool:
        """Say whether the subject has a key."""
        return self._path(subject).exists()

    def subjects(self) -> list[str]:
        """Return the names of all subjects that have a key, sorted.

        Keys of other uses lie in the same folder, `session.key` among them: those are no subject's.
        """
        return sorted(path.stem for path in self._folder.glob("*.key") if SUBJECT.fullmatch(path.stem))

    def destroy(self, subject: str) -> bool:
        """Destroy the subject's key for good; false where there was none.

        Overwritten before it is removed, as far as the file system honours that.
        """
        path = self._path(subject)
        try:
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return False
        self._sync_folder()
        return True

    def reader(self) -> "KeyReader":
        """Return a reader that keeps the last keys in memory, for one walk over the trail."""
        return KeyReader(self._read)

    def _read(self, subject: str) -> bytes:
        try:
            key = self._path(subject).read_bytes()
        except FileNotFoundError:
            raise KeyMissing(subject) from None
        if len(key) != KEY_BYTES:
            raise KeyMissing(subject)
        return key

    def _path(self, subject: str) -> Path:
        if not SUBJECT.fullmatch(subject):
            raise ValueError(f"a subject of keys is named kind-id, not {subject!r}")
        return self._folder / f"{subject}.key"

    def _sync_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class KeyReader:
    """Digests under keys that are read once: constant memory, however many subjects there are."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._key = lru_cache(maxsize=10_000)(read)

    def digest(self, subject: str, text: str) -> str:
        """Return the same as KeyStore.digest."""
        return hmac.new(self._key(subject), text.encode(), hashlib.sha256).hexdigest()
