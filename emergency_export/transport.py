"""The way to the agent and back: files are there whole or not at all, and nothing is ever overwritten."""

import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import geteuid
from pathlib import Path
from typing import Protocol

from emergency_export.disk import Disk, write_whole
from emergency_export.faults import ExportError, ForeignContent, NoSuchReply, TransportDown, UnsafeFolder
from emergency_export.kept_replies import Kept, Shelf, shown

OUTBOX, INBOX, ARCHIVE, QUARANTINE = "outbox", "inbox", "archive", "quarantine"
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
OnStep = Callable[[str], None]
Order = Callable[[str], tuple[int, str]]


class Transport(Protocol):
    """What the night needs of the other side. TransportDown says that the same call may succeed later."""

    def prepare(self) -> None:
        """Make the folders on this machine that are missing; never reaches out."""

    def place(self, name: str) -> str:
        """Return where a file of that name lies, or lay, for the agent: a path or an address, without a secret."""

    def put(self, name: str, source: Path, *, again: bool = False, on_step: OnStep = ...) -> None:
        """Deliver the whole file under `name`; calls `on_step("renamed")` once it stands there.

        The same content already there is done; with `again` it is replaced by a fresh copy of itself, so that the
        agent meets it anew. Other content raises ForeignContent.
        """

    def digest(self, name: str) -> str | None:
        """Return the SHA-256 of what lies for the agent under `name`, None where nothing does."""

    def sent_names(self) -> tuple[str, ...]:
        """Return the names of the whole files that lie for the agent; one it took away may be missing."""

    def list_replies(self) -> tuple[str, ...]:
        """Return the names of the replies that lie there, FCO before CAR, then by name."""

    def fetch(self, name: str, to: Path) -> str:
        """Copy a reply to `to`, replacing what a broken attempt left there, and return its SHA-256."""

    def keep(self, name: str) -> Kept:
        """Copy a reply to where `archive` will move it; it stays in the inbox. To be called before it is applied."""

    def archive(self, name: str, *, only: str | None = None) -> Kept:
        """Move a reply out of the way; where other content has its name there, it gets its digest in front.

        With `only`, the digest of what was read, content that has come since stays where it is: TransportDown.
        """

    def quarantine(self, name: str, reason: str, *, only: str | None = None) -> Kept:
        """Move a damaged reply aside whole, with `reason` as `<name>.reason.txt` beside it; `only` as for `archive`.

        One that was read before the agent had finished it is so read again.
        """

    def left_behind(self) -> tuple[str, ...]:
        """Return the replies that were put aside but could not be taken away: a person should ask for the right."""


def reply_order(name: str) -> tuple[int, str]:
    """Order replies: one collection applies FCOs before CARs (file interface: life of a transaction)."""
    words = name.lower().split(".")
    return (0 if "fco" in words else 1 if "car" in words else 2, name)


def safe_name(name: str) -> str:
    """Return a name that stays in its folder; ExportError for any other."""
    if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", name) or name.endswith(".part"):
        raise ExportError(
            "a file's name holds letters, digits, dot, dash and underscore, and does not begin with a dot"
        )
    return name


def is_whole(name: str) -> bool:
    """Say whether a file of that name is finished: neither hidden nor on its way."""
    return not name.startswith(".") and not name.endswith(".part") and not {"/", "\0"} & set(name)


def check_unchanged(name: str, sha256: str, only: str | None) -> None:
    """Raise TransportDown where another reply stands under the name than the one that was read."""
    if only not in {None, sha256}:
        raise TransportDown(f"another reply stands as {shown(name)} since it was read: it stays there and is read next")


