"""Ports: an export or import that was taken waits for the other CP's half, and ends complete or undone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from sqlite3 import Row
from typing import NamedTuple

from emergency_export.agent import codes
from emergency_export.agent.answer import RecordAnswer
from emergency_export.agent.book import AgentError, Book
from emergency_export.agent.desk import Desk
from emergency_export.agent.owed import Car

# What is said of each half: the other one is missing, ours is overdue, it is undone.
_SAID = {
    "E": (codes.NO_IMPORT, codes.EXPORT_OVERDUE, codes.EXPORT_REMOVED),
    "I": (codes.NO_EXPORT, codes.IMPORT_OVERDUE, codes.IMPORT_REMOVED),
}
COMPLETE, WARN, EXPIRE = "complete", "warn", "expire"


@dataclass(frozen=True, slots=True)
class PortRule:
    """What becomes of a port by itself, in days after its effective date.

    It is complete after `complete` days; one whose other half never comes (the fault `undone`) is warned of after
    `missing` and `overdue` days and undone after `expire`.
    """

    complete: int = 0
    missing: int = 1
    overdue: int = 10
    expire: int = 30


class Port(NamedTuple):
    """A port as the agent keeps it: `command` E or I, `state` open, complete or undone."""

    txn_ref: str
    command: str
    telephone_no: str
    port_date: str
    state: str
    warned: str


def open_port(book: Book, values: Mapping[str, str]) -> None:
    """Keep the half that is taken; of an export also the record, to put it back if the import never comes."""
    held = book.record(values["telephone_no"]) if values["command"] == "E" else None
    book.connection.execute(
        "INSERT INTO ports (txn_ref, command, telephone_no, port_date, removed) VALUES (?, ?, ?, ?, ?)",
        (
            *(values[name] for name in ("txn_ref", "command", "telephone_no", "effective_date")),
            json.dumps(held) if held else None,
        ),
    )


def open_ports(book: Book) -> set[str]:
    """Return the numbers with an open port."""
    return {row[0] for row in book.connection.execute("SELECT telephone_no FROM ports WHERE state = 'open'")}


def pass_by(book: Book, telephone_no: str) -> None:
    """Note that a later command for the number has come: to undo its port no longer changes the record."""
    book.connection.execute("UPDATE ports SET moved_on = 1 WHERE telephone_no = ? AND state = 'open'", (telephone_no,))


def list_ports(book: Book) -> tuple[Port, ...]:
    """Return every port there ever was, the oldest first."""
    rows = book.connection.execute(f"SELECT {', '.join(Port._fields)} FROM ports ORDER BY id")  # noqa: S608  literal names
    return tuple(Port(*row) for row in rows)


def move_by_rule(book: Book, desk: Desk, rule: PortRule) -> None:
    """Say of every open port what is due by its age, in one CAR; the caller's transaction."""
    today = desk.now().date()
    rows = book.connection.execute("SELECT * FROM ports WHERE state = 'open' ORDER BY id").fetchall()
    _tell(book, desk, [(row, code) for row in rows for code in _due(row, rule, today, desk)])


def move_on_request(book: Book, desk: Desk, telephone_no: str, move: str) -> None:
    """Complete, warn of or undo a number's newest open port; AgentError where it has none, or no warning is left."""
    row = book.connection.execute(
        "SELECT * FROM ports WHERE telephone_no = ? AND state = 'open' ORDER BY id DESC LIMIT 1", (telephone_no,)
    ).fetchone()
    if row is None:
        raise AgentError("the number has no open port")
    missing, overdue, undone = _SAID[row["command"]]
    if move == WARN and overdue in row["warned"]:
        raise AgentError("both warnings of this port were given")
    warning = overdue if missing in row["warned"] else missing
    _tell(book, desk, [(row, {COMPLETE: codes.PORT_COMPLETE, WARN: warning, EXPIRE: undone}[move])])


def _due(row: Row, rule: PortRule, today: date, desk: Desk) -> Iterator[str]:
    age = (today - datetime.strptime(row["port_date"], "%Y%m%d").date()).days  # noqa: DTZ007  a day alone
    if not desk.faults.happens("undone", row["txn_ref"]):
        if age >= rule.complete:
            yield codes.PORT_COMPLETE
        return
    missing, overdue, undone = _SAID[row["command"]]
    if age >= rule.missing and missing not in row["warned"]:
        yield missing
    if age >= rule.overdue and overdue not in row["warned"]:
        yield overdue
    if age >= rule.expire:
        yield undone


def _tell(book: Book, desk: Desk, told: list[tuple[Row, str]]) -> None:
    """Do what is told of ports, and owe it in a CAR of its own."""
    if not told:
        return
    row, code = told[0]
    car = Car(book, desk, f"{row['txn_ref']}:{code}/PORTS")
    for row, code in told:
        error = code in {codes.EXPORT_REMOVED, codes.IMPORT_REMOVED}
        car.add(RecordAnswer(row["txn_ref"], row["telephone_no"], row["command"], code, code if error else ""))
        if error:
            _undo(book, row)
        if error or code == codes.PORT_COMPLETE:
            state = "undone" if error else "complete"
            book.connection.execute("UPDATE ports SET state = ? WHERE id = ?", (state, row["id"]))
        else:
            book.connection.execute("UPDATE ports SET warned = warned || ? WHERE id = ?", (f" {code}", row["id"]))
    car.close()


def _undo(book: Book, row: Row) -> None:
    """Put back the record that an export took out, or take out the one that an import brought."""
    if row["moved_on"]:
        return
    if row["command"] == "I":
        book.remove(row["telephone_no"])
    elif row["removed"]:
        book.save(json.loads(row["removed"]))
