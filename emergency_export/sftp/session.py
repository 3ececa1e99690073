"""One SFTP conversation, request by request: every answer is waited for and looked at.

paramiko's own file objects lose the answers to pipelined writes and to closing; a full disk would look like success.
"""

import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from os import fsdecode

from paramiko import SFTPClient, SSHException
from paramiko.message import Message
from paramiko.sftp import (
    CMD_ATTRS,
    CMD_CLOSE,
    CMD_DATA,
    CMD_EXTENDED,
    CMD_EXTENDED_REPLY,
    CMD_HANDLE,
    CMD_INIT,
    CMD_LSTAT,
    CMD_NAME,
    CMD_OPEN,
    CMD_OPENDIR,
    CMD_READ,
    CMD_READDIR,
    CMD_REMOVE,
    CMD_RENAME,
    CMD_STATUS,
    CMD_VERSION,
    CMD_WRITE,
    SFTP_FLAG_CREATE,
    SFTP_FLAG_EXCL,
    SFTP_FLAG_READ,
    SFTP_FLAG_WRITE,
    SFTP_OK,
    SFTPError,
    int64,
)
from paramiko.sftp_attr import SFTPAttributes

from emergency_export.faults import TransportDown
from emergency_export.sftp.answers import BAD_MESSAGE, END_OF_FILE, NO_SUCH_FILE, Entry, RemoteStatus

VERSION = 3
# Every server takes requests of 32 KiB; of a longer read it returns as much as it likes.
WRITE_BYTES, READ_BYTES, UNANSWERED = 32 * 1024, 256 * 1024, 32
SYNC, REPLACE, SPACE = "fsync@openssh.com", "posix-rename@openssh.com", "statvfs@openssh.com"
MODE = 0o640


