"""A file of the interface explained to staff (F9): nothing of it is stored, and nothing of it stands in the trail."""

from dataclasses import dataclass

from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import NotFound
from app.services.access import authorise
from app.services.system import System
from emergency_export.explain.explanation import explain
from emergency_export.explain.findings import Finding
from emergency_export.explain.records import NamedRecord
from emergency_export.profile_loading import load_profile, shipped_profiles
from emergency_export.profiles import FileKind, Profile

FIRST_SHOWN = 25
FAULTY_SHOWN = 100


@dataclass(frozen=True)
class ExplainedFile:
    """What a file is, and of its lines the first, the last and the faulty ones.

    `sound_left_out` and `faulty_left_out` count the lines that are not among `records`: all were checked.
    """

    kind: FileKind | None
    profile: Profile
    records: tuple[NamedRecord, ...]
    about_file: tuple[Finding, ...]
    lines: int
    record_count: int
    counts: dict[str, int]
    errors: int
    warnings: int
    sound_left_out: int
    faulty_left_out: int
    first_shown: int
    faulty_shown: int


def profile_names(system: System) -> tuple[str, ...]:
    """Return the formats by which a file can be read: the installation's own first, then the shipped ones."""
    own = system.profile.name
    return (own, *(name for name in shipped_profiles() if name != own))


def explain_file(
    system: System, actor: Actor, content: bytes, name: str | None, *, profile: str = "", kind: FileKind | None = None
) -> ExplainedFile:
    """Name every field of a file and every fault in it; by the installation's own format where no other is named."""
    authorise(actor, Permission.EXPLAIN_FILE)
    found = explain(content, name, _profile(system, profile), kind)
    shown: list[NamedRecord] = []
    sound = faulty = 0
    last: NamedRecord | None = None
    for place, record in enumerate(found.records(), 1):
        if last is not None:  # it is not the last line, and is not shown
            faulty, sound = faulty + bool(last.findings), sound + (not last.findings)
        room = FAULTY_SHOWN + FIRST_SHOWN - len(shown)
        shows = place <= FIRST_SHOWN or (bool(record.findings) and room > 0)
        last = None if shows else record
        if shows:
            shown.append(record)
    return ExplainedFile(
        kind=found.kind,
        profile=found.profile,
        records=(*shown, last) if last is not None else tuple(shown),
        about_file=found.about_file,
        lines=found.line_count,
        record_count=found.record_count,
        counts=dict(found.totals.counts) if found.totals else {},
        errors=found.errors,
        warnings=found.warnings,
        sound_left_out=sound,
        faulty_left_out=faulty,
        first_shown=FIRST_SHOWN,
        faulty_shown=FAULTY_SHOWN,
    )


def _profile(system: System, name: str) -> Profile:
    if name in {"", system.profile.name}:
        return system.profile
    if name not in shipped_profiles():
        raise NotFound("there is no such format")
    return load_profile(name)
