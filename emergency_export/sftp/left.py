"""Replies that were put aside and cannot be removed from the server: not fetched again while they stay as they are."""

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from emergency_export.disk import Disk, write_whole

log = logging.getLogger(__name__)
# Size in bytes, and the time of the last change as the server has it.
Mark = tuple[int, int]


class LeftBehind:
    """The memory of them, in a file of the service's own; losing it costs one more fetching."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path, self._disk = path, disk

    def marks(self) -> dict[str, Mark]:
        """Return what is remembered by name."""
        try:
            found = json.loads(self._path.read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return {name: (size, changed) for name, (size, changed) in found.items()}

    def add(self, name: str, mark: Mark) -> None:
        """Remember a reply, and say so once where operators look."""
        marks = self.marks()
        if marks.get(name) != mark:
            log.warning("reply_left_behind %r: the agent's server does not let us remove what was collected", name)
            self._write(marks | {name: mark})

    def keep_only(self, names: Iterable[str]) -> None:
        """Forget what is no longer there."""
        marks = self.marks()
        rest = {name: marks[name] for name in marks.keys() & set(names)}
        if rest != marks:
            self._write(rest)

    def _write(self, marks: dict[str, Mark]) -> None:
        part = self._path.with_name(f"{self._path.name}.part")
        write_whole(self._disk, part, iter([json.dumps(marks, indent=1, sort_keys=True).encode() + b"\n"]))
        self._disk.rename(part, self._path)
        self._disk.sync_folder(self._path.parent)