class SftpSession(SFTPClient):
    """An open conversation. Raises RemoteStatus for a refusal, TransportDown where the connection breaks off."""

    offers: frozenset[str]
    _request: Callable[..., tuple[int, Message]]
    _async_request: Callable[..., int]
    _read_response: Callable[..., tuple[int | None, Message | None]]

    def entries(self, folder: bytes) -> list[Entry]:
        """Return what is in a folder."""
        handle = self._expect(CMD_HANDLE, CMD_OPENDIR, folder).get_binary()
        found: list[Entry] = []
        try:
            while True:
                answer = self._expect(CMD_NAME, CMD_READDIR, handle)
                for _ in range(answer.get_int()):
                    name = fsdecode(answer.get_string())
                    answer.get_string()  # the line as `ls -l` would print it
                    found.append(_entry(name, answer))
        except RemoteStatus as end:
            if end.code != END_OF_FILE:
                raise
        self._finish(handle)
        return [entry for entry in found if entry.name not in {".", ".."}]

    def look(self, path: bytes) -> Entry | None:
        """Return what stands under a name, None where nothing does; a link is not followed."""
        try:
            answer = self._expect(CMD_ATTRS, CMD_LSTAT, path)
        except RemoteStatus as status:
            if status.code != NO_SUCH_FILE:
                raise
            return None
        return _entry(fsdecode(path.rsplit(b"/", 1)[-1]), answer)

    def read(self, path: bytes) -> Iterator[bytes]:
        """Yield a file's bytes in pieces."""
        handle = self._expect(CMD_HANDLE, CMD_OPEN, path, SFTP_FLAG_READ, SFTPAttributes()).get_binary()
        place = 0
        try:
            while True:
                piece = self._expect(CMD_DATA, CMD_READ, handle, int64(place), READ_BYTES).get_binary()
                if not piece:
                    break  # no server should: whoever asked finds the length short
                place += len(piece)
                yield piece
        except RemoteStatus as end:
            if end.code != END_OF_FILE:
                raise
        self._finish(handle)

    def create(self, path: bytes, content: Iterable[bytes]) -> int:
        """Write a file that must not exist yet, sync it where the server can, and return how many bytes it took."""
        mode = SFTPAttributes()
        mode.st_mode = MODE
        flags = SFTP_FLAG_WRITE | SFTP_FLAG_CREATE | SFTP_FLAG_EXCL
        handle = self._expect(CMD_HANDLE, CMD_OPEN, path, flags, mode).get_binary()
        try:
            written = self._write(handle, content)
            if SYNC in self.offers:
                self._expect(CMD_STATUS, CMD_EXTENDED, SYNC, handle)
        except RemoteStatus:
            with suppress(RemoteStatus):
                self._finish(handle)  # a full disk has its room back only when the file is removed and closed
            raise
        self._finish(handle)
        return written

    def rename(self, oldpath: bytes | str, newpath: bytes | str) -> None:
        """Rename; the server refuses where the new name is taken (SFTP version 3, section 6.5)."""
        self._expect(CMD_STATUS, CMD_RENAME, oldpath, newpath)

    def replace(self, old: bytes, new: bytes) -> None:
        """Put one file in another's place: in one step where the server offers that, else in two."""
        if REPLACE in self.offers:
            self._expect(CMD_STATUS, CMD_EXTENDED, REPLACE, old, new)
            return
        self.delete(new)
        self.rename(old, new)

    def delete(self, path: bytes) -> None:
        """Remove a file; one that is not there is no error."""
        try:
            self._expect(CMD_STATUS, CMD_REMOVE, path)
        except RemoteStatus as status:
            if status.code != NO_SUCH_FILE:
                raise

    def free(self, path: bytes) -> int | None:
        """Return how many bytes a file there may still take, 0 where no further file fits; None if not told."""
        if SPACE not in self.offers:
            return None
        try:
            answer = self._expect(CMD_EXTENDED_REPLY, CMD_EXTENDED, SPACE, path)
        except RemoteStatus:
            return None
        _, unit, _, _, blocks, files, _, free_files = (answer.get_int64() for _ in range(8))
        return 0 if files and not free_files else unit * blocks

    @property
    def alive(self) -> bool:
        """Say whether the connection still stands, as far as is known."""
        return bool(self.sock.get_transport().is_active()) and not self.sock.closed

    def close(self) -> None:
        """End the conversation and the connection under it."""
        self.sock.get_transport().close()

    def _write(self, handle: bytes, content: Iterable[bytes]) -> int:
        answers, waiting, place = _Answers(), deque[int](), 0
        for piece in content:
            for start in range(0, len(piece), WRITE_BYTES):
                part = piece[start : start + WRITE_BYTES]
                waiting.append(self._async_request(answers, CMD_WRITE, handle, int64(place), part))
                place += len(part)
                if len(waiting) > UNANSWERED:
                    self._await(answers, waiting.popleft())
        while waiting:
            self._await(answers, waiting.popleft())
        return place

    def _await(self, answers: "_Answers", number: int) -> None:
        """Wait for the answer to one request; servers may answer in any order."""
        while number not in answers.found:
            self._read_response()
        kind, message = answers.found.pop(number)
        if kind != CMD_STATUS:
            raise RemoteStatus(BAD_MESSAGE, "another kind of answer than the protocol says")
        self._convert_status(message)

    def _finish(self, handle: bytes) -> None:
        """Close a file: what the server could not keep it says here at the latest."""
        self._expect(CMD_STATUS, CMD_CLOSE, handle)

    def _expect(self, kind: int, command: int, *arguments: object) -> Message:
        found, message = self._request(command, *arguments)
        if found != kind:
            raise RemoteStatus(BAD_MESSAGE, "another kind of answer than the protocol says")
        return message

    def _convert_status(self, msg: Message) -> None:
        code = msg.get_int()
        if code != SFTP_OK:
            raise RemoteStatus(code, msg.get_string().decode("utf-8", "replace"))

    def _send_version(self) -> int:
        """Agree on the protocol and note which extensions the server names, which paramiko does not."""
        hello = Message()
        hello.add_int(VERSION)
        self._send_packet(CMD_INIT, hello)
        kind, data = self._read_packet()
        if kind != CMD_VERSION:
            raise RemoteStatus(BAD_MESSAGE, "the server does not speak SFTP")
        answer = Message(data)
        version, names = answer.get_int(), set()
        while answer.get_remainder():
            names.add(answer.get_string().decode("utf-8", "replace"))
            answer.get_string()
        self.offers = frozenset(names)
        return version

    def _send_packet(self, kind: int, packet: Message) -> None:
        try:
            # the stubs know public names alone
            super()._send_packet(kind, packet)  # type: ignore[misc]
        except (EOFError, OSError, SSHException) as broken:
            raise _down(broken) from broken

    def _read_packet(self) -> tuple[int, bytes]:
        try:
            found: tuple[int, bytes] = super()._read_packet()  # type: ignore[misc]
        except SFTPError as garbage:
            raise RemoteStatus(BAD_MESSAGE, "the server does not speak SFTP") from garbage
        except (EOFError, OSError, SSHException) as broken:
            raise _down(broken) from broken
        return found


class _Answers:
    """Collects the answers to requests that were sent without waiting."""

    def __init__(self) -> None:
        self.found: dict[int, tuple[int, Message]] = {}

    def _async_response(self, kind: int, message: Message, number: int) -> None:
        self.found[number] = (kind, message)


def _entry(name: str, answer: Message) -> Entry:
    attributes: SFTPAttributes = SFTPAttributes._from_msg(answer)  # type: ignore[attr-defined]  # noqa: SLF001  paramiko's only reader of them
    mode = attributes.st_mode
    return Entry(name, attributes.st_size or 0, attributes.st_mtime or 0, mode is None or stat.S_ISREG(mode))


def _down(broken: Exception) -> TransportDown:
    why = "no answer in time" if isinstance(broken, TimeoutError) else str(broken) or "it ended"
    return TransportDown(f"the connection to the agent's server broke off: {why}")
