"""A DAT, EXT or full file read again and compared with itself, its profile and its facts."""

from collections.abc import Iterator

from emergency_export.faults import DamagedFile
from emergency_export.file_check import FileCheck, FileReport, column_line
from emergency_export.lines import Source, opened, read_lines
from emergency_export.profiles import Profile
from emergency_export.row_format import RowFormat
from emergency_export.rows import DataRow, FileFacts


def verify_file(
    source: Source, profile: Profile, facts: FileFacts | None = None, name: str | None = None
) -> FileReport:
    """Read a whole file and report every fault; with `facts` or `name` the header must say the same."""
    check = FileCheck(profile, facts, name)
    with opened(source) as stream:
        for line in read_lines(stream, profile.line_ending, longest(profile)):
            check.take(line)
    return check.report()


def read_file(source: Source, profile: Profile) -> Iterator[tuple[int, DataRow]]:
    """Yield record number and row of a file without fault; DamagedFile, before the first row, where it has any."""
    report = verify_file(source, profile)
    if report.faults:
        raise DamagedFile(report.faults)
    rows, sign = RowFormat(profile), profile.data.fields[0].constant
    with opened(source) as stream:
        if not isinstance(source, bytes):
            stream.seek(0)
        for line in read_lines(stream, profile.line_ending, longest(profile)):
            if line.text.startswith(sign) and not (profile.column_names and line.number == 1):
                yield rows.row(line.text)


def longest(profile: Profile) -> int:
    """Return the length of the longest record that a file of this profile can hold."""
    return max(profile.header.length, profile.data.length, profile.trailer.length, len(column_line(profile)))
