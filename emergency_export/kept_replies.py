"""Where replies are kept on this machine: whole or not at all, nothing overwritten, whatever they are called."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import fsdecode, fsencode
from pathlib import Path

from emergency_export.disk import Disk, write_whole

# How much of the digest stands before a name that cannot be had as it is: some of it, or all.
DIGEST_SHOWN = (12, 64)
# A name on the disk has 255 bytes at most, and the reason for a quarantine stands beside it under a longer one.
LONGEST = 255 - len(".reason.txt.part")


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply that was put aside: the name that it got there, and its SHA-256."""

    name: str
    sha256: str


def kept_name(name: str, sha256: str, digest_of: Callable[[str], str | None]) -> str:
    """Return the name under which a reply is kept: its own, unless that is too long or other content has it.

    Then the digest stands in front; what does not fit is left out at the end. `digest_of` tells what is kept;
    FileExistsError where other content has all of these names.
    """
    names = [name] if len(fsencode(name)) <= LONGEST else []
    names += [f"{sha256[:shown]}-{_cut(name, LONGEST - shown - 1)}" for shown in DIGEST_SHOWN]
    for candidate in names:
        if digest_of(candidate) in {None, sha256}:
            return candidate
    raise FileExistsError(f"other content is kept under every name for a reply of digest {sha256[:12]}")


def _cut(name: str, room: int) -> str:
    """Return as much of a name as fits; no character is cut in two, bytes that never were text stay as they came."""
    whole = fsencode(name)
    if len(whole) <= room:
        return name
    return fsdecode(whole[:room].decode("utf-8", "ignore").encode() or whole[:room])


def shown(name: str) -> str:
    """Return a reply's name as it can be printed and logged: an agent may have called it anything."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)


class Shelf:
    """A folder of replies that were put aside, for the service's user alone."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder = folder
        self._disk = disk

    def prepare(self) -> None:
        """Make the folder where it is missing."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def place(self, name: str, sha256: str) -> Path:
        """Return where a reply of that name and content is kept."""
        return self.folder / kept_name(name, sha256, lambda own: self._disk.digest(self.folder / own))

    def take(self, name: str, content: Iterator[bytes]) -> Kept:
        """Write the content down and return once it is on the disk for good; OSError where that fails."""
        part = self.folder / f"{_cut(name, LONGEST)}.part"
        sha256 = write_whole(self._disk, part, content)
        final = self.place(name, sha256)
        if self._disk.digest(final) is None:
            self._disk.rename(part, final)
        else:
            self._disk.remove(part)
        self._disk.sync_folder(self.folder)
        return Kept(final.name, sha256)

    def explain(self, kept: str, reason: str) -> None:
        """Write beside a kept reply why it is here."""
        beside = self.folder / f"{kept}.reason.txt"
        part = beside.with_name(f"{beside.name}.part")
        write_whole(self._disk, part, iter([reason.rstrip("\n").encode("utf-8", "replace") + b"\n"]))
        self._disk.rename(part, beside)
        self._disk.sync_folder(self.folder)
