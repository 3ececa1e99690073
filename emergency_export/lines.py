"""Lines of a file in constant memory, whatever the file holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from emergency_export.faults import Fault, FaultCode

PIECE = 1 << 16
Source = Path | bytes | BinaryIO


class Line(NamedTuple):
    """One line: `raw` with its ending, `text` without, one character a byte; `fault` where the ending is wrong.

    Of a line longer than any record may be only the beginning is in `text`; the rest follows as lines without text.
    """

    number: int
    raw: bytes
    text: str
    fault: Fault | None = None
    rest: bool = False


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """Open a path or bytes for reading; a stream is used as it is, from where it stands, and left open."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    elif isinstance(source, bytes):
        yield BytesIO(source)
    else:
        yield source


def read_lines(stream: BinaryIO, ending: str, longest: int) -> Iterator[Line]:
    """Yield the lines; `longest` is the length of the longest record, above which a line is read in pieces."""
    mark = ending.encode("ascii")
    limit = longest + len(mark) + 1
    number = 0
    while raw := stream.readline(limit):
        number += 1
        if raw.endswith(mark):
            yield Line(number, raw, raw[: -len(mark)].decode("latin-1"))
        elif raw.endswith(b"\n"):
            fault = Fault(FaultCode.LINE_ENDING, f"line ends with LF, it must end with {_words(ending)}", line=number)
            yield Line(number, raw, raw[:-1].decode("latin-1"), fault)
        elif len(raw) < limit:
            fault = Fault(FaultCode.LINE_ENDING, f"the file ends without {_words(ending)}", line=number)
            yield Line(number, raw, raw.decode("latin-1"), fault)
        else:
            yield from _pieces(stream, number, raw, longest)


def _pieces(stream: BinaryIO, number: int, raw: bytes, longest: int) -> Iterator[Line]:
    fault = Fault(
        FaultCode.LENGTH, f"line is longer than any record, which has at most {longest} characters", line=number
    )
    yield Line(number, raw, raw.decode("latin-1"), fault)
    while not raw.endswith(b"\n") and (raw := stream.readline(PIECE)):
        yield Line(number, raw, "", rest=True)


def _words(ending: str) -> str:
    return "CRLF" if ending == "\r\n" else "LF"


class FaultList:
    """Keeps the first `most` faults and counts the others: a file that is wrong throughout must not fill memory."""

    def __init__(self, most: int = 1000) -> None:
        self.kept: list[Fault] = []
        self.left_out = 0
        self._most = most
        self._drained = False

    def add(self, fault: Fault, *, line: int | None = None, record: int | None = None) -> None:
        """Keep a fault, with the line and record where it was found."""
        if len(self.kept) < self._most:
            self.kept.append(replace(fault, line=line or fault.line, record=record or fault.record))
        else:
            self.left_out += 1

    def drain(self) -> list[Fault]:
        """Hand over what is kept and keep it no longer: for a reader who tells each fault where it stands."""
        found, self.kept = self.kept, []
        self._drained = self._drained or bool(found)
        return found

    def __bool__(self) -> bool:
        """Say whether anything is wrong."""
        return self._drained or bool(self.kept)
