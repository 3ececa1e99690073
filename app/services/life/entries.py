"""The entries of a number's life: each with who and when, told from its rows."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.audit.events import Action
from app.domain.cases import CaseStep
from app.domain.files import FileState
from app.domain.life import LifeKind
from app.domain.registrations import RegistrationKind, RegistrationState
from app.models.audit import AuditEvent
from app.models.exports import ExportFile, Transaction
from app.models.records import Registration
from app.services.cases.history import THE_AGENT
from app.services.life.facts import Facts
from app.services.record_json import record_json

K = LifeKind
# What the trail tells that no row of its own does.
OF_THE_NUMBER = {
    Action.NUMBER_BARRED: "barred",
    Action.NUMBER_UNBARRED: "unbarred",
    Action.URGENT_CORRECTION: "urgent",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: `step` names it within its kind, the rest is there where it belongs to it.

    `who` is a name, THE_AGENT, or empty where the program did it; `by_user` their id, `of_account` whose word it was.
    """

    at: datetime
    kind: LifeKind
    step: str
    who: str = ""
    by_user: int | None = None
    of_account: int | None = None
    text: str = ""
    code: str = ""
    txn_ref: str = ""
    command: str = ""
    state: str = ""
    file_name: str = ""
    file_sequence: int | None = None
    rec_no: int | None = None
    from_day: str = ""
    record: dict[str, str] | None = None
    case_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: what is not there is left out."""
        found = {name: value for name, value in asdict(self).items() if value not in ("", None)}
        return found | {"at": self.at.isoformat(), "kind": str(self.kind)}


def entries_of(facts: Facts) -> list[Entry]:
    """Return the whole life, the newest first; of one moment, what followed from another stands above it."""
    sources = (_put_in_use, _said, _judged, _transactions, _files, _replies, _pairs, _cases, _messages, _alarms, _trail)
    found = [entry for source in sources for entry in source(facts)]
    found.sort(key=lambda entry: entry.at)
    return found[::-1]


def _put_in_use(facts: Facts) -> Iterator[Entry]:
    yield Entry(facts.number.created_at, K.NUMBER, "known", from_day=facts.number.in_use_from.isoformat())


def _said(facts: Facts) -> Iterator[Entry]:
    for said in facts.said:
        values = facts.values.get(said.values_id or 0)
        yield Entry(
            said.submitted_at,
            K.SAID,
            "moved" if said.kind is RegistrationKind.RECORD and _before(facts, said) else str(said.kind),
            who=said.submitted_by,
            by_user=said.submitted_by_user_id,
            of_account=said.account_id,
            text=said.gaining_cupid,
            state=str(said.state),
            from_day=said.effective_date.isoformat(),
            record=None if values is None else record_json(facts.number.number, values, said.effective_date),
        )


def _before(facts: Facts, said: Registration) -> bool:
    """Say whether an address of this holder's was said before."""
    mine = [one for one in facts.said if one.account_id == said.account_id and one.id < said.id]
    return any(one.kind is RegistrationKind.RECORD for one in mine)


def _judged(facts: Facts) -> Iterator[Entry]:
    steps = {
        str(Action.REVIEW_APPROVED): (K.REVIEW, "approved"),
        str(Action.REVIEW_RETURNED): (K.REVIEW, "returned"),
        str(Action.CHANGE_CANCELLED): (K.SAID, "cancelled"),
    }
    said = {str(one.id): one for one in facts.said}
    for event in facts.events:
        if event.subject_kind != "registration" or event.action not in steps:
            continue
        kind, step = steps[event.action]
        about = said[event.subject_id]
        words = about.decision_note if about.state is RegistrationState.RETURNED and step == "returned" else ""
        yield _by(facts, event, kind, step, words, about.account_id)


def _transactions(facts: Facts) -> Iterator[Entry]:
    for one in facts.transactions:
        yield _about(facts, one, K.TRANSACTION, one.created_at, "made", text=one.why)
        if one.id in facts.abandoned_at:
            yield _about(facts, one, K.TRANSACTION, facts.abandoned_at[one.id], "abandoned", text=one.why)


def _files(facts: Facts) -> Iterator[Entry]:
    for one in facts.transactions:
        file = facts.files.get(one.file_id or 0)
        if file is None:
            continue
        yield _about(facts, one, K.FILE, file.created_at, "extracted")
        if file.delivered_at is not None:
            yield _about(facts, one, K.FILE, file.delivered_at, "delivered")
        if file.resent_at is not None:
            yield _about(facts, one, K.FILE, file.resent_at, "resent")
        if file.answered_at is not None:
            refused = file.state is FileState.FCO_REJECTED
            step = "refused" if refused else "taken"
            yield _about(facts, one, K.FILE, file.answered_at, step, who=THE_AGENT, code=file.reason)


def _replies(facts: Facts) -> Iterator[Entry]:
    transactions = {one.id: one for one in facts.transactions}
    for reply, file in facts.replies:
        sent = transactions[reply.transaction_id or 0]
        yield _about(
            facts,
            sent,
            K.REPLY,
            file.collected_at,
            str(reply.effect),
            who=THE_AGENT,
            text=reply.text,
            code=reply.code,
            reply_file=file.file_name,
        )


