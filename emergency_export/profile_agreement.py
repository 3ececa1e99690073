"""What the sections of a profile must say of each other."""

from collections.abc import Iterator

from emergency_export.faults import ProfileFault
from emergency_export.fields import Kind
from emergency_export.names import NameTemplate
from emergency_export.profiles import FileKind, Profile
from emergency_export.records import Layout
from emergency_export.rows import CREATED_FORMS, DataRow

HEADER_FIELDS = {"cupid", "file_sequence", "file_kind", "environment", "file_name"}
TRAILER_FIELDS = {"record_count"}
DATA_FIELDS = {
    "rec_no",
    "txn_ref",
    "command",
    "telephone_no",
    "effective_date",
    "parent_cupid",
    "name",
    "premises",
    "postcode",
}
FCO_FIELDS = {"file_name", "file_sequence", "status", "reason", "received_count", "answered"}
CAR_HEADER_FIELDS = {"cupid", "created", "car_sequence", "file_name"}
CAR_ROW_FIELDS = {
    "txn_ref",
    "telephone_no",
    "command",
    "response_code",
    "class",
    "final",
    "message_time",
    "error_count",
    "error_list",
    "text",
}
CAR_TRAILER_FIELDS = {"cupid", "car_sequence", "record_count"}
KINDS = {
    "rec_no": Kind.NUMBER,
    "file_sequence": Kind.NUMBER,
    "car_sequence": Kind.NUMBER,
    "record_count": Kind.NUMBER,
    "received_count": Kind.NUMBER,
    "error_count": Kind.NUMBER,
    "effective_date": Kind.DATE,
    "created_date": Kind.DATE,
    "created_time": Kind.TIME,
    "created": Kind.STAMP,
    "answered": Kind.STAMP,
    "message_time": Kind.STAMP,
}


def check_agreement(profile: Profile) -> list[ProfileFault]:
    """Return every contradiction between sections that are right by themselves."""
    faults = [ProfileFault(path, message) for path, message in _agreement(profile)]
    return list(dict.fromkeys(faults))


def _agreement(profile: Profile) -> Iterator[tuple[str, str]]:
    known_data = {"rec_no", *DataRow._fields}
    moments = set(CREATED_FORMS)
    yield from _fields(profile.header, "records.header", HEADER_FIELDS, HEADER_FIELDS | moments)
    yield from _fields(profile.data, "records.data", DATA_FIELDS, known_data)
    totals = TRAILER_FIELDS | {spec.name for spec in profile.trailer.fields if spec.counts}
    known_trailer = totals | {"cupid", "file_sequence", "file_name", "checksum"}
    yield from _fields(profile.trailer, "records.trailer", TRAILER_FIELDS, known_trailer)
    yield from _fields(profile.fco, "replies.fco", FCO_FIELDS, FCO_FIELDS)
    yield from _fields(profile.car_header, "replies.car_header", CAR_HEADER_FIELDS, CAR_HEADER_FIELDS)
    yield from _fields(profile.car_row, "replies.car_row", CAR_ROW_FIELDS, CAR_ROW_FIELDS)
    yield from _fields(profile.car_trailer, "replies.car_trailer", CAR_TRAILER_FIELDS, CAR_TRAILER_FIELDS)
    yield from _created(profile.header)
    yield from _told_apart("records", (profile.header, profile.data, profile.trailer))
    yield from _told_apart("replies", (profile.car_header, profile.car_row, profile.car_trailer))
    yield from _counts(profile)
    yield from _checksum(profile)
    yield from _sizes(profile)
    yield from _codes(profile)


def _fields(layout: Layout, path: str, needed: set[str], known: set[str]) -> Iterator[tuple[str, str]]:
    names = {spec.name for spec in layout.fields}
    for name in sorted(needed - names):
        yield path, f"must have the field {name}"
    for spec in layout.fields:
        free = spec.kind in {Kind.CONSTANT, Kind.BLANK}
        if not free and spec.name not in known:
            yield f"{path}.fields[{spec.name}]", "is not known: nothing could fill it"
        wanted = KINDS.get(spec.name, Kind.NUMBER if spec.counts else Kind.TEXT)
        if spec.name in known and spec.kind is not wanted:
            yield f"{path}.fields[{spec.name}].kind", f"must be {wanted}"


def _created(header: Layout) -> Iterator[tuple[str, str]]:
    names = set(header.by_name)
    if "created" not in names and not {"created_date", "created_time"} <= names:
        yield "records.header", "must have created, or created_date and created_time"


def _told_apart(path: str, layouts: tuple[Layout, ...]) -> Iterator[tuple[str, str]]:
    signs = [layout.fields[0].constant for layout in layouts]
    widths = {layout.fields[0].width for layout in layouts}
    if len(set(signs)) != len(signs) or len(widths) > 1:
        yield path, f"rec_type must tell {', '.join(layout.name for layout in layouts)} apart, at one width"


def _counts(profile: Profile) -> Iterator[tuple[str, str]]:
    counters = [spec for spec in profile.trailer.fields if spec.counts]
    for command in profile.commands_enabled if counters else ():
        times = sum(command in spec.counts for spec in counters)
        if times != 1:
            yield "records.trailer", f"command {command} is counted {times} times, it must be once"


def _checksum(profile: Profile) -> Iterator[tuple[str, str]]:
    spec = profile.trailer.by_name.get("checksum")
    if (spec is None) != (profile.checksum is None):
        yield "checksum", "a checksum needs both this section and a field of the trailer"
    elif spec is not None and profile.checksum is not None and spec.width != profile.checksum.digits:
        yield "checksum.digits", f"is {profile.checksum.digits}, the trailer's field is {spec.width} wide"


def _sizes(profile: Profile) -> Iterator[tuple[str, str]]:
    for layout, name in ((profile.data, "rec_no"), (profile.trailer, "record_count")):
        spec = layout.by_name.get(name)
        if spec is not None and len(str(profile.max_records)) > spec.width:
            yield "file.max_records", f"does not fit {name}, which is {spec.width} wide"
    for kind, layout in ((FileKind.DAT, profile.header), (FileKind.CAR, profile.car_header)):
        spec, sample = layout.by_name.get("file_name"), _sample(profile.names[kind])
        if spec is not None and len(sample) > spec.width:
            yield f"names.{kind.lower()}", f"makes names of {len(sample)}, file_name is {spec.width} wide"
        if spec is not None and spec.upper and sample.upper() != sample:
            yield f"names.{kind.lower()}", "is not in capitals, as everything in the file must be"


def _sample(template: NameTemplate) -> str:
    return template.template.replace("{cupid}", "000").replace("{DDMMYY}", "000000").replace("{nn}", "00")


def _codes(profile: Profile) -> Iterator[tuple[str, str]]:
    spec = profile.car_row.by_name.get("response_code")
    for code in profile.response_codes:
        if spec is not None and list(spec.problems(code)):
            yield f"responses.{code}", "could not stand in the field response_code"
