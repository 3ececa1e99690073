"""A file written record by record: the same rows and facts always give the same bytes."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from emergency_export.faults import ExportError, Fault, FaultCode, FileFull, RecordFault
from emergency_export.file_check import FileReport, column_line
from emergency_export.profiles import FileKind, Profile
from emergency_export.row_format import RowFormat, check_command
from emergency_export.rows import CHANGES, FULL, DataRow, FileFacts
from emergency_export.totals import ControlTotals, Totals
from emergency_export.verification import read_file, verify_file

BATCH = 512  # records rendered before they are hashed and handed on
Sink = Callable[[bytes], object]


@lru_cache(maxsize=8)
def _row_format(profile: Profile) -> RowFormat:
    return RowFormat(profile)


def check_row(profile: Profile, row: DataRow, file_kind: str = CHANGES) -> tuple[Fault, ...]:
    """Return everything that keeps a row from being written in a file of this kind; () where it can be."""
    rows = _row_format(profile)
    found = check_command(row, file_kind)
    return found if rows.line(1, row) is not None else found + rows.faults(row)


class FileWriter:
    """Takes rows one by one; bytes go to `sink`, or nowhere where only digest and totals are wanted.

    RecordFault where the facts themselves cannot be written. A row that cannot be written is answered with its
    faults and takes no record number: the rest of the night goes on.
    """

    def __init__(self, profile: Profile, facts: FileFacts, sink: Sink | None = None) -> None:
        self._profile = profile
        self._facts = facts
        self._sink = sink
        self._rows = _row_format(profile)
        self._totals = ControlTotals(profile)
        self._lines: list[str] = []
        self._commands: list[str] = []
        self._cupid = facts.cupid
        self._most = profile.max_records
        self._blank_commands = facts.file_kind == FULL
        self.record_count = 0
        _check_facts(profile, facts)
        if profile.column_names:
            self._lines.append(column_line(profile))
        self._lines.append(profile.header.render(facts.values(profile.timezone)))

    @property
    def full(self) -> bool:
        """Say whether the file holds as many records as the profile allows."""
        return self.record_count >= self._most

    def add(self, row: DataRow) -> tuple[Fault, ...]:
        """Write a row as the next record and return (); or write nothing and return its faults.

        FileFull where the row belongs in the next file.
        """
        number = self.record_count + 1
        if number > self._most:
            raise FileFull(f"the file holds {self.record_count} records, the most that this format allows")
        line = self._rows.line(number, row)
        if line is None or row.parent_cupid != self._cupid or (row.command == "") is not self._blank_commands:
            return self._faults(number, row)
        self.record_count = number
        self._lines.append(line)
        self._commands.append(row.command)
        if number % BATCH == 0:
            self._hand_on()
        return ()

    def _faults(self, number: int, row: DataRow) -> tuple[Fault, ...]:
        wrong = check_command(row, self._facts.file_kind)
        if row.parent_cupid != self._cupid:
            message = "parent cupid is not the file's CUPID"
            wrong += (Fault(FaultCode.DISAGREES, message, field="parent_cupid"),)
        return wrong + self._rows.faults(row, number)

    def finish(self) -> Totals:
        """Write the trailer and return the totals of the whole file; nothing can be added afterwards."""
        self._hand_on()
        values = self._facts.values(self._profile.timezone) | self._totals.trailer_values()
        trailer = self._encoded([self._profile.trailer.render(values)])
        if self._sink is not None:
            self._sink(trailer)
        return self._totals.close(trailer)

    def _hand_on(self) -> None:
        content = self._encoded(self._lines)
        self._totals.take(content, self._commands)
        if self._sink is not None:
            self._sink(content)
        self._lines, self._commands = [], []

    def _encoded(self, lines: list[str]) -> bytes:
        ending = self._profile.line_ending
        return (ending.join(lines) + ending).encode("ascii") if lines else b""


def render_file(profile: Profile, facts: FileFacts, rows: Iterable[DataRow]) -> Iterator[bytes]:
    """Yield the bytes of a whole file; RecordFault at the first row that cannot be written, with all its faults."""
    pieces: list[bytes] = []
    writer = FileWriter(profile, facts, pieces.append)
    for row in rows:
        faults = writer.add(row)
        if faults:
            raise RecordFault(faults)
        while pieces:
            yield pieces.pop(0)
    writer.finish()
    yield from pieces


def _check_facts(profile: Profile, facts: FileFacts) -> None:
    kind = profile.kind_of(facts.file_name)
    if kind not in {FileKind.DAT, FileKind.EXT}:
        raise ExportError(f"{facts.file_name} is not a name that this format makes")
    parts = profile.names[kind].parts(facts.file_name)
    if parts is None or parts.cupid != facts.cupid:
        raise ExportError(f"{facts.file_name} does not name CUPID {facts.cupid}")


__all__ = ["FileReport", "FileWriter", "check_row", "read_file", "render_file", "verify_file"]
