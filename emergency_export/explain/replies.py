"""What is no fault of a CAR's row and still worth a word: codes that the profile's table knows otherwise."""

from collections.abc import Iterator, Mapping
from functools import partial

from emergency_export.explain.fields import NamedField
from emergency_export.explain.findings import WARNING, ExplainCode, Finding
from emergency_export.profiles import Profile


def reply_remarks(fields: Mapping[str, NamedField], profile: Profile, line: int, record: int) -> Iterator[Finding]:
    """Yield what the collection of replies would mark or send to operations (file-interface: response codes)."""
    remark = partial(_remark, fields, line, record)
    values = {name: named.value for name, named in fields.items()}
    code, command = values.get("response_code", ""), values.get("command", "")
    row = profile.response_codes.get(code)
    yield from _error_list_remarks(fields, line, record)
    if row is None:
        if code:
            message = "the code is not in the profile's table: it completes nothing"
            yield remark(ExplainCode.UNKNOWN_RESPONSE, "response_code", message)
        return
    if command and not row.applies_to(command):
        belongs = ", ".join(sorted(row.commands))
        message = f"the code belongs to {belongs}, not to this command: it counts as an unknown one"
        yield remark(ExplainCode.OTHER_COMMAND, "response_code", message)
    for name, tabled in (("class", row.class_), ("final", "Y" if row.final else "N")):
        if values.get(name) and values[name] != tabled:
            message = f"{name} is not that of the profile's table, which has {tabled} for this code and decides"
            yield remark(ExplainCode.UNLIKE_TABLE, name, message)


def _error_list_remarks(fields: Mapping[str, NamedField], line: int, record: int) -> Iterator[Finding]:
    """Yield a word where a row states another number of errors than it lists."""
    if "error_count" not in fields or "error_list" not in fields:
        return
    stated, listed = fields["error_count"].value, [code for code in fields["error_list"].value.split(",") if code]
    if stated.isdecimal() and stated.isascii() and int(stated) != len(listed):
        message = f"error count is {int(stated)}, the list holds {len(listed)}"
        yield _remark(fields, line, record, ExplainCode.ERROR_COUNT, "error_count", message)


def _remark(
    fields: Mapping[str, NamedField], line: int, record: int, code: ExplainCode, name: str, message: str
) -> Finding:
    return Finding(code.value, WARNING, message, line, record, name, fields[name].columns)
