"""The exchange folder from the agent's side: DAT files are picked up from `outbox/`, replies go to `inbox/`."""

import filecmp
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from emergency_export.agent.exchange import HEAD, Mark


class ExchangeFolder:
    """A folder that agent and CP share; its two boxes are made where they are missing."""

    def __init__(self, root: Path) -> None:
        self.outbox = root / "outbox"
        self.inbox = root / "inbox"
        for folder in (self.outbox, self.inbox):
            folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Need nothing: a folder is always there."""
        yield

    def names(self) -> list[str]:
        """Return the names of the files in the outbox."""
        return [path.name for path in self.outbox.iterdir() if path.is_file()]

    def mark(self, name: str) -> Mark:
        """Return the mark of a file in the outbox."""
        return _mark_of(self.outbox / name)

    def head(self, name: str) -> bytes:
        """Return how a file in the outbox begins."""
        with (self.outbox / name).open("rb") as stream:
            return stream.read(HEAD)

    @contextmanager
    def open(self, name: str) -> Iterator[tuple[BinaryIO, Mark]]:
        """Give a file of the outbox with the mark of what is read, also where another takes its name meanwhile."""
        with (self.outbox / name).open("rb") as stream:
            yield stream, _mark_of(stream.fileno())

    def remove(self, name: str) -> None:
        """Take a file out of the outbox."""
        (self.outbox / name).unlink()

    def lies(self, name: str) -> bool:
        """Tell whether a reply of this name lies in the inbox."""
        return (self.inbox / name).exists()

    def put(self, name: str, content: Iterable[bytes]) -> bool:
        """Put a reply into the inbox; see Exchange."""
        return put_whole(self.inbox, name, content)

    def place(self, name: str) -> Path:
        """Return the path of a reply."""
        return self.inbox / name


def put_whole(folder: Path, name: str, content: Iterable[bytes]) -> bool:
    """Write a file that is there whole or not at all: `.part`, fsync, rename, fsync of the folder.

    Return False, with nothing changed, while other content lies under that name.
    """
    target, part = folder / name, folder / f"{name}.part"
    with part.open("wb") as stream:
        stream.writelines(content)
        stream.flush()
        os.fsync(stream.fileno())
    if target.exists():
        same = filecmp.cmp(part, target, shallow=False)
        part.unlink()
        return same
    part.rename(target)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return True


def _mark_of(path: Path | int) -> Mark:
    stat = os.stat(path)  # noqa: PTH116  takes a descriptor too
    return Mark(stat.st_size, stat.st_mtime_ns, stat.st_ino)
