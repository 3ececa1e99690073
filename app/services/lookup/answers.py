"""What is answered to a look-up, and the one question to the database that it takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import aliased

from app.db.unit_of_work import Reading
from app.domain.commands import AcceptedState
from app.domain.look_ups import LookUpSource
from app.domain.registrations import RegistrationKind
from app.domain.statuses import Status
from app.models.accounts import Account
from app.models.numbers import Number, NumberRange
from app.models.records import AcceptedRecord, RecordValues, Registration
from app.services.blocks import BatchBlocks
from app.services.record_json import record_json
from app.services.status_column import status_column
from app.services.wanted import wanted_id
from app.settings import Settings
from validators.numbers import national

Found = Row[Number, str, str, AcceptedRecord, RecordValues, Registration, RecordValues]
Query = Select[Number, str, str, AcceptedRecord, RecordValues, Registration, RecordValues]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a number; moments and days are ISO text, so that a copy can hold it as it is.

    `known` says that it is in the inventory, `own_range` that its block is ours, `holder` whose it is by Ofcom's
    tables. `held` is what the agent holds, None where `held_state` is none or unknown. `wanted` is what we want it
    to hold where that differs; `ends` that no record is wanted. `as_of` is when a copy was made, or of when the last
    entry is that a replica has.
    """

    number: str
    known: bool
    account: str = ""
    status: str = "unknown"
    since: str = ""
    held_state: str = AcceptedState.NONE.value
    held: dict[str, str] | None = None
    held_since: str = ""
    wanted: dict[str, str] | None = None
    ends: bool = False
    line_type: str = ""
    parent_cupid: str = ""
    child_cupid: str = ""
    own_range: bool = False
    holder: str = ""
    source: str = LookUpSource.MAIN.value
    as_of: str = ""


def answer_query(today: date, which: ColumnElement[bool]) -> Query:
    """Return the question about one number, or about some: each step goes by an index, however many there are."""
    held, said, wanted = aliased(RecordValues), aliased(Registration), aliased(RecordValues)
    return (
        select(Number, Account.name, status_column(today), AcceptedRecord, held, said, wanted)
        .select_from(Number)
        .join(Account, Account.id == Number.account_id)
        .outerjoin(AcceptedRecord, AcceptedRecord.number_id == Number.id)
        .outerjoin(held, held.id == AcceptedRecord.values_id)
        .outerjoin(said, said.id == wanted_id(Number.id, today))
        .outerjoin(wanted, wanted.id == said.values_id)
        .where(which)
    )


def find_answer(look: Reading, settings: Settings, today: date, e164: str) -> Answer:
    """Return what is known of a number: ours, or whose it is."""
    row = look.session.execute(answer_query(today, Number.number == e164)).one_or_none()
    if row is not None:
        return _answer(row, settings)
    blocks = BatchBlocks(look, settings)
    blocks.about([e164])
    digits = int(e164.removeprefix("+"))
    own = select(NumberRange.id).where(NumberRange.start <= digits, NumberRange.end >= digits).limit(1)
    in_range = look.session.scalar(own) is not None or bool(blocks.cupid_of(e164))
    return Answer(national(e164), known=False, own_range=in_range, holder=blocks.holder_of(e164))


def all_answers(look: Reading, settings: Settings, today: date, batch: int = 1_000) -> Iterator[tuple[str, Answer]]:
    """Yield every number of the inventory in E.164 form with its answer, in constant memory."""
    last = 0
    while True:
        ids = list(look.session.scalars(select(Number.id).where(Number.id > last).order_by(Number.id).limit(batch)))
        if not ids:
            return
        rows = look.session.execute(answer_query(today, Number.id.in_(ids))).all()
        yield from ((row[0].number, _answer(row, settings)) for row in rows)
        look.session.expunge_all()
        last = ids[-1]


def _answer(row: Found, settings: Settings) -> Answer:
    number, account, status, held, values, said, wanted = row
    state = AcceptedState.NONE if held is None else held.state
    shown = None if values is None else record_json(number.number, values, held.effective_date)
    differs = said is not None and wanted is not None and (values is None or wanted.digest != values.digest)
    child = values.child_cupid if values is not None else number.child_cupid
    return Answer(
        number=national(number.number),
        known=True,
        account=account,
        status=str(Status(status)),
        since=_iso(_since(Status(status), number, held)),
        held_state=str(state),
        held=shown,
        held_since=_iso(None if held is None or state is AcceptedState.NONE else held.changed_at),
        wanted=record_json(number.number, wanted, said.effective_date) if differs else None,
        ends=said is not None and said.kind is not RegistrationKind.RECORD and state is not AcceptedState.NONE,
        line_type=values.line_type if values is not None else number.line_type,
        parent_cupid=settings.cupid,
        child_cupid=child or settings.cupid,
        own_range=True,
    )


def _since(status: Status, number: Number, held: AcceptedRecord | None) -> datetime | date | None:
    if status is Status.LIVE and held is not None:
        return held.changed_at
    if status in {Status.CEASED, Status.PORTING}:
        return number.ceased_on
    return number.barred_at if status is Status.BARRED else number.in_use_from


def _iso(moment: datetime | date | None) -> str:
    return "" if moment is None else moment.isoformat()
