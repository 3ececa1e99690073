"""The few operations on files that delivery consists of, one by one, so that each of them can be made to fail."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 20


class Disk:
    """The machine's own file system."""

    def create(self, path: Path) -> BinaryIO:
        """Create a file that must not exist yet, and open it for writing."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        return os.fdopen(descriptor, "wb", buffering=0)

    def write(self, file: BinaryIO, content: bytes) -> None:
        """Write all of the content."""
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]

    def append(self, path: Path, content: bytes) -> None:
        """Write the content at the end of a file, which begins with it where there is none."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640), "wb", buffering=0) as file:
            self.write(file, content)

    def sync(self, file: BinaryIO) -> None:
        """Return once the file's bytes are on the disk."""
        os.fsync(file.fileno())

    def size(self, path: Path) -> int:
        """Return the length in bytes."""
        return path.stat().st_size

    def rename(self, old: Path, new: Path) -> None:
        """Give the file its new name in one step."""
        old.rename(new)

    def sync_folder(self, folder: Path) -> None:
        """Return once the names in the folder are on the disk."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove(self, path: Path) -> None:
        """Remove a file; one that is not there is no error."""
        path.unlink(missing_ok=True)

    def read(self, path: Path) -> Iterator[bytes]:
        """Yield the file's bytes in pieces."""
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece

    def digest(self, path: Path) -> str | None:
        """Return the SHA-256 of a file, None where there is none."""
        found = hashlib.sha256()
        try:
            for piece in self.read(path):
                found.update(piece)
        except FileNotFoundError:
            return None
        return found.hexdigest()


def write_whole(disk: Disk, path: Path, content: Iterator[bytes]) -> str:
    """Create `path`, write and sync the content, check its length, and return its SHA-256.

    What a broken attempt left under that name is cleared first.
    """
    disk.remove(path)
    digest, length = hashlib.sha256(), 0
    with disk.create(path) as file:
        for piece in content:
            disk.write(file, piece)
            digest.update(piece)
            length += len(piece)
        disk.sync(file)
    if disk.size(path) != length:
        raise OSError(f"{path.name} has {disk.size(path)} bytes on the disk, {length} were written")
    return digest.hexdigest()
