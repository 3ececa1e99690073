"""The numbers of files: sequence without gap or reuse, nn within the day, and the row of a file that got them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.files import FileState
from app.errors import CallAPerson
from app.models.exports import ExportFile, FormatProfile, Resumption
from app.services.system import System
from emergency_export.faults import NameExhausted
from emergency_export.profiles import FileKind, Profile
from emergency_export.rows import CHANGES, FileFacts
from emergency_export.totals import Totals


def next_facts(system: System, work: Reading, kind: str, at: datetime) -> FileFacts:
    """Return the facts of the file that comes next; CallAPerson where the day's names are used up."""
    cupid = system.settings.cupid
    day = at.astimezone(system.settings.timezone).date()
    sequence = 1 + _last(
        work,
        select(func.max(ExportFile.file_sequence)).where(ExportFile.cupid == cupid),
        select(func.max(Resumption.file_sequence)).where(Resumption.cupid == cupid),
    )
    of_day = 1 + _last(
        work,
        select(func.max(ExportFile.day_number)).where(ExportFile.cupid == cupid, ExportFile.created_on == day),
        select(func.max(Resumption.names_through)).where(Resumption.cupid == cupid, Resumption.names_on == day),
    )
    try:
        name = system.profile.file_name(cupid, day, of_day, FileKind.DAT)
    except NameExhausted as spent:
        raise CallAPerson(
            f"{day:%d %B %Y} has no file name left: {spent}. What waits goes with the first run after midnight"
        ) from spent
    environment = system.settings.environment[0].upper()
    return FileFacts(cupid, sequence, at, kind, environment, name)


def _last(work: Reading, ours: Select[Any], told: Select[Any]) -> int:
    """Return the last number that was used: by a file of ours, or by one that an older copy does not know."""
    return max(work.session.scalar(ours) or 0, work.session.scalar(told) or 0)


def keep_profile(work: UnitOfWork, profile: Profile) -> None:
    """Keep the profile's text, so that a file's bytes can be made again after the profile has changed."""
    if work.session.get(FormatProfile, profile.digest) is None:
        work.session.add(FormatProfile(digest=profile.digest, name=profile.name, body=profile.text))
        work.session.flush()


def draft_file(system: System, work: UnitOfWork, facts: FileFacts, incident: str = "") -> ExportFile:
    """Add the row of a file whose rows are being fixed; `complete_file` fills in what only the end knows."""
    day = facts.created_at.astimezone(system.settings.timezone).date()
    named = system.profile.names[FileKind.DAT].parts(facts.file_name)
    if named is None:
        raise ValueError("the profile does not read the name that it made")
    file = ExportFile(
        file_name=facts.file_name,
        cupid=facts.cupid,
        file_sequence=facts.file_sequence,
        created_on=day,
        day_number=named.nn,
        kind=facts.file_kind,
        environment=facts.environment,
        state=FileState.EXTRACTED,
        profile_digest=system.profile.digest,
        created_at=facts.created_at,
        record_count=0,
        counts={},
        size=0,
        sha256="",
        incident=incident,
    )
    work.session.add(file)
    work.session.flush()
    return file


def complete_file(file: ExportFile, totals: Totals) -> None:
    """Fix count, size and digest: from the commit on, the bytes of this file are determined for good."""
    file.record_count, file.counts = totals.record_count, dict(totals.counts)
    file.size, file.sha256 = totals.size, totals.sha256


def facts_of(file: ExportFile) -> FileFacts:
    """Return the facts of a file as they were fixed."""
    return FileFacts(file.cupid, file.file_sequence, file.created_at, file.kind, file.environment, file.file_name)


def first_of_day(system: System, work: Reading, at: datetime) -> bool:
    """Say whether no file of changes was made yet on the day of `at`."""
    day = at.astimezone(system.settings.timezone).date()
    found = select(ExportFile.id).where(ExportFile.created_on == day, ExportFile.kind == CHANGES).limit(1)
    return work.session.scalar(found) is None


def extracted_detail(file: ExportFile) -> Mapping[str, Any]:
    """Return what the trail keeps of a file that got its number."""
    return {
        "file_name": file.file_name,
        "file_sequence": file.file_sequence,
        "kind": file.kind,
        "transactions": file.counts,
        "sha256": file.sha256,
    }
