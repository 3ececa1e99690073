"""All rows of one number, read at one moment: what its life is told from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.audit.events import Action
from app.audit.log import VALUES, read_values
from app.db.unit_of_work import Reading
from app.domain.references import transaction_reference
from app.domain.transactions import TransactionState
from app.models.accounts import User
from app.models.alarms import Alarm
from app.models.audit import AuditEvent, AuditValues
from app.models.exports import ExportFile, Resumption, Transaction
from app.models.messages import Message, MessageThread
from app.models.numbers import Number
from app.models.porting import PortPair
from app.models.records import RecordValues, Registration
from app.models.replies import Case, CaseNote, Reply, ReplyFile

# Reads and look-ups of a number can be many; the older ones stand in the trail.
EVENTS_MOST = 1_000


@dataclass(frozen=True)
class Facts:
    """The rows of one number, each list oldest first; `events` are the trail's about it and what was said of it."""

    number: Number
    said: Sequence[Registration]
    values: dict[int, RecordValues]
    transactions: Sequence[Transaction]
    files: dict[int, ExportFile]
    replies: Sequence[tuple[Reply, ReplyFile]]
    cases: Sequence[Case]
    notes: Sequence[CaseNote]
    pairs: Sequence[PortPair]
    resumptions: Sequence[Resumption]
    messages: Sequence[Message]
    alarms: Sequence[Alarm]
    events: Sequence[AuditEvent]
    event_values: dict[int, dict[str, object]]
    abandoned_at: dict[int, datetime]
    references: dict[int, str]
    people: dict[int, User] = field(default_factory=dict)


def read_facts(look: Reading, number: Number, cupid: str) -> Facts:
    """Read what there is of a number; `cupid` is the parent's, which the references begin with."""
    session = look.session
    said = session.scalars(select(Registration).where(Registration.number_id == number.id).order_by(Registration.id))
    of_number = select(Transaction).where(Transaction.number_id == number.id).order_by(Transaction.id)
    transactions = session.scalars(of_number).all()
    registrations = said.all()
    cases = session.scalars(select(Case).where(Case.number_id == number.id).order_by(Case.id)).all()
    threads = select(MessageThread.id).where(MessageThread.number_id == number.id)
    events = _events(look, number, registrations)
    ids = [transaction.id for transaction in transactions]
    references = {
        one.id: transaction_reference(cupid, one.child_cupid or number.child_cupid or cupid, one.id)
        for one in transactions
    }
    file_ids = {transaction.file_id for transaction in transactions if transaction.file_id is not None}
    files = {file.id: file for file in session.scalars(select(ExportFile).where(ExportFile.id.in_(file_ids)))}
    resumptions = session.scalars(select(Resumption).order_by(Resumption.id)).all()
    replies = session.execute(
        select(Reply, ReplyFile)
        .join(ReplyFile, ReplyFile.id == Reply.reply_file_id)
        .where(Reply.transaction_id.in_(ids))
        .order_by(Reply.id)
    )
    value_ids = {one.values_id for one in registrations} | {one.values_id for one in transactions}
    values = session.scalars(select(RecordValues).where(RecordValues.id.in_(value_ids - {None})))
    alarms = select(Alarm).where(Alarm.subject.in_(list(references.values()))).order_by(Alarm.id)
    return Facts(
        number=number,
        said=registrations,
        values={one.id: one for one in values},
        transactions=transactions,
        files=files,
        replies=[(reply, file) for reply, file in replies],
        cases=cases,
        notes=session.scalars(
            select(CaseNote).where(CaseNote.case_id.in_([case.id for case in cases])).order_by(CaseNote.id)
        ).all(),
        pairs=session.scalars(select(PortPair).where(PortPair.number_id == number.id).order_by(PortPair.id)).all(),
        resumptions=resumptions,
        messages=session.scalars(select(Message).where(Message.thread_id.in_(threads)).order_by(Message.id)).all(),
        alarms=session.scalars(alarms).all() if references else [],
        references=references,
        events=events,
        event_values=_values(look, events),
        abandoned_at=_abandoned(look, transactions, files, resumptions),
        people=_people(look, events),
    )


def _events(look: Reading, number: Number, said: Sequence[Registration]) -> list[AuditEvent]:
    """Return what the trail tells of the number, the latest thousand, and all of what was said of it."""
    of_number = (AuditEvent.subject_kind == "number") & (AuditEvent.subject_id == str(number.id))
    latest = select(AuditEvent).where(of_number).order_by(AuditEvent.seq.desc()).limit(EVENTS_MOST)
    ids = [str(one.id) for one in said]
    of_said = (AuditEvent.subject_kind == "registration") & AuditEvent.subject_id.in_(ids)
    found = [*look.session.scalars(latest), *look.session.scalars(select(AuditEvent).where(of_said))]
    return sorted(found, key=lambda event: event.seq)


def _values(look: Reading, events: Sequence[AuditEvent]) -> dict[int, dict[str, object]]:
    """Return the personal values of look-ups, as far as they were not erased."""
    seqs = [event.seq for event in events if event.action in {Action.NUMBER_LOOKED_UP, Action.LOOK_UP_HANDED_IN}]
    held = select(AuditValues.seq, AuditValues.values).where(AuditValues.seq.in_(seqs), AuditValues.part == VALUES)
    return {seq: read_values(text) for seq, text in look.session.execute(held)}


def _people(look: Reading, events: Sequence[AuditEvent]) -> dict[int, User]:
    """Return the people whom the trail names by their ids."""
    named = {event.actor.removeprefix("user-") for event in events if event.actor.startswith("user-")}
    ids = [int(one) for one in named if one.isdecimal()]
    return {user.id: user for user in look.session.scalars(select(User).where(User.id.in_(ids)))}


def _abandoned(
    look: Reading,
    transactions: Sequence[Transaction],
    files: dict[int, ExportFile],
    resumptions: Sequence[Resumption],
) -> dict[int, datetime]:
    """Return when each transaction that was given up was: by a person, or when an older copy was resumed."""
    ended = [one for one in transactions if one.state is TransactionState.ABANDONED and one.file_id is not None]
    if not ended:
        return {}
    names = {one.id: files[one.file_id or 0].file_name for one in ended}
    given_up = AuditEvent.action == str(Action.TRANSACTIONS_ABANDONED)
    subjects = [*(str(one.id) for one in ended), *names.values()]
    rows = look.session.execute(
        select(AuditEvent.subject_id, AuditEvent.at).where(
            given_up, AuditEvent.subject_kind.in_(("transaction", "file")), AuditEvent.subject_id.in_(subjects)
        )
    )
    by_subject = {row.subject_id: row.at for row in rows}
    found = {}
    for one in ended:
        at = by_subject.get(str(one.id)) or by_subject.get(names[one.id])
        if at is None:
            made = files[one.file_id or 0].created_at
            at = next((resumed.resumed_at for resumed in resumptions if resumed.resumed_at >= made), None)
        if at is not None:
            found[one.id] = at
    return found
