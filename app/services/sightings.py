"""What an import has come across in its file so far, outside of memory: the numbers, and how full addresses get."""

import json
import sqlite3
from collections.abc import Collection, Mapping
from typing import Self

CACHE_KIB = 16_384


class Sightings:
    """A private database in a temporary file that goes with it; for one thread."""

    def __init__(self) -> None:
        # An empty name is a file without one, that nobody else can open and that the system takes away.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._database.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY, row INTEGER NOT NULL)")
        self._database.execute("CREATE TABLE addresses (digest INTEGER PRIMARY KEY, count INTEGER NOT NULL)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._database.close()

    def rows_of(self, numbers: Collection[str]) -> dict[str, int]:
        """Return, for those of some E.164 numbers that stood in the file before, the row in which they first did."""
        digits = json.dumps([int(number) for number in numbers])
        known = "SELECT number, row FROM numbers WHERE number IN (SELECT value FROM json_each(?))"
        return {f"+{number}": row for number, row in self._database.execute(known, (digits,))}

    def note(self, rows: Mapping[str, int]) -> None:
        """Keep in mind in which row each number stood."""
        with self._database:
            self._database.execute("BEGIN")
            self._database.executemany(
                "INSERT INTO numbers VALUES (?, ?)", sorted((int(number), row) for number, row in rows.items())
            )

    def recall(self, digests: Collection[str]) -> dict[str, int]:
        """Return how many numbers addresses serve, as far as that was kept."""
        keys = {_key(digest): digest for digest in digests}
        known = "SELECT digest, count FROM addresses WHERE digest IN (SELECT value FROM json_each(?))"
        return {keys[key]: count for key, count in self._database.execute(known, (json.dumps(list(keys)),))}

    def keep(self, counts: Mapping[str, int]) -> None:
        """Keep in mind how many numbers some addresses serve now."""
        with self._database:
            self._database.execute("BEGIN")
            self._database.executemany(
                "INSERT OR REPLACE INTO addresses VALUES (?, ?)",
                sorted((_key(digest), count) for digest, count in counts.items()),
            )


def _key(digest: str) -> int:
    return int(digest[:15], 16)  # 60 of the bits of SHA-256 fit into SQLite's key
