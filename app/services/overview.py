"""Lists of numbers with their status: the customer's, and operations' over all accounts (L6 among them)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.db.unit_of_work import Reading
from app.domain.actors import Actor, Role
from app.domain.cases import CaseState
from app.domain.commands import AcceptedState
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.statuses import Status
from app.domain.transactions import IN_FLIGHT, WAITING
from app.errors import NotFound
from app.models.accounts import Account
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, RecordValues, Registration
from app.models.replies import Case
from app.services.access import authorise, authorise_account, note_reading
from app.services.locations.tenure import COUNTING
from app.services.record_json import record_json
from app.services.status_column import status_column
from app.services.system import System
from validators.numbers import national, read_number

ORDER = {status: place for place, status in enumerate(Status)}


@dataclass(frozen=True)
class NumberLine:
    """One number in a list; `held` is what the agent holds, `wanted` what was said last, as they are sent.

    `since` is when it went live, was sent, ceased or came into use; `due_on` the day on which a waiting change goes.
    """

    id: int
    number: str
    account: str
    account_id: int
    name: str
    postcode: str
    status: Status
    since: datetime | date | None
    due_on: date | None
    file_name: str
    case_id: int | None
    case_text: str
    case_resent: bool
    held: dict[str, str] | None
    held_unknown: bool
    wanted: dict[str, str] | None
    note: str


@dataclass(frozen=True)
class NumberPage:
    """One page of numbers; `counts` is over all that the search finds, whatever status is asked for."""

    lines: list[NumberLine]
    counts: dict[Status, int]
    total: int
    page: int
    pages: int


def list_numbers(
    system: System,
    actor: Actor,
    account_id: int | None,
    status: Status | None = None,
    search: str = "",
    page: int = 1,
    per_page: int = 50,
) -> NumberPage:
    """Return a page of an account's numbers, or of all (`account_id` None, staff), the worst first."""
    _authorise(actor, account_id)
    with system.database.reading() as look:
        known = status_query(system.today, account_id, search).subquery("known")
        tally = look.session.execute(select(known.c.status, func.count()).group_by(known.c.status))
        counts = Counter({Status(found): count for found, count in tally})
        chosen = select(known.c.id)
        if status is not None:
            chosen = chosen.where(known.c.status == str(status))
        rank = case(ORDER_BY_STATUS, value=known.c.status, else_=len(ORDER))
        total = counts.total() if status is None else counts[status]
        pages = max(1, -(-total // per_page))
        page = min(max(page, 1), pages)
        ids = list(
            look.session.scalars(chosen.order_by(rank, known.c.number).limit(per_page).offset((page - 1) * per_page))
        )
        found = NumberPage(number_lines(system, actor, look, ids), dict(counts), total, page, pages)
    note_reading(system, actor, "list", ("account", account_id or 0), len(ids))
    return found


ORDER_BY_STATUS = {str(status): place for status, place in ORDER.items()}


def number_line(system: System, actor: Actor, number_id: int) -> NumberLine:
    """Return one number by its id, as pages name it: no number stands in a URL. NotFound for another account's."""
    with system.database.reading() as look:
        lines = number_lines(system, actor, look, [number_id])
        if not lines:
            raise NotFound("there is no such number")
        authorise_account(actor, Permission.SEE_RECORD, lines[0].account_id)
        return lines[0]


def number_id_of(system: System, actor: Actor, number: str) -> int:
    """Return the id of a number as it was typed; NotFound where there is none that this actor may see."""
    with system.database.reading() as look:
        found = look.session.scalars(select(Number).where(Number.number == read_number(number))).one_or_none()
        if found is None:
            raise NotFound("there is no such number")
        authorise_account(actor, Permission.SEE_RECORD, found.account_id)
        return found.id


def _authorise(actor: Actor, account_id: int | None) -> None:
    if account_id is not None:
        authorise_account(actor, Permission.SEE_RECORD, account_id)
    else:
        authorise(actor, Permission.SEE_RECORD)
        if actor.role is Role.CUSTOMER:
            raise NotFound("there is no such thing in your account")


def status_query(today: date, account_id: int | None, search: str) -> Select[int, str, str]:
    """Return the query of ids, numbers and statuses, of an account or of all, or of what a search finds."""
    query = select(Number.id, Number.number, status_column(today).label("status"))
    if account_id is not None:
        query = query.where(Number.account_id == account_id)
    if search.strip():
        query = query.where(_matches(search.strip()))
    return query


def _matches(search: str) -> ColumnElement[bool]:
    """A search finds a number by its digits, or a registration by its name or postcode."""
    dialled = "".join(char for char in search if char.isdecimal())
    digits = dialled.lstrip("0")
    values = aliased(RecordValues)
    text = search.upper()
    of_text = exists().where(
        Registration.number_id == Number.id,
        # What a former holder said finds nothing.
        Registration.account_id == Number.account_id,
        Registration.state.in_(COUNTING),
        values.id == Registration.values_id,
        or_(values.name.contains(text, autoescape=True), values.postcode.contains(text, autoescape=True)),
    )
    # A postcode has up to three digits: fewer than four are no part of a number.
    return or_(Number.number.contains(digits, autoescape=True), of_text) if len(dialled) > 3 else of_text  # noqa: PLR2004


def number_lines(system: System, actor: Actor, look: Reading, ids: Sequence[int]) -> list[NumberLine]:
    """Return the lines of some numbers, in the order of `ids`, with a handful of questions."""
    today = system.today
    rows = look.session.execute(
        select(Number, Account.name, status_column(today))
        .join(Account, Account.id == Number.account_id)
        .where(Number.id.in_(ids))
    )
    numbers = {row[0].id: row for row in rows}
    held = {
        number_id: found
        for number_id, found in _held(look, ids).items()
        if number_id in numbers and may_see_held(actor, numbers[number_id][0], found[0])
    }
    said = _said(look, ids)
    moving = _moving(look, ids)
    cases = {
        found.number_id: found
        for found in look.session.scalars(select(Case).where(Case.number_id.in_(ids), Case.state != CaseState.CLOSED))
    }
    return [
        _line(numbers[number_id], held.get(number_id), said.get(number_id), moving.get(number_id), cases.get(number_id))
        for number_id in ids
        if number_id in numbers
    ]


def _line(
    row: Row[Number, str, str],
    held: tuple[AcceptedRecord, RecordValues | None] | None,
    said: tuple[Registration, RecordValues] | None,
    moving: tuple[date, str, datetime | None] | None,
    open_case: Case | None,
) -> NumberLine:
    number, account, word = row
    status = Status(word)
    record, values = held or (None, None)
    if said is not None and _before_the_bar(number, said[0]):
        said = None
    wanted = None if said is None else record_json(number.number, said[1], said[0].effective_date)
    shown = (said[1] if said else None) or values
    since: datetime | date | None = number.in_use_from
    if status is Status.LIVE and record is not None:
        since = record.changed_at
    elif status in {Status.CEASED, Status.PORTING}:
        since = number.ceased_on
    elif status is Status.SENT and moving is not None:
        since = moving[2]
    elif status is Status.IN_REVIEW and said is not None:
        since = said[0].submitted_at
    elif status is Status.BARRED:
        since = number.barred_at
    return NumberLine(
        id=number.id,
        number=national(number.number),
        account=account,
        account_id=number.account_id,
        name=shown.name if shown else "",
        postcode=shown.postcode if shown else "",
        status=status,
        since=since,
        due_on=None if moving is None else moving[0],
        file_name="" if moving is None else moving[1],
        case_id=None if open_case is None else open_case.id,
        case_text="" if open_case is None else open_case.text,
        case_resent=open_case is not None and open_case.state is CaseState.RESENT,
        held=None if record is None or values is None else record_json(number.number, values, record.effective_date),
        held_unknown=record is not None and record.state is AcceptedState.UNKNOWN,
        wanted=wanted,
        note=said[0].decision_note if said else "",
    )


def _before_the_bar(number: Number, said: Registration) -> bool:
    """Say whether something was said before 999 was barred, so that it is wanted no longer."""
    if number.barred_at is None:
        return False
    # What is accepted afterwards lifts the bar.
    return said.state is RegistrationState.ACCEPTED or said.submitted_at < number.barred_at


def may_see_held(actor: Actor, number: Number, held: AcceptedRecord) -> bool:
    """Say whether the values that the agent holds may be shown: a customer does not see a former holder's."""
    return actor.role is not Role.CUSTOMER or held.account_id in {None, number.account_id}


def _held(look: Reading, ids: Sequence[int]) -> dict[int, tuple[AcceptedRecord, RecordValues | None]]:
    rows = look.session.execute(
        select(AcceptedRecord, RecordValues)
        .outerjoin(RecordValues, RecordValues.id == AcceptedRecord.values_id)
        .where(AcceptedRecord.number_id.in_(ids))
    )
    return {record.number_id: (record, values) for record, values in rows}


def _said(look: Reading, ids: Sequence[int]) -> dict[int, tuple[Registration, RecordValues]]:
    """Return what was said last of each number and still counts, or was returned for mending."""
    counts = (RegistrationState.ACCEPTED, RegistrationState.REVIEW, RegistrationState.RETURNED)
    newest = (
        select(func.max(Registration.id))
        .where(Registration.number_id.in_(ids), Registration.state.in_(counts))
        .where(Registration.kind == RegistrationKind.RECORD)
        .group_by(Registration.number_id)
    )
    rows = look.session.execute(
        select(Registration, RecordValues)
        .join(RecordValues, RecordValues.id == Registration.values_id)
        .where(Registration.id.in_(newest))
    )
    return {registration.number_id: (registration, values) for registration, values in rows}


def _moving(look: Reading, ids: Sequence[int]) -> dict[int, tuple[date, str, datetime | None]]:
    """Return the day, file and moment of sending of what waits or is in flight; what is in flight comes first."""
    rows = look.session.execute(
        select(Transaction.number_id, Transaction.due_on, ExportFile.file_name, ExportFile.delivered_at)
        .outerjoin(ExportFile, ExportFile.id == Transaction.file_id)
        .where(Transaction.number_id.in_(ids), Transaction.state.in_((*WAITING, *IN_FLIGHT)))
        .order_by(Transaction.file_id.is_(None).desc(), Transaction.due_on.desc())
    )
    return {number_id: (due_on, name or "", at) for number_id, due_on, name, at in rows}
