"""Any file of the trade explained: every field of every record named, every fault pointed at (F9).

Nothing is kept of what is read: the records stream by, and of the findings a bounded number stays.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from emergency_export.explain.findings import ERROR, WARNING, ExplainCode, Finding, FindingList
from emergency_export.explain.kind import CLEAR, HEAD, fit_of, kind_by_content, kind_by_ending, longest_line
from emergency_export.explain.records import NamedRecord, RecordNamer
from emergency_export.lines import Source, opened, read_lines
from emergency_export.profile_loading import load_profile, shipped_profiles
from emergency_export.profiles import FileKind, Profile

if TYPE_CHECKING:
    from emergency_export.totals import Totals

BYTE_ORDER_MARKS = (BOM_UTF8, BOM_UTF16_LE, BOM_UTF16_BE)
DAT_LIKE = {FileKind.DAT, FileKind.EXT}


class Explanation:
    """What a file is, and its records to be walked through once; what was found is complete after that.

    `kind` is None where it cannot be told: then there are no records, and a finding says so.
    """

    def __init__(
        self, kind: FileKind | None, profile: Profile, source: Source, name: str | None, opening: list[Finding]
    ) -> None:
        self.kind = kind
        self.profile = profile
        self.line_count = 0
        self.record_count = 0
        self.totals: Totals | None = None
        self._source = source
        self._name = name
        self._list = FindingList()
        self._about_file = list(self._list.take(opening))

    def records(self) -> Iterator[NamedRecord]:
        """Yield the records in order, each with its findings; OSError where the file cannot be read."""
        if self.kind is None:
            return
        namer = RecordNamer(self.kind, self.profile, self._name)
        with opened(self._source) as stream:
            for line in read_lines(stream, self.profile.line_ending, longest_line(self.kind, self.profile)):
                record = namer.take(line)
                if record is not None:
                    self.line_count, self.record_count = record.line, namer.record_count
                    yield replace(record, findings=tuple(self._list.take(record.findings)))
        self._about_file += self._list.take(namer.close())
        self.totals = namer.totals

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was found, at most a thousand errors and as many warnings."""
        return self._list.kept

    @property
    def left_out(self) -> int:
        """Return how many findings are not among `findings`."""
        return sum(self._list.left_out.values())

    @property
    def errors(self) -> int:
        """Return the number of faults."""
        return self._list.counts[ERROR]

    @property
    def warnings(self) -> int:
        """Return the number of findings that are no faults."""
        return self._list.counts[WARNING]

    @property
    def about_file(self) -> tuple[Finding, ...]:
        """Return the findings that belong to no record: what its name says, and what its end shows."""
        return tuple(self._about_file)


def explain(source: Source, name: str | None, profile: Profile, kind: FileKind | None = None) -> Explanation:
    """Return the explanation of a file; without a `name` nothing is said of it, without a `kind` it is worked out.

    A path is opened twice, so it must be that of a file; a stream is read once, from where it stands.
    """
    head, source = _head(source)
    named = None if name is None else profile.kind_of(name)
    opening: list[Finding] = []
    if kind is None:
        kind, opening = _told_kind(head, name, named, profile)
    if kind is not None and name is not None and named is None:
        message = "the name is not one that this format makes: it is not compared with what the file says"
        opening.append(Finding(ExplainCode.NAME.value, WARNING, message, 1, field="file_name"))
    mark = next((mark for mark in BYTE_ORDER_MARKS if head.startswith(mark)), b"")
    if mark:
        message = "the file begins with a byte order mark, as text editors write it: its first record must come first"
        opening.append(Finding(ExplainCode.BYTE_ORDER_MARK.value, WARNING, message, 1, columns=(1, len(mark))))
    return Explanation(kind, profile, source, None if named is None else name, opening)


def _told_kind(
    head: bytes, name: str | None, named: FileKind | None, profile: Profile
) -> tuple[FileKind | None, list[Finding]]:
    """Return the kind by the name where the format makes such names, else by content, else by the name's ending."""
    hint = named or (None if name is None else kind_by_ending(name, profile))
    read, fit = kind_by_content(head, profile, hint)
    if fit < CLEAR and hint is not None:
        read = None
    kind = named or read or hint
    if kind is None:
        why = "its name and its first lines" if name else "its first lines"
        message = f"what kind of file this is cannot be told from {why}{_elsewhere(head, profile)}"
        if not head:
            message = "the file is empty"
        kinds = tuple(kind.value for kind in FileKind)
        return None, [Finding(ExplainCode.KIND.value, ERROR, message, 1, alternatives=kinds)]
    if read is None or read is kind or {read, kind} == DAT_LIKE or fit_of(kind, head, profile) > 0:
        return kind, []
    message = f"the name is that of a {kind}, the first lines read as a {read}"
    return kind, [Finding(ExplainCode.OTHER_KIND.value, WARNING, message, 1, suggestion=read.value)]


def _elsewhere(head: bytes, profile: Profile) -> str:
    """Say which of the shipped profiles would read the file: a person most often forgot to name it."""
    for name in shipped_profiles():
        kind, fit = kind_by_content(head, load_profile(name), None) if name != profile.name else (None, 0)
        if kind is not None and fit >= CLEAR:
            return f"; it reads as a {kind} of the profile {name}"
    return ""


def _head(source: Source) -> tuple[bytes, Source]:
    """Return the first bytes, and a source that still holds them."""
    if isinstance(source, bytes):
        return source[:HEAD], source
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return stream.read(HEAD), source
    head = b""
    while len(head) < HEAD and (piece := source.read(HEAD - len(head))):
        head += piece
    return head, cast("BinaryIO", BufferedReader(_Rejoined(head, source)))


class _Rejoined(RawIOBase):
    """A stream whose first bytes were read already: a pipe cannot be wound back."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)
