"""Which of the four files lies before us: by its name, else by what it holds."""

from collections.abc import Mapping
from io import BytesIO

from emergency_export.car_check import longest_car_record
from emergency_export.explain.fields import fit
from emergency_export.file_check import column_line
from emergency_export.lines import read_lines
from emergency_export.profiles import FileKind, Profile
from emergency_export.records import Layout
from emergency_export.verification import longest

HEAD = 1 << 14  # bytes looked at
LINES = 20
CLEAR = 0.3  # of the fields, right before wrong: a file that reads so is of that kind


def layouts_of(kind: FileKind, profile: Profile) -> Mapping[str, Layout]:
    """Return the records of a kind of file by the words for them."""
    if kind is FileKind.FCO:
        return {"fco": profile.fco}
    if kind is FileKind.CAR:
        return {"header": profile.car_header, "reply": profile.car_row, "trailer": profile.car_trailer}
    return {"header": profile.header, "data": profile.data, "trailer": profile.trailer}


def longest_line(kind: FileKind, profile: Profile) -> int:
    """Return the length of the longest record that such a file can hold."""
    if kind is FileKind.FCO:
        return profile.fco.length
    return longest_car_record(profile) if kind is FileKind.CAR else longest(profile)


def sign_of(layout: Layout, text: str) -> str:
    """Return what stands where such a record has its type."""
    return text[: layout.fields[0].width] if layout.fixed else text.split(layout.delimiter, 1)[0]


def type_sign(layout: Layout) -> str:
    """Return what must stand there."""
    first = layout.fields[0]
    return first.padded(first.constant)[: first.width]


def kind_by_ending(name: str, profile: Profile) -> FileKind | None:
    """Return the kind whose names end like this one, whatever stands before."""
    endings = {kind: template.template.rpartition("}")[2] for kind, template in profile.names.items()}
    endings[FileKind.FCO] = profile.fco_suffix
    fitting = [kind for kind, ending in endings.items() if ending and name.lower().endswith(ending.lower())]
    return max(fitting, key=lambda kind: len(endings[kind]), default=None)


def kind_by_content(head: bytes, profile: Profile, hint: FileKind | None) -> tuple[FileKind | None, float]:
    """Return the kind that the first lines read as, and how well (1 is without fault); `hint` decides a tie.

    DAT and EXT differ in the names that their headers state; where that cannot be read `hint` decides.
    """
    fits = {kind: fit_of(kind, head, profile) for kind in (FileKind.DAT, FileKind.FCO, FileKind.CAR)}
    family = FileKind.DAT if hint is FileKind.EXT else hint
    best = max(fits, key=lambda kind: (fits[kind], kind is family))
    tied = list(fits.values()).count(fits[best]) > 1 and best is not family
    if fits[best] <= 0 or tied:
        return None, 0
    if best is not FileKind.DAT:
        return best, fits[best]
    return _stated_kind(head, profile) or (FileKind.EXT if hint is FileKind.EXT else FileKind.DAT), fits[best]


def fit_of(kind: FileKind, head: bytes, profile: Profile) -> float:
    """Say how well the first lines read as such a file: 1 is without fault, 0 or less is none."""
    texts = _texts(head, profile)
    if profile.column_names and texts and kind in {FileKind.DAT, FileKind.EXT}:
        named, texts = texts[0] == column_line(profile), texts[1:]
        points = [1.0 if named else 0.0]
    else:
        points = []
    layouts = layouts_of(kind, profile).values()
    for text in texts[:1] if kind is FileKind.FCO else texts:
        layout = next((layout for layout in layouts if sign_of(layout, text) == type_sign(layout)), None)
        points.append(0.0 if layout is None else fit(layout, text))
    return sum(points) / max(len(points), 1)


def _texts(head: bytes, profile: Profile) -> list[str]:
    """Return the first whole lines; a last one that the head cuts off counts only where it is the first too."""
    most = max(longest_line(kind, profile) for kind in FileKind)
    texts = [line.text for line in read_lines(BytesIO(head), profile.line_ending, most) if not line.rest]
    return texts[: min(LINES, max(len(texts) - (len(head) >= HEAD), 1))]


def _stated_kind(head: bytes, profile: Profile) -> FileKind | None:
    for text in _texts(head, profile)[:2]:
        if sign_of(profile.header, text) == type_sign(profile.header):
            return profile.kind_of(profile.header.examine(text).texts.get("file_name", ""))
    return None
