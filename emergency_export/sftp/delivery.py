"""One file's way into the outbox: looked for first, written under another name, measured, renamed over nothing."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emergency_export.faults import ExportError, ForeignContent, NoSpace, ServerRefused, TransportDown
from emergency_export.sftp.address import SftpAddress
from emergency_export.sftp.answers import FAILURE, NO_SUCH_FILE, RemoteStatus
from emergency_export.transport import OUTBOX

if TYPE_CHECKING:
    from emergency_export.sftp.session import SftpSession

NOT_OURS = "not ours"


@dataclass(frozen=True, slots=True)
class Content:
    """What is to lie there in the end; `read` yields its bytes from the beginning, `size` counts them."""

    sha256: str
    size: int
    read: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file of ours and a conversation with the server that is to have it; `token` is this attempt's own."""

    session: "SftpSession"
    address: SftpAddress
    name: str
    token: str

    def deliver(self, content: Content, *, again: bool) -> None:
        """Make the content lie there under its name; see Transport.put."""
        # "Look at the remote before sending again": an attempt may have broken off after its rename.
        found = digest_there(self.session, self._final, content.size)
        if found not in {None, content.sha256}:
            raise ForeignContent(f"{self.name} already lies there with other content: nothing was sent")
        self._clear()
        if found is None or again:
            try:
                self._write(content)
                self._rename(content, replace=found is not None)
            except (RemoteStatus, ExportError) as wrong:
                if not isinstance(wrong, TransportDown):
                    with suppress(RemoteStatus, TransportDown):
                        self.session.delete(self._part)
                raise

    @property
    def _final(self) -> bytes:
        return self.address.below(OUTBOX, self.name)

    @property
    def _part(self) -> bytes:
        return self.address.below(OUTBOX, f"{self.name}.{self.token}.part")

    def _clear(self) -> None:
        """Remove what broken attempts left; it holds personal data. Where that is forbidden nothing depends on it."""
        for entry in self.session.entries(self.address.below(OUTBOX)):
            if entry.name.startswith(f"{self.name}.") and entry.name.endswith(".part"):
                with suppress(RemoteStatus):
                    self.session.delete(self.address.below(OUTBOX, entry.name))

    def _write(self, content: Content) -> None:
        read = hashlib.sha256()

        def hashed() -> Iterator[bytes]:
            for piece in content.read():
                read.update(piece)
                yield piece

        try:
            written = self.session.create(self._part, hashed())
        except RemoteStatus as status:
            raise self._no_room(content, status) from status
        if read.hexdigest() != content.sha256:
            raise TransportDown(f"{self.name} changed while it was read")
        lies = self.session.look(self._part)
        if lies is None or lies.size != written:
            has = "nothing" if lies is None else f"{lies.size} bytes"
            raise TransportDown(f"{self.name}: {written} bytes were sent, the agent's server has {has}")

    def _rename(self, content: Content, *, replace: bool) -> None:
        if replace:
            self.session.replace(self._part, self._final)
            return
        try:
            self.session.rename(self._part, self._final)
        except RemoteStatus as status:
            if status.code != FAILURE:
                raise
            # the name was taken since we looked: by our own other process with the same bytes, or by somebody else
            found = digest_there(self.session, self._final, content.size)
            if found is None:
                raise
            if found != content.sha256:
                raise ForeignContent(f"{self.name} was put there by another with other content") from status
            self.session.delete(self._part)

    def _no_room(self, content: Content, status: RemoteStatus) -> Exception:
        """Tell a full disk from other refusals; OpenSSH calls both `Failure` (errno_to_portable in sftp-server.c)."""
        if status.code != FAILURE:
            return status
        server, text = self.address.server, status.text.lower()
        free = self.session.free(self.address.below(OUTBOX))
        if free is not None and free < content.size:
            return NoSpace(f"{server} has no room for {self.name}: {content.size} bytes, of which it took some")
        if "space" in text or "quota" in text:
            return NoSpace(f"{server} has no room for {self.name}, {content.size} bytes: {status.text}")
        return ServerRefused(
            f"{server} broke off {self.name} and does not say why: a quota, a limit to the size of files, or its disk"
        )


def digest_there(session: "SftpSession", path: bytes, size: int | None = None) -> str | None:
    """Return the SHA-256 of a file, read back; None where there is none, NOT_OURS without reading for another size."""
    entry = session.look(path)
    if entry is None:
        return None
    if not entry.is_file or size not in {None, entry.size}:
        return NOT_OURS
    found, length = hashlib.sha256(), 0
    try:
        for piece in session.read(path):
            found.update(piece)
            length += len(piece)
            if length > entry.size:
                return NOT_OURS  # it grows while it is read, perhaps for ever
    except RemoteStatus as status:
        if status.code != NO_SUCH_FILE:
            raise
        return None  # taken away while we looked
    return found.hexdigest()
