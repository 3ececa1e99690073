"""A file, a folder or a zip, read the same way; what is damaged is refused by name."""

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Protocol

from app.errors import Problem, Refused
from app.services.directory.faults import source_problem

# What the zip module raises while it reads a cut or overwritten archive, and what a disk does.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError)
# Likewise when it opens an encrypted or exotic one.
UNREADABLE = (*DAMAGE, NotImplementedError, RuntimeError)

FIRST_ROW_MOST = 1 << 16  # bytes; ONSPD's has 600


class Rows(Protocol):
    """What csv.reader returns."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]:
        """Return itself."""

    def __next__(self) -> list[str]:
        """Return the next row."""


class Container(Protocol):
    """Named parts that can be opened as bytes; `alone` where a file was given and not a folder or zip."""

    label: str
    alone: bool

    def names(self) -> list[str]:
        """Return the names of all parts, sorted, with forward slashes."""

    def size(self, name: str) -> int:
        """Return the length of a part in bytes, unpacked."""

    def open(self, name: str) -> IO[bytes]:
        """Open a part."""

    def newest(self) -> date | None:
        """Return the day of the newest part, where the container itself records it."""

    def sha256(self) -> str:
        """Return the digest of the whole."""


class ZipContainer:
    """The parts of a zip; the digest is that of the zip."""

    alone = False

    def __init__(self, path: Path) -> None:
        self.label = path.name
        self._path = path
        try:
            with zipfile.ZipFile(path) as archive:
                self._parts = {part.filename: part for part in archive.infolist() if not part.is_dir()}
        except UNREADABLE as damage:
            raise Refused([_damaged(path.name, damage)]) from damage

    def names(self) -> list[str]:
        """Return the names of all parts, sorted."""
        return sorted(self._parts)

    def size(self, name: str) -> int:
        """Return the length of a part in bytes, unpacked."""
        return self._parts[name].file_size

    def open(self, name: str) -> IO[bytes]:
        """Open a part; raises Refused for one that is encrypted or damaged."""
        try:
            # The part keeps the file open for itself; nothing is left open between two parts.
            with zipfile.ZipFile(self._path) as archive:
                return archive.open(self._parts[name])
        except UNREADABLE as damage:
            raise Refused([_damaged(name, damage)]) from damage

    def newest(self) -> date | None:
        """Return the day of the newest part."""
        days = [date(*part.date_time[:3]) for part in self._parts.values() if part.date_time[1]]
        return max(days, default=None)

    def sha256(self) -> str:
        """Return the digest of the zip file."""
        return file_digest(self._path)


class FolderContainer:
    """The files under a folder, or one file alone."""

    def __init__(self, path: Path) -> None:
        self.label = path.name
        self.alone = path.is_file()
        self._path = path
        found = [path] if self.alone else [part for part in path.rglob("*") if part.is_file()]
        root = path.parent if self.alone else path
        self._parts = {part.relative_to(root).as_posix(): part for part in found}

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        return sorted(self._parts)

    def size(self, name: str) -> int:
        """Return the length of a file in bytes."""
        return self._parts[name].stat().st_size

    def open(self, name: str) -> IO[bytes]:
        """Open a file."""
        return self._parts[name].open("rb")

    def newest(self) -> date | None:
        """Return None: the day of a file on disk is the day it was copied."""
        return None

    def sha256(self) -> str:
        """Return the digest of the file, or of the sorted lines "digest, two spaces, name" of all of them."""
        if self.alone:
            return file_digest(self._path)
        return combined_digest((name, file_digest(part)) for name, part in sorted(self._parts.items()))


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def combined_digest(parts: Iterable[tuple[str, str]]) -> str:
    """Return the SHA-256 over lines as `sha256sum` prints them, for what comes in several files."""
    return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in parts).encode()).hexdigest()


def open_container(path: Path) -> Container:
    """Return the file, folder or zip at `path`, told apart by what it is and not by its name."""
    try:
        if path.is_dir():
            return FolderContainer(path)
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise Refused([source_problem("D01", f"{reason}", path.name)]) from error
    if not start:
        raise Refused([source_problem("D04", "the file is empty", path.name)])
    return ZipContainer(path) if start.startswith(b"PK") else FolderContainer(path)


@contextmanager
def part_stream(container: Container, name: str) -> Iterator[IO[bytes]]:
    """Open a part; damage met while it is read becomes Refused."""
    try:
        with container.open(name) as stream:
            yield stream
    except DAMAGE as damage:
        raise Refused([_damaged(name, damage)]) from damage


@contextmanager
def part_rows(container: Container, name: str) -> Iterator[tuple[Rows, IO[bytes]]]:
    """Open a part as CSV in UTF-8, with or without mark; wrong bytes and broken quotes become Refused.

    The stream comes with the rows, for `tell()`: how far reading has come.
    """
    with part_stream(container, name) as stream:
        rows = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""), strict=True)
        try:
            yield rows, stream
        except UnicodeDecodeError as error:
            line = _undecodable_line(container, name)
            told = source_problem("D03", "this is not text in UTF-8", name, line)
            raise Refused([told]) from error
        except csv.Error as error:
            raise Refused([source_problem("D05", f"{error}", name, rows.line_num)]) from error


def tables(container: Container) -> Iterator[tuple[str, list[str]]]:
    """Yield each part that may be a table, with its first row; other people's documents may be in any encoding."""
    for name in container.names():
        if container.alone:
            with part_rows(container, name) as (rows, _):
                yield name, next(rows, [])
        elif name.lower().endswith(".csv"):
            with part_stream(container, name) as stream:
                line = stream.readline(FIRST_ROW_MOST).decode("utf-8-sig", "replace")
            yield name, next(csv.reader([line]), [])


def _undecodable_line(container: Container, name: str) -> int:
    """Return the first line that is not UTF-8: text is decoded by blocks, so the reader cannot know."""
    with container.open(name) as stream:
        for line, raw in enumerate(stream, 1):
            try:
                raw.decode()
            except UnicodeDecodeError:
                return line
    raise AssertionError("the text could be read the second time")


def _damaged(name: str, damage: BaseException) -> Problem:
    return source_problem("D05", f"it is damaged or cut short ({damage})", name)
