"""An explanation as a person reads it: a table for each record, and a caret under what is wrong."""

from collections.abc import Iterator

from emergency_export.explain.explanation import Explanation
from emergency_export.explain.findings import Finding
from emergency_export.explain.records import NamedRecord

TITLES = {
    "header": "header",
    "columns": "names of the columns",
    "data": "data record",
    "trailer": "trailer",
    "fco": "answer for a file",
    "reply": "reply",
    "unknown": "unknown record",
}
EXCERPT = 72  # characters of a line shown above a caret
BEFORE = 16  # of them before the first wrong column


def opening_text(explanation: Explanation) -> str:
    """Return what the file is read as."""
    profile = explanation.profile
    head = f"{explanation.kind or 'no kind'}, by the profile {profile.name}: {profile.label}\n"
    return head + "".join(f"  {line}\n" for finding in explanation.about_file for line in _finding_lines(finding, ""))


def record_text(record: NamedRecord) -> str:
    """Return one record's lines, with an empty one before."""
    title = TITLES[record.type] + (f" {record.number}" if record.number and record.type != "fco" else "")
    title += f", read as: {TITLES[record.read_as]}" if record.read_as else ""
    lines = ["", f"line {record.line}: {title}"]
    width = max((len(field.name) for field in record.fields), default=0)
    for name, value, (first, last), meaning in record.fields:
        shown = value if value.isprintable() else _safe(value)
        words = f"  ({meaning})" if meaning else ""
        lines.append(f"  {first:>5}-{last:<5} {name:<{width}}  {shown or '-'}{words}")
    for finding in record.findings:
        lines += [f"  {line}" for line in _finding_lines(finding, record.text)]
    return "\n".join(lines) + "\n"


def closing_text(explanation: Explanation, told_before: int) -> Iterator[str]:
    """Yield what the end of the file shows beyond the first `told_before` findings about it, and the sums."""
    yield "\n"
    for finding in explanation.about_file[told_before:]:
        yield from (f"{line}\n" for line in _finding_lines(finding, ""))
    if explanation.kind is None:
        return
    counts = explanation.totals.counts if explanation.totals else {}
    by_command = ", ".join(f"{command or 'blank'} {count}" for command, count in sorted(counts.items()))
    records = _counted(explanation.record_count, "record") + (f" ({by_command})" if by_command else "")
    found = _counted(explanation.errors, "fault") if explanation.errors else "no fault"
    warned = f", {_counted(explanation.warnings, 'warning')}" if explanation.warnings else ""
    yield f"{_counted(explanation.line_count, 'line')}, {records}: {found}{warned}\n"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)


def place_of(finding: Finding) -> str:
    """Return columns and field of a finding."""
    columns = [f"columns {finding.columns[0]}-{finding.columns[1]}"] if finding.columns else []
    return ", ".join([*columns, *([finding.field] if finding.field else [])])


def _finding_lines(finding: Finding, text: str) -> Iterator[str]:
    place = place_of(finding)
    yield f"{finding.code} {finding.severity}" + (f" ({place})" if place else "") + f": {_safe(finding.message)}"
    if finding.columns and text:
        first, last = finding.columns
        start = max(first - BEFORE, 1)
        excerpt = "".join(char if " " <= char <= "~" else "?" for char in text[start - 1 : start - 1 + EXCERPT])
        yield f"{start:>8} |{excerpt}"
        carets = "^" * max(min(last, start + EXCERPT - 1) - first + 1, 1)
        yield " " * (10 + first - start) + carets


def _safe(text: str) -> str:
    """Show what could steer a terminal as an escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
