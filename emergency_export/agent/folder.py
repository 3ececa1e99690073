"""The exchange folder from the agent's side: DAT files are picked up from `outbox/`, replies go to `inbox/`."""

import filecmp
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from emergency_export.agent.names import Naming


class Mark(NamedTuple):
    """What tells one copy of a file in the folder from another of the same name, without reading it."""

    size: int
    mtime_ns: int
    inode: int


def mark_of(path: Path | int) -> Mark:
    """Return the mark of the file that lies there now, or of an open one."""
    stat = os.stat(path)  # noqa: PTH116  takes a descriptor too
    return Mark(stat.st_size, stat.st_mtime_ns, stat.st_ino)


class ExchangeFolder:
    """The two folders that agent and CP share; both are made where they are missing."""

    def __init__(self, root: Path) -> None:
        self.outbox = root / "outbox"
        self.inbox = root / "inbox"
        for folder in (self.outbox, self.inbox):
            folder.mkdir(parents=True, exist_ok=True)

    def dats(self, naming: Naming) -> list[Path]:
        """Return the whole DAT files that lie in the outbox, by name; a `.part` is not there yet."""
        return sorted(path for path in self.outbox.iterdir() if naming.is_dat(path.name) and path.is_file())


def put_whole(folder: Path, name: str, content: Iterable[bytes]) -> bool:
    """Write a file that is there whole or not at all: `.part`, fsync, rename, fsync of the folder.

    Return False, with nothing changed, while other content lies under that name: a reply that the CP has
    not collected yet is never overwritten.
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
