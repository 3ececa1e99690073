"""The three lists of operations: rejected, missing (L6), and all; as rows that can be mended and sent in again."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, func, or_, select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor, Role
from app.domain.cases import CaseState
from app.domain.commands import AcceptedState
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind, RegistrationState
from app.errors import NotFound
from app.models.accounts import Account
from app.models.numbers import Number
from app.models.records import AcceptedRecord, Registration
from app.models.replies import Case
from app.services.access import authorise, authorise_account, note_reading
from app.services.locations.typed import typed_locations
from app.services.spreadsheet_cells import guarded
from app.services.status_column import status_column
from app.services.system import System
from app.services.uploads import NOTES
from validators.columns import COLUMNS, PAF_COLUMNS, Location
from validators.numbers import national

AT_ONCE = 1000
# PAF's elements are left out: what was composed of them stands in the columns of the record.
TYPED = tuple(name for name in COLUMNS if name not in PAF_COLUMNS)


class Which(StrEnum):
    """A list: numbers with a rejected record, in use without an accepted one, or all in use."""

    REJECTED = "rejected"
    MISSING = "missing"
    ALL = "all"


@dataclass(frozen=True)
class ListRow:
    """One number: what was typed of it last, its status, why it stands there, and since when."""

    location: Location
    status: str
    reasons: str
    since: date

    def as_dict(self) -> dict[str, str]:
        """Return the row by its columns."""
        typed = {name: str(getattr(self.location, name)) for name in TYPED}
        return typed | {"status": self.status, "reasons": self.reasons, "since": self.since.isoformat()}


def rows(system: System, actor: Actor, which: Which, account_id: int | None = None) -> Iterator[ListRow]:
    """Yield the numbers of a list, of one account or for staff of all, in constant memory."""
    if account_id is not None:
        authorise_account(actor, Permission.SEE_RECORD, account_id)
    else:
        authorise(actor, Permission.SEE_RECORD)
        if actor.role is Role.CUSTOMER:
            raise NotFound("there is no such thing in your account")
    with system.database.reading() as look:
        count = look.session.scalar(select(func.count()).select_from(_chosen(system, which, account_id).subquery()))
    # Before the first row leaves: a reader may break off at any time.
    note_reading(system, actor, f"list_{which}", ("account", account_id or 0), count or 0)
    return _rows(system, which, account_id)


def list_csv(system: System, actor: Actor, which: Which, account_id: int | None = None) -> Iterator[str]:
    """Yield a list as the lines of a CSV for people, safe to open in a spreadsheet; an import takes it as it is."""
    found = rows(system, actor, which, account_id)  # authorised and noted before anything is sent
    return _lines(found)


def _lines(found: Iterator[ListRow]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow([*TYPED, *NOTES])
    yield "\ufeff" + line.getvalue()
    for row in found:
        line.seek(0)
        line.truncate()
        writer.writerow([guarded(cell) for cell in row.as_dict().values()])
        yield line.getvalue()


def _rows(system: System, which: Which, account_id: int | None) -> Iterator[ListRow]:
    last = 0
    with system.database.reading() as look:
        chosen = _chosen(system, which, account_id).order_by(Number.id).limit(AT_ONCE)
        while batch := look.session.execute(chosen.where(Number.id > last)).all():
            last = batch[-1].id
            yield from _told(system, look, batch)


def _chosen(system: System, which: Which, account_id: int | None) -> Any:
    today = system.today
    in_use = or_(Number.ceased_on.is_(None), Number.ceased_on > today)
    query = (
        select(
            Number.id,
            Number.number,
            Number.in_use_from,
            Number.barred_at,
            Account.billing_postcode,
            status_column(today).label("status"),
            Case.code,
            Case.text,
            Case.opened_at,
        )
        .select_from(Number)
        .join(Account, Account.id == Number.account_id)
        .outerjoin(Case, (Case.number_id == Number.id) & (Case.state == CaseState.OPEN))
        .where(in_use)
    )
    if account_id is not None:
        query = query.where(Number.account_id == account_id)
    if which is Which.REJECTED:
        query = query.where(Case.id.is_not(None))
    if which is Which.MISSING:
        held = exists().where(AcceptedRecord.number_id == Number.id, AcceptedRecord.state != AcceptedState.NONE)
        # With 999 barred there is nothing to find (R03).
        query = query.where(~held, Number.in_use_from <= today, Number.barred_at.is_(None))
    return query


def _told(system: System, look: Reading, batch: Sequence[Any]) -> Iterator[ListRow]:
    ids = [row.id for row in batch]
    typed = typed_locations(look, ids, system.today)
    notes = _notes(look, ids)
    for row in batch:
        location = typed.get(row.id) or Location(number=national(row.number))
        if location.postcode and location.postcode == row.billing_postcode:
            # It was confirmed when it was taken: sent in again, nobody has to say so once more (A09).
            location = replace(location, address_confirmed="yes")
        if row.barred_at is not None:
            location = replace(location, outside_uk="yes")
        reasons = f"{row.code} {row.text}" if row.code is not None else notes.get(row.id, "")
        since = row.in_use_from if row.opened_at is None else row.opened_at.date()
        yield ListRow(location, row.status, reasons, since)


def _notes(look: Reading, ids: Sequence[int]) -> dict[int, str]:
    """Return what is looked at in a review, or what was written with a return, by number; the last word counts."""
    waiting = (RegistrationState.REVIEW, RegistrationState.RETURNED)
    said = look.session.execute(
        select(Registration.number_id, Registration.decision_note, Registration.findings)
        .where(Registration.number_id.in_(ids), Registration.state.in_(waiting))
        .where(Registration.kind == RegistrationKind.RECORD)
        .order_by(Registration.id)
    )
    return {
        number_id: str(note) or " ".join(one["message"] for one in findings if one["severity"] == "review")
        for number_id, note, findings in said
    }
