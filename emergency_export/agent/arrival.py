"""The file-level check: what a DAT says of itself against what is in it, in one pass and constant memory."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from emergency_export.agent.form import Form

# No record of any form comes near this; a file without line ends is read in pieces of this size.
_PIECE = 8192
_PRINTABLE = bytes(range(0x20, 0x7F))
_COUNTED = "ACMEI"
_BODY_ORDER = ("NONASCII", "BADLENGTH", "BADHEADER", "BADCUPID", "BADCOUNT", "BADCHECKSUM")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the check found; the reasons are blank where nothing is wrong.

    The file's number is judged between the two reasons: a header that cannot be trusted comes before it,
    faults of the records come after it.
    """

    name: str
    sha256: str
    sequence: int | None
    kind: str
    received_count: int
    header_reason: str
    body_reason: str


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Give the lines with their ends; a line beyond all measure comes in pieces."""
    while line := stream.readline(_PIECE):
        yield line


def line_fault(line: bytes, form: Form) -> str:
    """Return NONASCII or BADLENGTH for a raw line, or a blank."""
    text = line.removesuffix(form.line_end)
    cut_off = text == line
    if text.translate(None, _PRINTABLE):
        return "NONASCII"
    return "BADLENGTH" if cut_off or form.wrong_length(text.decode("ascii")) else ""


def text_of(raw: bytes, form: Form) -> str:
    """Return a line without its end; what is no ASCII in it is replaced."""
    return raw.removesuffix(form.line_end).decode("ascii", "replace")


@dataclass(slots=True)
class Tally:
    """Counts and digest of the lines, taken as they pass."""

    form: Form
    received: int = 0
    commands: Counter[str] = field(default_factory=Counter)
    faults: set[str] = field(default_factory=set)

    def take(self, raw: bytes) -> None:
        """Count one line between header and trailer."""
        if fault := line_fault(raw, self.form):
            self.faults.add(fault)
        glimpse = self.form.glimpse(text_of(raw, self.form))
        if glimpse.rec_type != "D":
            self.faults.add("BADCOUNT")
            return
        self.received += 1
        self.commands[glimpse.command] += 1
        if glimpse.rec_no != f"{self.received:07d}":
            self.faults.add("BADCOUNT")

    def counts(self) -> dict[str, str]:
        """Return the trailer's count fields as they should stand there."""
        named = {f"count_{letter.lower()}": self.commands[letter] for letter in _COUNTED}
        other = sum(n for letter, n in self.commands.items() if letter and letter not in _COUNTED)
        numbers = {"record_count": self.received, **named, "count_other": other}
        return {name: f"{number:07d}" for name, number in numbers.items()}


def examine(stream: BinaryIO, name: str, form: Form, cupid: str, environment: str) -> Arrival:
    """Read a whole DAT once and return what was found."""
    digest, check = hashlib.sha256(), hashlib.new(form.checksum.algorithm)
    tally = Tally(form)
    lines = lines_of(stream)
    column_row = next(lines, b"") if form.column_row is not None else b""
    header_line = next(lines, b"")
    for head in (column_row, header_line):
        digest.update(head)
        check.update(head)
    last = b""
    for raw in lines:
        if last:
            check.update(last)
            tally.take(last)
        digest.update(raw)
        last = raw
    header_reason, header = _check_header(header_line, name, form, cupid, environment)
    if form.column_row is not None and column_row != form.column_row.encode("ascii") + form.line_end:
        header_reason = header_reason or "BADHEADER"
    if header.get("file_kind") == "F" and tally.commands.keys() - {""}:
        # A full file carries no commands: one that does is not of the kind it says.
        header_reason = header_reason or "BADHEADER"
    sequence = header.get("file_sequence", "")
    return Arrival(
        name=name,
        sha256=digest.hexdigest(),
        sequence=int(sequence) if re.fullmatch("[0-9]{6}", sequence) and int(sequence) else None,
        kind=header.get("file_kind", ""),
        received_count=tally.received,
        header_reason=header_reason,
        body_reason=_check_body(last, header, tally, form.checksum.of(check.hexdigest())),
    )


def _check_header(raw: bytes, name: str, form: Form, cupid: str, environment: str) -> tuple[str, dict[str, str]]:
    """Return the reason against name or header, and the header's values as far as they can be read."""
    named = form.naming.cupid_of(name)
    fault = line_fault(raw, form) if raw else "BADHEADER"
    header = (form.read("H", text_of(raw, form)) or {}) if not fault else {}
    if named is None:
        return "BADNAME", header
    if fault:
        return fault, header
    if not _header_is_right(header, form.format_id, name, environment):
        return "BADHEADER", header
    if named != cupid or header["cupid"] != cupid:
        return "BADCUPID", header
    return "", header


def _header_is_right(header: dict[str, str], format_id: str, name: str, environment: str) -> bool:
    """Tell whether every value of the header, the CUPID apart, is one the agent can work with."""
    if not header:
        return False
    try:
        # strptime takes short numbers too: the pattern below does not.
        stamp = header["created_date"] + header["created_time"]
        datetime.strptime(stamp, "%Y%m%d%H%M%S")  # noqa: DTZ007  only whether it is a moment
    except ValueError:
        return False
    return (
        re.fullmatch("[0-9]{14}", stamp) is not None
        and header["format_id"] == format_id
        and re.fullmatch("[0-9]{6}", header["file_sequence"]) is not None
        and header["file_sequence"] != "000000"
        and header["file_kind"] in {"D", "F"}
        and header["environment"] == environment
        and header["file_name"] == name
    )


def _check_body(raw: bytes, header: dict[str, str], tally: Tally, checksum: str) -> str:
    """Return the first reason against records and trailer, in the order of what it makes doubtful."""
    faults = set(tally.faults)
    fault = line_fault(raw, tally.form) if raw else "BADCOUNT"
    trailer = tally.form.read("T", text_of(raw, tally.form)) if not fault else None
    if fault:
        faults.add(fault)
    elif trailer is None or any(trailer[name] != count for name, count in tally.counts().items()):
        faults.add("BADCOUNT")
    if tally.received > tally.form.max_records:
        faults.add("BADCOUNT")
    if trailer is not None and header:
        if trailer["cupid"] != header["cupid"]:
            faults.add("BADCUPID")
        if trailer["file_sequence"] != header["file_sequence"]:
            faults.add("BADHEADER")
        if trailer["checksum"] != checksum:
            faults.add("BADCHECKSUM")
    return next((reason for reason in _BODY_ORDER if reason in faults), "")
