"""A transport that keeps everything in memory: for rehearsals and for tests of whatever stands above it."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from emergency_export.faults import ForeignContent, NoSuchReply
from emergency_export.kept_replies import Kept, kept_name, shown
from emergency_export.transport import OnStep, Order, check_unchanged, is_whole, reply_order, safe_name


class MemoryTransport:
    """Keeps the promises of Transport; `on_operation` is called before each change and may raise in its place."""

    def __init__(self, *, order: Order = reply_order, on_operation: Callable[[str], None] = lambda _: None) -> None:
        self.outbox: dict[str, bytes] = {}
        self.inbox: dict[str, bytes] = {}
        self.kept: dict[str, bytes] = {}
        self.quarantined: dict[str, bytes] = {}
        self.reasons: dict[str, str] = {}
        self.deliveries: list[str] = []
        self._order = order
        self._on_operation = on_operation

    def prepare(self) -> None:
        """Make nothing: memory needs no folders."""

    def place(self, name: str) -> str:
        """Return the name alone, as no address of the world."""
        return f"memory:{safe_name(name)}"

    def put(self, name: str, source: Path, *, again: bool = False, on_step: OnStep = lambda _: None) -> None:
        """Deliver the whole file; see Transport."""
        content, there = source.read_bytes(), self.outbox.get(safe_name(name))
        if there is not None and there != content:
            raise ForeignContent(f"{name} already lies there with other content: nothing was sent")
        if there is None or again:
            self._on_operation("put")
            self.outbox[name] = content
            self.deliveries.append(name)
        self._on_operation("confirm")
        on_step("renamed")

    def digest(self, name: str) -> str | None:
        """Return the SHA-256 of what lies for the agent under `name`; see Transport."""
        content = self.outbox.get(safe_name(name))
        return None if content is None else _sha256(content)

    def sent_names(self) -> tuple[str, ...]:
        """Return the names of what lies for the agent; see Transport."""
        return tuple(sorted(name for name in self.outbox if is_whole(name)))

    def list_replies(self) -> tuple[str, ...]:
        """Return the names of the replies; see Transport."""
        return tuple(sorted(filter(is_whole, self.inbox), key=self._order))

    def fetch(self, name: str, to: Path) -> str:
        """Copy a reply to `to` and return its SHA-256; see Transport."""
        content = self._reply(name)
        self._on_operation("fetch")
        to.write_bytes(content)
        return _sha256(content)

    def keep(self, name: str) -> Kept:
        """Copy a reply to `kept`; see Transport."""
        content = self._reply(name)
        final = kept_name(name, _sha256(content), _digests(self.kept))
        self._on_operation("copy")
        self.kept[final] = content
        return Kept(final, _sha256(content))

    def archive(self, name: str, *, only: str | None = None) -> Kept:
        """Move a reply to `kept`; see Transport."""
        return self._keep(name, self.kept, None, only)

    def quarantine(self, name: str, reason: str, *, only: str | None = None) -> Kept:
        """Move a damaged reply to `quarantined`; see Transport."""
        return self._keep(name, self.quarantined, reason, only)

    def left_behind(self) -> tuple[str, ...]:
        """Return nothing: all can be moved."""
        return ()

    def _keep(self, name: str, place: dict[str, bytes], reason: str | None, only: str | None) -> Kept:
        content = self._reply(name)
        sha256 = _sha256(content)
        check_unchanged(name, sha256, only)
        final = kept_name(name, sha256, _digests(place))
        if reason is not None:
            self._on_operation("reason")
            self.reasons[f"{final}.reason.txt"] = reason.rstrip("\n") + "\n"
        self._on_operation("keep")
        place[final] = content
        del self.inbox[name]
        return Kept(final, sha256)

    def _reply(self, name: str) -> bytes:
        if name not in self.list_replies():
            raise NoSuchReply(f"{shown(name)} lies in the inbox no more")
        return self.inbox[name]


def _digests(place: dict[str, bytes]) -> Callable[[str], str | None]:
    return lambda name: _sha256(place[name]) if name in place else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
