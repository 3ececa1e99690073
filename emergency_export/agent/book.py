"""The agent's own database: the records it holds, its counters, what it refuses; the rest in modules of their own."""

import fcntl
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from emergency_export.agent.check import RefusalRule
from emergency_export.agent.columns import KEPT
from emergency_export.agent.schema import bring_up

_SAVE = f"INSERT OR REPLACE INTO records ({', '.join(KEPT)}) VALUES ({', '.join('?' * len(KEPT))})"  # noqa: S608  names of columns.py


class AgentError(Exception):
    """The agent cannot work as it was set up; the sentence says why."""


class DayFullError(AgentError):
    """All 99 file names of a day are used; what is left waits for the next day."""


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Let one process at a time work as this agent; the others wait. A crash lets go."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(f"{database.name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Book:
    """One connection to the agent's database, opened for one piece of work and closed after it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        # Somebody reading the records must not hold up a step.
        self.connection.execute("PRAGMA journal_mode = WAL")
        bring_up(self.connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is written inside, or nothing of it; a second agent waits."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def settle(self, settings: Mapping[str, str], *, first_sequence: int) -> None:
        """Write down on first use whose book this is; AgentError when it is another's."""
        with self.transaction():
            held = dict(self.connection.execute("SELECT name, value FROM settings").fetchall())
            if not held:
                self.connection.executemany("INSERT INTO settings VALUES (?, ?)", settings.items())
                self.connection.execute("INSERT INTO counters VALUES ('file', ?)", (first_sequence - 1,))
                return
            for name, value in settings.items():
                if held[name] != value:
                    raise AgentError(f"this agent's database was made for {name} {held[name]}, not {value}")

    def next_number(self, counter: str) -> int:
        """Take the next number of a counter; the first is 1."""
        row = self.connection.execute(
            "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (counter,),
        ).fetchone()
        return int(row["value"])

    def counted(self, counter: str) -> int:
        """Return the number that a counter gave last, 0 where it gave none."""
        row = self.connection.execute("SELECT value FROM counters WHERE name = ?", (counter,)).fetchone()
        return 0 if row is None else int(row["value"])

    def held_date(self, telephone_no: str) -> str | None:
        """Return the effective date of the record held for a number, None when there is none."""
        row = self.connection.execute(
            "SELECT effective_date FROM records WHERE telephone_no = ?", (telephone_no,)
        ).fetchone()
        return None if row is None else str(row[0])

    def is_used(self, txn_ref: str) -> bool:
        """Tell whether a transaction reference was answered before, in whatever file."""
        found = self.connection.execute("SELECT 1 FROM answers WHERE txn_ref = ? LIMIT 1", (txn_ref,))
        return found.fetchone() is not None

    def rules(self) -> tuple[RefusalRule, ...]:
        """Return the refusal rules that are kept in the database."""
        rows = self.connection.execute("SELECT code, field, contains FROM rules ORDER BY code, field, contains")
        return tuple(RefusalRule(*row) for row in rows)

    def add_rule(self, rule: RefusalRule) -> None:
        """Keep a refusal rule; one that is there already stays."""
        values = (rule.code, rule.field, rule.contains)
        self.connection.execute("INSERT OR IGNORE INTO rules VALUES (?, ?, ?)", values)

    def drop_rule(self, rule: RefusalRule) -> None:
        """Keep a refusal rule no longer."""
        values = (rule.code, rule.field, rule.contains)
        self.connection.execute("DELETE FROM rules WHERE code = ? AND field = ? AND contains = ?", values)

    def request_refusal(self, reason: str) -> None:
        """Note that the next file that is right is to be refused."""
        self.connection.execute("INSERT INTO requests (reason) VALUES (?)", (reason,))

    def take_request(self) -> str:
        """Take the oldest refusal that was asked for; a blank where there is none."""
        row = self.connection.execute(
            "DELETE FROM requests WHERE id = (SELECT min(id) FROM requests) RETURNING reason"
        ).fetchone()
        return "" if row is None else str(row["reason"])

    def drop_requests(self) -> None:
        """Forget the refusals that were asked for."""
        self.connection.execute("DELETE FROM requests")

    def save(self, values: Mapping[str, str]) -> None:
        """Hold this record for its number, in place of any other."""
        self.connection.execute(_SAVE, [values[name] for name in KEPT])

    def remove(self, telephone_no: str) -> None:
        """Hold no record for the number any more."""
        self.connection.execute("DELETE FROM records WHERE telephone_no = ?", (telephone_no,))

    def records(self) -> Iterator[dict[str, str]]:
        """Give every record held, by number, as it was when the first was read."""
        for row in self.connection.execute("SELECT * FROM records ORDER BY telephone_no"):
            yield dict(row)

    def count_records(self) -> int:
        """Return how many records are held."""
        return int(self.connection.execute("SELECT count(*) FROM records").fetchone()[0])

    def record(self, telephone_no: str) -> dict[str, str] | None:
        """Return the record held for a number."""
        row = self.connection.execute("SELECT * FROM records WHERE telephone_no = ?", (telephone_no,)).fetchone()
        return None if row is None else dict(row)
