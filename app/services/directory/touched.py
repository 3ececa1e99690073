"""Records of ours whose postcode a new directory does not know as live any more: a person looks at them again.

The record that is live stays live, and nothing is sent: a copy of what was said waits for review beside it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Column, MetaData, RowMapping, Select, Table, and_, exists, insert, or_, select, text
from sqlalchemy.orm import aliased

from app.db.bulk import copy_rows
from app.db.unit_of_work import UnitOfWork
from app.domain.registrations import RegistrationKind, RegistrationState
from app.models.directory import DirectoryEdition, DirectoryPostcode, Postcode
from app.models.numbers import Number
from app.models.records import RecordValues, Registration
from app.services.directory.changes import area_of
from app.services.directory.faults import as_problem
from app.services.wanted import wanted_id
from validators.directory import ended_finding, vanished_finding
from validators.findings import Finding

BATCH = 5_000  # records that are held at once
SUBMITTED_BY = "postcode directory"
REGISTRATIONS = cast("Table", Registration.__table__)
COPIED = tuple(column.name for column in REGISTRATIONS.c if column.name != "id")

# The records whose postcode was live in the edition that goes, for the time of a load.
_known_before = Table(
    "known_before",
    MetaData(),
    Column("registration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("postcode", Postcode, nullable=False),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How many records went to review, and the SHA-256 over their lines "number registration code"."""

    records: int
    digest: str


def wanted_records(today: date) -> Select[int, int, str]:
    """Select registration, number and postcode of each record that is wanted today and has nothing in review."""
    waiting = aliased(Registration)
    in_review = exists().where(waiting.number_id == Number.id, waiting.state == RegistrationState.REVIEW)
    return (
        select(Registration.id, Registration.number_id, RecordValues.postcode)
        .select_from(Number)
        .join(Registration, Registration.id == wanted_id(Number.id, today))
        .join(RecordValues, RecordValues.id == Registration.values_id)
        .where(Registration.kind == RegistrationKind.RECORD, ~in_review)
    )


def note_known(work: UnitOfWork, old_edition_id: int, today: date) -> None:
    """Note, before the old edition goes, which wanted records have a postcode that is live in it."""
    _known_before.create(work.session.connection())
    live = and_(
        DirectoryPostcode.edition_id == old_edition_id,
        DirectoryPostcode.postcode == RecordValues.postcode,
        DirectoryPostcode.terminated.is_(None),
    )
    known = (
        wanted_records(today).join(DirectoryPostcode, live).with_only_columns(Registration.id, RecordValues.postcode)
    )
    work.session.execute(insert(_known_before).from_select(["registration_id", "postcode"], known))
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(text("ANALYZE known_before"))


def send_to_review(work: UnitOfWork, edition: DirectoryEdition, today: date, now: datetime) -> Reviewed:
    """Put those that were noted into review where the new edition, which is written, has their postcode no more.

    An area that the new edition does not cover says nothing of its postcodes (P00).
    """
    areas, records, last = frozenset(edition.areas), 0, 0
    digest = hashlib.sha256()
    while batch := _lost(work, edition.id, last):
        last = batch[-1].registration_id
        findings = {
            row.registration_id: _finding(row.postcode, row.terminated, edition.edition)
            for row in batch
            if row.terminated is not None or area_of(row.postcode) in areas
        }
        said = _still_said(work, findings, today)
        copies = (_copy(row, findings[row["id"]], today, now) for row in said)
        copy_rows(work, REGISTRATIONS, COPIED, ([copy[name] for name in COPIED] for copy in copies))
        for row in said:
            digest.update(f"{row['number_id']} {row['id']} {findings[row['id']].code}\n".encode())
        records += len(said)
    _known_before.drop(work.session.connection())
    return Reviewed(records, digest.hexdigest())


def _lost(work: UnitOfWork, edition_id: int, last: int) -> list[Any]:
    found = and_(DirectoryPostcode.edition_id == edition_id, DirectoryPostcode.postcode == _known_before.c.postcode)
    statement = (
        select(_known_before.c.registration_id, _known_before.c.postcode, DirectoryPostcode.terminated)
        .select_from(_known_before)
        .outerjoin(DirectoryPostcode, found)
        .where(_known_before.c.registration_id > last)
        .where(or_(DirectoryPostcode.postcode.is_(None), DirectoryPostcode.terminated.is_not(None)))
        .order_by(_known_before.c.registration_id)
        .limit(BATCH)
    )
    return list(work.session.execute(statement))


def _finding(postcode: str, ended: date | None, edition: date | None) -> Finding:
    return vanished_finding(postcode, edition) if ended is None else ended_finding(postcode, ended)


def _still_said(work: UnitOfWork, findings: Mapping[int, Finding], today: date) -> list[RowMapping]:
    """Return the registrations that are still wanted: a load takes long, and customers go on meanwhile."""
    if not findings:
        return []
    wanted = wanted_records(today).where(Registration.id.in_(findings)).with_only_columns(*REGISTRATIONS.c)
    return list(work.session.execute(wanted.order_by(Registration.id)).mappings())


def _copy(row: RowMapping, finding: Finding, today: date, now: datetime) -> dict[str, Any]:
    """Return what was said once more, waiting for a person who is told why."""
    return {
        **row,
        "state": RegistrationState.REVIEW,
        "due_on": today,
        "findings": [as_problem(finding).as_dict()],
        "submitted_by": SUBMITTED_BY,
        "submitted_by_user_id": None,
        "submitted_at": now,
        "decided_by": "",
        "decided_at": None,
        "decision_note": "",
    }
