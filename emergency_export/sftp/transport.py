"""The way to the agent by SFTP: outbox and inbox lie on its server, what was read is kept on this machine."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from emergency_export.disk import Disk, write_whole
from emergency_export.faults import ForeignContent, MissingFolder, NoSuchReply, TransportDown
from emergency_export.kept_replies import Kept, Shelf, shown
from emergency_export.sftp.address import HostKey, SftpAddress, Times
from emergency_export.sftp.answers import FAILURE, NO_SUCH_FILE, PERMISSION_DENIED, Entry, RemoteStatus, told
from emergency_export.sftp.delivery import NOT_OURS, Content, Delivery, digest_there
from emergency_export.sftp.left import LeftBehind
from emergency_export.sftp.line import SftpLine
from emergency_export.transport import (
    ARCHIVE,
    INBOX,
    OUTBOX,
    QUARANTINE,
    OnStep,
    Order,
    check_unchanged,
    is_whole,
    reply_order,
    safe_name,
)

if TYPE_CHECKING:
    from emergency_export.sftp.session import SftpSession

LEFT_BEHIND = "left-behind.json"


def _token() -> str:
    return token_hex(4)


class SftpTransport:
    """Keeps the promises of Transport over SFTP; `local` is the folder of archive and quarantine.

    `token` tells the attempts of two processes apart, should a lock ever fail them: neither renames the other's half.
    """

    def __init__(
        self,
        address: SftpAddress,
        host_keys: tuple[HostKey, ...],
        key: Path,
        local: Path,
        *,
        times: Times | None = None,
        order: Order = reply_order,
        disk: Disk | None = None,
        token: Callable[[], str] = _token,
    ) -> None:
        self.address, self.local = address, local
        self._host_keys, self._key, self._times = host_keys, key, times or Times()
        self._order, self._disk, self._token = order, disk or Disk(), token
        self._archive, self._quarantine = (Shelf(local / name, self._disk) for name in (ARCHIVE, QUARANTINE))
        self._left = LeftBehind(local / LEFT_BEHIND, self._disk)
        self._line = SftpLine(self._dial, self._times.idle)

    def prepare(self) -> None:
        """Make the folders of this machine; those of the server are the agent's to make."""
        with _here():
            self._archive.prepare()
            self._quarantine.prepare()

    def place(self, name: str) -> str:
        """Return the address in the outbox."""
        return self.address.shown(OUTBOX, safe_name(name))

    def put(self, name: str, source: Path, *, again: bool = False, on_step: OnStep = lambda _: None) -> None:
        """Deliver the whole file; see Transport."""
        safe_name(name)
        content = self._measure(source)
        with self._reaching(OUTBOX, name) as session:
            Delivery(session, self.address, name, self._token()).deliver(content, again=again)
        on_step("renamed")

    def digest(self, name: str) -> str | None:
        """Return the SHA-256 of what lies in the outbox under `name`, read back; see Transport."""
        path = self.address.below(OUTBOX, safe_name(name))
        with self._reaching(OUTBOX, name) as session:
            found = digest_there(session, path)
            if found is None and session.look(self.address.below(OUTBOX)) is None:
                raise MissingFolder(f"{self.address.shown(OUTBOX)}: there is no such folder on the agent's server")
            if found == NOT_OURS:
                raise ForeignContent(f"what lies there as {name} is no file")
            return found

    def sent_names(self) -> tuple[str, ...]:
        """Return the names of the whole files in the outbox; see Transport."""
        return tuple(sorted(entry.name for entry in self._listing(OUTBOX)))

    def list_replies(self) -> tuple[str, ...]:
        """Return the names of whole replies, without those that were put aside and could not be removed."""
        entries = self._listing(INBOX)
        with _here():
            self._left.keep_only(entry.name for entry in entries)
            marks = self._left.marks()
        new = [entry.name for entry in entries if marks.get(entry.name) != (entry.size, entry.changed)]
        return tuple(sorted(new, key=self._order))

    def fetch(self, name: str, to: Path) -> str:
        """Copy a reply to `to` and return its SHA-256; NoSuchReply where it is not there any more."""
        with self._reaching(INBOX, name) as session, _here():
            return write_whole(self._disk, to, self._reply(session, name))

    def keep(self, name: str) -> Kept:
        """Copy a reply to the archive; see Transport."""
        with self._reaching(INBOX, name) as session, _here():
            self._archive.prepare()
            return self._archive.take(name, self._reply(session, name))

    def archive(self, name: str, *, only: str | None = None) -> Kept:
        """Move a reply to the archive; see Transport."""
        return self._move(name, self._archive, None, only)

    def quarantine(self, name: str, reason: str, *, only: str | None = None) -> Kept:
        """Move a damaged reply to the quarantine; see Transport."""
        return self._move(name, self._quarantine, reason, only)

    def left_behind(self) -> tuple[str, ...]:
        """Return the replies that the server does not let us remove; see Transport."""
        with _here():
            return tuple(sorted(self._left.marks(), key=self._order))

    def close(self) -> None:
        """Hang up; the next use connects again."""
        self._line.close()

    def _dial(self) -> "SftpSession":
        # only here: who delivers to a folder, or asks for help, need not wait for paramiko
        from emergency_export.sftp.connection import open_session  # noqa: PLC0415

        return open_session(self.address, self._host_keys, self._key, self._times)

    @contextmanager
    def _reaching(self, *place: str) -> "Iterator[SftpSession]":
        with self._line.use() as session:
            try:
                yield session
            except RemoteStatus as status:
                raise told(status, self.address.shown(*place)) from status

    def _listing(self, folder: str) -> list[Entry]:
        with self._reaching(folder) as session:
            entries = session.entries(self.address.below(folder))
        return [entry for entry in entries if entry.is_file and is_whole(entry.name)]

    def _reply(self, session: "SftpSession", name: str) -> Iterator[bytes]:
        """Return a reply's bytes, to be read once; NoSuchReply where it is not there any more."""
        return self._content(session, name, self._there(session, name))

    def _there(self, session: "SftpSession", name: str) -> Entry:
        if not is_whole(name):
            raise NoSuchReply("no reply has such a name")
        there = session.look(self.address.below(INBOX, name))
        if there is None or not there.is_file:
            raise NoSuchReply(f"{shown(name)} lies in the inbox no more")
        return there

    def _content(self, session: "SftpSession", name: str, there: Entry) -> Iterator[bytes]:
        path, length = self.address.below(INBOX, name), 0
        try:
            for piece in session.read(path):
                length += len(piece)
                yield piece
                if length > there.size:
                    break
            after = session.look(path)
        except RemoteStatus as status:
            if status.code != NO_SUCH_FILE:
                raise
            after = None
        if after is None:
            raise NoSuchReply(f"{shown(name)} lies in the inbox no more")
        if after != there or length != there.size:
            raise TransportDown(
                f"{shown(name)} changed while it was read: it is read again when the agent has finished it"
            )

    def _move(self, name: str, shelf: Shelf, reason: str | None, only: str | None) -> Kept:
        """Keep a reply here for good, then remove it there; broken off anywhere, the next attempt ends the same."""
        with self._reaching(INBOX, name) as session, _here():
            shelf.prepare()
            there = self._there(session, name)
            kept = shelf.take(name, _the_same(name, self._content(session, name, there), only))
            if reason is not None:
                shelf.explain(kept.name, reason)
            path = self.address.below(INBOX, name)
            if session.look(path) not in {None, there}:
                raise TransportDown(f"{shown(name)} changed after it was read: it is read again")
            try:
                session.delete(path)
            except RemoteStatus as status:
                if status.code not in {PERMISSION_DENIED, FAILURE}:
                    raise
                self._left.add(name, (there.size, there.changed))
        return kept

    def _measure(self, source: Path) -> Content:
        def read() -> Iterator[bytes]:
            with _here():
                yield from self._disk.read(source)

        found, size = hashlib.sha256(), 0
        for piece in read():
            found.update(piece)
            size += len(piece)
        return Content(found.hexdigest(), size, read)


def _the_same(name: str, content: Iterator[bytes], only: str | None) -> Iterator[bytes]:
    """Pass a reply on; TransportDown at its end, before it counts as kept, where it is not the one that was read."""
    found = hashlib.sha256()
    for piece in content:
        found.update(piece)
        yield piece
    check_unchanged(name, found.hexdigest(), only)


@contextmanager
def _here() -> Iterator[None]:
    """What fails in here is this machine's fault, not the server's."""
    try:
        yield
    except OSError as wrong:
        raise TransportDown(f"the files of this machine: {wrong.strerror or wrong}") from wrong
