"""One number's record: wanted, accepted, transactions, replies, cases; and the numbers that have none (L6)."""

from datetime import date
from typing import Any

from sqlalchemy import select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor, Role
from app.domain.commands import AcceptedState
from app.domain.permissions import Permission
from app.domain.references import transaction_reference
from app.domain.registrations import RegistrationKind
from app.domain.statuses import Status
from app.domain.voip import VOIP
from app.errors import NotFound
from app.models.accounts import Account
from app.models.exports import ExportFile, Transaction, state_shown
from app.models.numbers import Address, Number
from app.models.records import AcceptedRecord, RecordValues, Registration
from app.models.replies import Case, Reply
from app.services.access import authorise, authorise_account, note_reading
from app.services.cases.json import case_json
from app.services.locations.typed import STANDING, typed_locations
from app.services.overview import may_see_held
from app.services.porting import ports_of
from app.services.record_json import record_json
from app.services.status_column import status_column
from app.services.system import System
from app.services.wanted import wanted_registration
from validators.numbers import national, read_number

NOTHING_KNOWN: dict[str, Any] = {
    "status": "unknown",
    "wanted": None,
    "accepted_state": None,
    "accepted": None,
    "typed": None,
    "voip": None,
    "barred_at": None,
    "transactions": [],
    "cases": [],
}


def show_record(system: System, actor: Actor, number: str) -> dict[str, Any]:
    """Return all that is held of one number (interfaces.md); status `unknown` and nothing else for one not known."""
    authorise(actor, Permission.SEE_RECORD)
    with system.database.reading() as look:
        found = look.session.execute(
            select(Number, status_column(system.today)).where(Number.number == read_number(number))
        ).one_or_none()
        if found is None:
            return {"number": number, **NOTHING_KNOWN}
        authorise_account(actor, Permission.SEE_RECORD, found[0].account_id)
        record = _record(system, actor, look, found[0], found[1])
    note_reading(system, actor, "record", ("number", found[0].id))
    return record


def show_record_of(system: System, actor: Actor, number_id: int) -> dict[str, Any]:
    """As `show_record`, by the number's id; NotFound for one that is not there or another account's."""
    with system.database.reading() as look:
        found = look.session.execute(
            select(Number, status_column(system.today)).where(Number.id == number_id)
        ).one_or_none()
        if found is None:
            raise NotFound("there is no such number")
        authorise_account(actor, Permission.SEE_RECORD, found[0].account_id)
        record = _record(system, actor, look, found[0], found[1])
    note_reading(system, actor, "record", ("number", found[0].id))
    return record


def _record(system: System, actor: Actor, look: Reading, number: Number, status: str) -> dict[str, Any]:
    held = look.session.get(AcceptedRecord, number.id)
    said = wanted_registration(look, number.id, system.today)
    wanted = None
    if said is not None and said.kind is RegistrationKind.RECORD:
        wanted = _whole(look, number, said.values_id, said.effective_date)
    accepted = None
    if held is not None and held.values_id is not None and may_see_held(actor, number, held):
        accepted = _whole(look, number, held.values_id, held.effective_date)
    typed = typed_locations(look, [number.id], system.today).get(number.id)
    cases = select(Case).where(Case.number_id == number.id).order_by(Case.id.desc())
    if actor.role is Role.CUSTOMER:
        # A case of a former holder does not come back with the number.
        sent = select(Transaction.account_id).where(Transaction.id == Case.transaction_id).scalar_subquery()
        cases = cases.where(sent.is_(None) | (sent == number.account_id))
    return {
        "number": national(number.number),
        "status": status,
        "wanted": wanted,
        "accepted_state": str(AcceptedState.NONE if held is None else held.state),
        "accepted": accepted,
        "typed": None if typed is None else {name: getattr(typed, name) for name in typed.__dataclass_fields__},
        "voip": _voip(look, number),
        "barred_at": number.barred_at and number.barred_at.isoformat(),
        "porting": ports_of(system, look, number.id),
        "transactions": _transactions(system, look, number),
        "cases": [case_json(system, look, found) for found in look.session.scalars(cases)],
    }