def _pairs(facts: Facts) -> Iterator[Entry]:
    for pair in facts.pairs:
        direction = str(pair.direction)
        yield Entry(pair.opened_at, K.PORT, f"{direction} opened", text=pair.other_cupid, from_day=str(pair.port_date))
        if pair.warned_at is not None:
            yield Entry(pair.warned_at, K.PORT, f"{direction} warned", THE_AGENT, code=pair.warning)
        if pair.closed_at is not None:
            who = "" if pair.closed_why else THE_AGENT
            step = f"{direction} {pair.state}"
            yield Entry(pair.closed_at, K.PORT, step, who, text=pair.closed_why, code=pair.closed_code)


def _cases(facts: Facts) -> Iterator[Entry]:
    steps = {(note.case_id, note.step) for note in facts.notes}
    for case in facts.cases:
        if (case.id, CaseStep.OPENED) not in steps:
            yield Entry(case.opened_at, K.CASE, str(CaseStep.OPENED), text=case.text, code=case.code, case_id=case.id)
        if case.closed_at is not None and (case.id, CaseStep.CLOSED) not in steps:
            yield Entry(case.closed_at, K.CASE, str(CaseStep.CLOSED), text=case.closed_why, case_id=case.id)
    for note in facts.notes:
        yield Entry(note.at, K.CASE, str(note.step), note.author, text=note.text, case_id=note.case_id)


def _messages(facts: Facts) -> Iterator[Entry]:
    for message in facts.messages:
        step = "written by us" if message.of_staff else "written to us"
        yield Entry(message.at, K.MESSAGE, step, message.author, message.user_id, text=message.text)


def _alarms(facts: Facts) -> Iterator[Entry]:
    for alarm in facts.alarms:
        yield Entry(alarm.raised_at, K.ALARM, "raised", text=alarm.text, code=str(alarm.kind), txn_ref=alarm.subject)
        if alarm.cleared_at is not None:
            yield Entry(alarm.cleared_at, K.ALARM, "cleared", code=str(alarm.kind), txn_ref=alarm.subject)


def _trail(facts: Facts) -> Iterator[Entry]:
    for event in facts.events:
        if event.subject_kind != "number":
            continue
        if event.action in OF_THE_NUMBER:
            yield _by(facts, event, K.NUMBER, OF_THE_NUMBER[Action(event.action)])
        elif event.action == Action.PERSONAL_DATA_READ:
            yield _by(facts, event, K.READ, str(json.loads(event.detail)["purpose"]))
        elif event.action in {Action.NUMBER_LOOKED_UP, Action.LOOK_UP_HANDED_IN}:
            yield _look_up(facts, event)


def _look_up(facts: Facts, event: AuditEvent) -> Entry:
    detail, values = json.loads(event.detail), facts.event_values.get(event.seq, {})
    words = ", ".join(str(values[name]) for name in ("asked_by", "words") if values.get(name))
    entry = _by(facts, event, K.LOOK_UP, str(detail["reason"]), words)
    at, who = entry.at, entry.who
    if event.action == Action.LOOK_UP_HANDED_IN:
        at, who = datetime.fromisoformat(detail["looked_up_at"]), str(values.get("by") or detail["looked_up_by"])
    return Entry(at, K.LOOK_UP, entry.step, who, text=words, code=str(detail["call_back"]))


def _by(
    facts: Facts, event: AuditEvent, kind: LifeKind, step: str, text: str = "", of_account: int | None = None
) -> Entry:
    """Return an entry of the trail with the name of who acted."""
    user = event.actor.removeprefix("user-")
    person = facts.people.get(int(user)) if user.isdecimal() else None
    who = event.actor if person is None else person.email
    return Entry(event.at, kind, step, who, None if person is None else person.id, of_account, text)


def _about(
    facts: Facts,
    one: Transaction,
    kind: LifeKind,
    at: datetime,
    step: str,
    *,
    who: str = "",
    text: str = "",
    code: str = "",
    reply_file: str = "",
) -> Entry:
    """Return an entry about a transaction, with where it stands and in which file it is."""
    file: ExportFile | None = facts.files.get(one.file_id or 0)
    values = facts.values.get(one.values_id or 0) if kind is K.TRANSACTION and step == "made" else None
    return Entry(
        at,
        kind,
        step,
        who,
        of_account=one.account_id,
        text=text,
        code=code,
        txn_ref=facts.references[one.id],
        command=one.command or "",
        state=str(one.state if file is None or one.state != "EXTRACTED" else file.state),
        file_name=reply_file or ("" if file is None else file.file_name),
        file_sequence=None if file is None else file.file_sequence,
        rec_no=one.rec_no,
        from_day=(one.effective_date or one.due_on).isoformat(),
        record=None if values is None else record_json(facts.number.number, values, one.effective_date),
    )