class FolderTransport:
    """A folder that the agent, or whatever carries files to it, shares: outbox, inbox, archive and quarantine."""

    def __init__(self, root: Path, *, order: Order = reply_order, disk: Disk | None = None) -> None:
        self.root = root
        self._order = order
        self._disk = disk or Disk()
        self._archive, self._quarantine = (Shelf(root / name, self._disk) for name in (ARCHIVE, QUARANTINE))

    def prepare(self) -> None:
        """Make the four folders where they are missing, for the service's user alone."""
        with _reaching():
            for folder in (OUTBOX, INBOX, ARCHIVE, QUARANTINE):
                (self.root / folder).mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, name: str, source: Path, *, again: bool = False, on_step: OnStep = lambda _: None) -> None:
        """Deliver the whole file; see Transport."""
        final = self.root / OUTBOX / safe_name(name)
        part = final.with_name(f"{name}.part")
        with _reaching():
            wanted, there = self._disk.digest(source), self._disk.digest(final)
            if there is not None and there != wanted:
                raise ForeignContent(f"{name} already lies there with other content: nothing was sent")
            self._disk.remove(part)
            if there is None or again:
                if write_whole(self._disk, part, self._disk.read(source)) != wanted:
                    raise TransportDown(f"{name} changed while it was read")
                self._disk.rename(part, final)
            # also where it lay there before: the attempt that put it there may have broken off at this very point
            self._disk.sync_folder(final.parent)
        on_step("renamed")

    def digest(self, name: str) -> str | None:
        """Return the SHA-256 of what lies in the outbox under `name`; see Transport."""
        with _reaching():
            return self._disk.digest(self.root / OUTBOX / safe_name(name))

    def place(self, name: str) -> str:
        """Return the absolute path in the outbox."""
        return str((self.root / OUTBOX / safe_name(name)).absolute())

    def sent_names(self) -> tuple[str, ...]:
        """Return the names of the whole files in the outbox; see Transport."""
        return tuple(sorted(_whole_names(self.root / OUTBOX)))

    def list_replies(self) -> tuple[str, ...]:
        """Return the names of whole replies; UnsafeFolder where others could have put them there."""
        return tuple(sorted(_whole_names(self._trusted_inbox()), key=self._order))

    def fetch(self, name: str, to: Path) -> str:
        """Copy a reply to `to` and return its SHA-256; NoSuchReply where it is not there any more."""
        source = self._reply(name)
        with _reaching():
            return write_whole(self._disk, to, self._disk.read(source))

    def keep(self, name: str) -> Kept:
        """Copy a reply to the archive; see Transport."""
        source = self._reply(name)
        with _reaching():
            return self._archive.take(name, self._disk.read(source))

    def archive(self, name: str, *, only: str | None = None) -> Kept:
        """Move a reply to the archive; see Transport."""
        return self._move(name, self._archive, None, only)

    def quarantine(self, name: str, reason: str, *, only: str | None = None) -> Kept:
        """Move a damaged reply to the quarantine; see Transport."""
        return self._move(name, self._quarantine, reason, only)

    def left_behind(self) -> tuple[str, ...]:
        """Return nothing: what cannot be moved is an error at once."""
        return ()

    def _move(self, name: str, shelf: Shelf, reason: str | None, only: str | None) -> Kept:
        source = self._reply(name)
        with _reaching():
            sha256 = self._disk.digest(source)
            if sha256 is None:
                raise NoSuchReply(f"{shown(name)} lies in the inbox no more")
            check_unchanged(name, sha256, only)
            final = shelf.place(name, sha256)
            if reason is not None:
                shelf.explain(final.name, reason)
            self._disk.rename(source, final)
            self._disk.sync_folder(shelf.folder)
            self._disk.sync_folder(source.parent)
        return Kept(final.name, sha256)

    def _reply(self, name: str) -> Path:
        if not is_whole(name):
            raise NoSuchReply("no reply has such a name")
        path = self._trusted_inbox() / name
        with _reaching():
            if not path.is_file() or path.is_symlink():
                raise NoSuchReply(f"{shown(name)} lies in the inbox no more")
        return path

    def _trusted_inbox(self) -> Path:
        """Replies count only from a folder that only the service's user can write (file interface: who is believed)."""
        inbox = self.root / INBOX
        with _reaching():
            found, above = inbox.lstat(), self.root.stat()
        if not stat.S_ISDIR(found.st_mode):
            raise UnsafeFolder("the inbox is not a folder of its own: replies are not read from it")
        if found.st_mode & OTHERS_WRITE or found.st_uid not in {0, geteuid()}:
            raise UnsafeFolder("others than this user can write the inbox: make it the service's own, mode 700")
        if above.st_mode & stat.S_IWOTH and not above.st_mode & stat.S_ISVTX:
            raise UnsafeFolder("anyone can replace the inbox: take the right to write its parent folder from others")
        return inbox


def _whole_names(folder: Path) -> list[str]:
    with _reaching():
        found = [entry.name for entry in folder.iterdir() if stat.S_ISREG(entry.lstat().st_mode)]
    return [name for name in found if is_whole(name)]


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except OSError as wrong:
        raise TransportDown(f"the exchange folder: {wrong.strerror or wrong}") from wrong