def _whole(look: Reading, number: Number, values_id: int | None, effective_date: date | None) -> dict[str, str]:
    """Return a record with the place that was given for it, which is not sent."""
    values = look.session.get_one(RecordValues, values_id)
    place = look.session.execute(
        select(Address.latitude, Address.longitude)
        .join(Registration, Registration.address_id == Address.id)
        .where(Registration.values_id == values_id)
        .limit(1)
    ).one()
    sent = record_json(number.number, values, effective_date)
    return sent | {"latitude": place.latitude, "longitude": place.longitude}


def _voip(look: Reading, number: Number) -> dict[str, Any] | None:
    """Return what was acknowledged of the limits of 999 over VoIP (L7); None where the last word is no VoIP line."""
    said = look.session.scalars(
        select(Registration)
        .where(Registration.number_id == number.id, Registration.account_id == number.account_id)
        .where(Registration.kind == RegistrationKind.RECORD, Registration.state.in_(STANDING))
        .order_by(Registration.id.desc())
        .limit(1)
    ).one_or_none()
    if said is None or said.line_type != VOIP:
        return None
    return {
        "acknowledged_at": said.voip_acknowledged_at and said.voip_acknowledged_at.isoformat(),
        "text_version": said.voip_text_version,
        "nomadic": said.nomadic,
    }


def _transactions(system: System, look: Reading, number: Number) -> list[dict[str, Any]]:
    rows = look.session.execute(
        select(Transaction, state_shown, ExportFile.file_name)
        .outerjoin(ExportFile, ExportFile.id == Transaction.file_id)
        .where(Transaction.number_id == number.id)
        .order_by(Transaction.id)
    ).all()
    replies: dict[int, list[dict[str, Any]]] = {row[0].id: [] for row in rows}
    for reply in look.session.scalars(select(Reply).where(Reply.transaction_id.in_(replies)).order_by(Reply.id)):
        replies[reply.transaction_id or 0].append(
            {
                "code": reply.code,
                "class": reply.reply_class,
                "final": reply.final,
                "text": reply.text,
                "at": reply.at.isoformat(),
                "effect": str(reply.effect),
                "error_list": reply.error_list,
                "marked": reply.marked,
            }
        )
    cupid = system.settings.cupid
    return [
        {
            "txn_ref": transaction_reference(
                cupid, transaction.child_cupid or number.child_cupid or cupid, transaction.id
            ),
            "command": transaction.command,
            "state": state,
            "file_name": file_name,
            "rec_no": transaction.rec_no,
            "due_on": transaction.due_on.isoformat(),
            "effective_date": transaction.effective_date and transaction.effective_date.isoformat(),
            "cause": transaction.cause,
            "why": transaction.why,
            "created_at": transaction.created_at.isoformat(),
            "replies": replies[transaction.id],
        }
        for transaction, state, file_name in rows
    ]


def missing_records(system: System, actor: Actor) -> list[dict[str, Any]]:
    """Return every number in use without an accepted record, the oldest first, with its age in days (L6)."""
    authorise(actor, Permission.SEE_RECORD)
    if actor.role is Role.CUSTOMER:
        raise NotFound("there is no such thing in your account")
    today = system.today
    with system.database.reading() as look:
        rows = look.session.execute(
            select(Number, Account.name, status_column(today))
            .select_from(Number)
            .join(Account, Account.id == Number.account_id)
            .outerjoin(AcceptedRecord, AcceptedRecord.number_id == Number.id)
            .where(Number.ceased_on.is_(None) | (Number.ceased_on > today), Number.in_use_from <= today)
            .where(AcceptedRecord.state.is_(None) | (AcceptedRecord.state == AcceptedState.NONE))
            # With 999 barred there is nothing to find (R03).
            .where(Number.barred_at.is_(None))
            .order_by(Number.in_use_from, Number.number)
        )
        return [
            {
                "id": number.id,
                "number": national(number.number),
                "account": account,
                "since": number.in_use_from.isoformat(),
                "age_days": (today - number.in_use_from).days,
                "status": str(Status(status)),
            }
            for number, account, status in rows
        ]
