"""The porting board (F8): numbers that are to come or go, are on their way, or lately got there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)

from app.audit.events import Action
from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.commands import AcceptedState
from app.domain.permissions import Permission
from app.domain.porting import WARNINGS, Direction, PairState
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import IN_FLIGHT, WAITING
from app.errors import Conflict, NotFound, Problem, Refused
from app.models.accounts import Account
from app.models.base import Moment
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.porting import PortPair
from app.models.records import AcceptedRecord, Registration
from app.services.access import authorise, note_reading
from app.services.system import System
from validators.numbers import national

WHY_MOST = 500
PER_PAGE = 50


class Stage(StrEnum):
    """How far a port is: its day is to come, sent to the agent, taken and without its other half, or closed."""

    COMING = "coming"
    SENT = "sent"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class PortPage:
    """One page of the ports of one stage, by their day; `counts` and `overdue` are over all."""

    ports: list[dict[str, Any]]
    counts: dict[Stage, int]
    overdue: int
    page: int
    pages: int


def page_ports(system: System, actor: Actor, stage: Stage, page: int = 1, per_page: int = PER_PAGE) -> PortPage:
    """Return a page of the board."""
    authorise(actor, Permission.SEE_PORTING)
    with system.database.reading() as look:
        ports = _ports()
        tally = look.session.execute(select(ports.c.stage, func.count()).group_by(ports.c.stage))
        counts = {Stage(found): count for found, count in tally}
        late = select(func.count()).select_from(ports).where(_is_overdue(system, ports))
        pages = max(1, -(-counts.get(stage, 0) // per_page))
        page = min(max(page, 1), pages)
        found = _documents(system, look, ports, ports.c.stage == stage, (page - 1) * per_page, per_page)
        shown = PortPage(found, counts, look.session.scalar(late) or 0, page, pages)
    note_reading(system, actor, "ports", ("installation", 1), len(found))
    return shown


def list_ports(system: System, actor: Actor, *, closed: bool = False) -> list[dict[str, Any]]:
    """Return every port that is not closed, or all of them."""
    authorise(actor, Permission.SEE_PORTING)
    with system.database.reading() as look:
        ports = _ports()
        wanted = literal(value=True) if closed else ports.c.stage != Stage.CLOSED
        found = _documents(system, look, ports, wanted)
    note_reading(system, actor, "ports", ("installation", 1), len(found))
    return found


def open_pair(system: System, actor: Actor, pair_id: int) -> dict[str, Any]:
    """Return one pair that waits for its other half; NotFound where it is closed or not there."""
    authorise(actor, Permission.SEE_PORTING)
    with system.database.reading() as look:
        ports = _ports()
        found = _documents(system, look, ports, (ports.c.pair_id == pair_id) & (ports.c.stage == Stage.OPEN))
    if not found:
        raise NotFound("this port is closed already, or is not there")
    note_reading(system, actor, "ports", ("pair", pair_id), 1)
    return found[0]


def ports_of(system: System, look: Reading, number_id: int) -> list[dict[str, Any]]:
    """Return the ports of one number, for its page."""
    ports = _ports(number_id)
    return _documents(system, look, ports, ports.c.number_id == number_id)


def end_pair(system: System, actor: Actor, pair_id: int, why: str) -> None:
    """End a pair of which nothing more is to be expected; what the agent says of it later is still heard."""
    authorise(actor, Permission.ABANDON_TRANSACTION)
    if not why.strip() or len(why) > WHY_MOST:
        raise Refused([Problem("W02", "why", "error", f"Say why, in at most {WHY_MOST} characters.")])
    with system.database.unit_of_work() as work:
        pair = work.session.get(PortPair, pair_id, with_for_update=True)
        if pair is None:
            raise NotFound("there is no such port")
        if pair.state is not PairState.OPEN:
            raise Conflict("this port is closed already")
        pair.state, pair.closed_at, pair.closed_why = PairState.ENDED, system.clock.now(), why.strip()
        system.record(
            work,
            actor,
            Action.PAIR_ENDED,
            ("pair", pair_id),
            {"direction": str(pair.direction)},
            values={"why": pair.closed_why},
        )
        work.commit()


def _ports(number_id: int | None = None) -> CTE:
    """Every port there is, or those of one number, one row each; the union takes its types from the pairs.

    Asked for one number, each part is found by its own index: the database does not carry the condition inside.
    """

    def of(part: Select[Any], column: Any) -> Select[Any]:
        return part if number_id is None else part.where(column == number_id)

    return union_all(
        of(_pairs(), PortPair.number_id),
        of(
            _row(
                Stage.SENT, _direction(), Transaction.number_id, Transaction.change_cupid, Transaction.effective_date
            ).where(Transaction.command.in_(("I", "E")), Transaction.state.in_(IN_FLIGHT)),
            Transaction.number_id,
        ),
        of(
            _row(
                Stage.COMING, literal("export"), Registration.number_id, Registration.gaining_cupid, Registration.due_on
            )
            .join(Transaction, Transaction.registration_id == Registration.id)
            .where(Registration.kind == RegistrationKind.PORT_OUT, Registration.state == RegistrationState.ACCEPTED)
            .where(Transaction.state.in_(WAITING)),
            Registration.number_id,
        ),
        of(
            _row(Stage.COMING, literal("import"), Number.id, Number.losing_cupid, Number.port_date)
            .outerjoin(AcceptedRecord, AcceptedRecord.number_id == Number.id)
            .where(Number.ported_in, Number.ceased_on.is_(None), Number.port_date.is_not(None))
            .where(func.coalesce(AcceptedRecord.state, AcceptedState.NONE) == AcceptedState.NONE)
            .where(~func.coalesce(AcceptedRecord.import_taken, literal(value=False)))
            .where(~exists().where(Transaction.number_id == Number.id, Transaction.state.in_(IN_FLIGHT))),
            Number.id,
        ),
    ).cte("ports")


def _pairs() -> Select[Any]:
    return select(
        case((PortPair.state == PairState.OPEN, Stage.OPEN.value), else_=Stage.CLOSED.value).label("stage"),
        PortPair.id.label("pair_id"),
        PortPair.number_id,
        cast(PortPair.direction, String).label("direction"),
        PortPair.other_cupid,
        PortPair.port_date,
        PortPair.warning,
        PortPair.warned_at,
        PortPair.opened_at,
        PortPair.closed_at,
        PortPair.closed_code,
        cast(PortPair.state, String).label("state"),
    )


def _row(stage: Stage, direction: ColumnElement[str], number_id: Any, other_cupid: Any, port_date: Any) -> Select[Any]:
    """Return a port that is no pair yet."""
    at = cast(null(), Moment)
    nothing = literal("")
    return select(
        literal(stage.value),
        cast(null(), Integer),
        number_id,
        direction,
        other_cupid,
        port_date,
        nothing,
        at,
        at,
        at,
        nothing,
        nothing,
    )


def _direction() -> ColumnElement[str]:
    return case((Transaction.command == "I", Direction.IMPORT.value), else_=Direction.EXPORT.value)


def _is_overdue(system: System, ports: CTE) -> ColumnElement[bool]:
    return (ports.c.stage == Stage.OPEN) & (ports.c.port_date < _overdue_before(system))


def _overdue_before(system: System) -> date:
    return system.today - timedelta(days=system.settings.port_overdue)


def _documents(
    system: System, look: Reading, ports: CTE, wanted: ColumnElement[bool], offset: int = 0, limit: int | None = None
) -> list[dict[str, Any]]:
    """Return ports by stage and day, the closed ones the latest first."""
    places = case({stage.value: place for place, stage in enumerate(Stage)}, value=ports.c.stage)
    rows = look.session.execute(
        select(ports, Number.number, Account.name.label("account"))
        .join(Number, Number.id == ports.c.number_id)
        .join(Account, Account.id == Number.account_id)
        .where(wanted)
        .order_by(places, ports.c.closed_at.desc(), ports.c.port_date, Number.number)
        .offset(offset)
        .limit(limit)
    )
    return [_document(system, row) for row in rows]


def _document(system: System, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    overdue = row.stage == Stage.OPEN and row.port_date < _overdue_before(system)
    return {
        "id": row.pair_id,
        "number": national(row.number),
        "number_id": row.number_id,
        "account": row.account,
        "stage": row.stage,
        "state": row.state or row.stage,
        "direction": row.direction,
        "other_cupid": row.other_cupid,
        "port_date": row.port_date.isoformat(),
        "age_days": (system.today - row.port_date).days,
        "overdue": overdue,
        "opened_at": _iso(row.opened_at),
        "warning": row.warning,
        "warning_text": WARNINGS.get(row.warning, ""),
        "warned_at": _iso(row.warned_at),
        "closed_at": _iso(row.closed_at),
        "closed_code": row.closed_code,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
