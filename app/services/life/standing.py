"""What was wanted and what the agent held at any moment: folded from what was said and what was answered until then."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.audit.events import Action
from app.domain.commands import AcceptedState
from app.domain.outcomes import Effect, Outcome, reply_outcome
from app.domain.porting import PairMove, PairState
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import TransactionState
from app.models.exports import Transaction
from app.models.records import Registration
from app.models.replies import Reply
from app.services.life.facts import Facts
from emergency_export.profiles import Profile

UNDONE_EXPORT = "0049"
ENDS = frozenset({RegistrationKind.CEASE, RegistrationKind.PORT_OUT})
AFTER = {PairMove.OPENS: PairState.OPEN, PairMove.COMPLETES: PairState.COMPLETE, PairMove.UNDOES: PairState.UNDONE}


class Span(NamedTuple):
    """The time for which something that was said counts; without an end it counts still."""

    said: Registration
    since: datetime
    until: datetime | None


class Held(NamedTuple):
    """What the agent held from a moment on, as its answers told."""

    since: datetime | None
    state: AcceptedState = AcceptedState.NONE
    values_id: int | None = None
    effective_date: date | None = None


def wanted_at(spans: list[Span], moment: datetime, zone: ZoneInfo) -> Registration | None:
    """Return what was in force at a moment: the latest that was due, then the latest said (wanted.wanted_id)."""
    day = moment.astimezone(zone).date()
    counting = [
        span.said
        for span in spans
        if span.since <= moment and (span.until is None or moment < span.until) and span.said.due_on <= day
    ]
    return max(counting, key=lambda said: (said.due_on, said.id), default=None)


def held_at(history: list[Held], moment: datetime) -> Held:
    """Return what the agent held at a moment."""
    return next((held for held in reversed(history) if held.since is not None and held.since <= moment), Held(None))


def spans_of(facts: Facts, zone: ZoneInfo) -> list[Span]:
    """Return for how long each word counted; one that was never taken, since a person did not approve it, has none."""
    decided = {(event.subject_id, event.action): event.at for event in facts.events if event.subject_kind != "number"}
    acted_on = {one.registration_id for one in facts.transactions}
    found = []
    for said in facts.said:
        never = said.kind is not RegistrationKind.NO_RECORD and said.id not in acted_on
        if said.state is not RegistrationState.ACCEPTED and never:
            continue
        since = decided.get((str(said.id), str(Action.REVIEW_APPROVED)), said.submitted_at)
        cancelled = decided.get((str(said.id), str(Action.CHANGE_CANCELLED)))
        until = None if said.state is RegistrationState.ACCEPTED else cancelled or _unsaid_at(facts, said, zone)
        found.append(Span(said, since, until))
    return found


def _unsaid_at(facts: Facts, said: Registration, zone: ZoneInfo) -> datetime:
    """Return when something that was cancelled or ended stopped to count, as far as its rows tell."""
    if said.state is RegistrationState.ENDED:
        return _tenure_ended_at(facts, said, zone)
    ends = [other for other in facts.said if other.id > said.id and _unsays(other, said, zone)]
    gone = [other.submitted_at for other in ends]
    if said.kind is RegistrationKind.PORT_OUT:
        undone = [file.collected_at for reply, file in facts.replies if _undoes(reply)]
        gone += [at for at in undone if at >= said.submitted_at]
    return min(gone, default=said.submitted_at)


def _unsays(end: Registration, said: Registration, zone: ZoneInfo) -> bool:
    """Say whether an end cancels what was said before it (tenure.cancel_what_follows, barring)."""
    to_come = said.due_on > end.submitted_at.astimezone(zone).date()
    if said.kind is not RegistrationKind.RECORD:
        return end.kind in ENDS and to_come
    if end.kind is RegistrationKind.NO_RECORD:
        return to_come
    return end.kind in ENDS and said.due_on >= end.due_on


def _tenure_ended_at(facts: Facts, said: Registration, zone: ZoneInfo) -> datetime:
    """Return when the number came to its next holder: with the first word after the end of its use."""
    later = [other for other in facts.said if other.id >= said.id]
    ends = [other for other in later if other.kind in ENDS and other.state is RegistrationState.ENDED]
    for other in later:
        day = other.submitted_at.astimezone(zone).date()
        if any(end.id < other.id and end.due_on <= day for end in ends):
            return other.submitted_at
    put_in_use = datetime.combine(facts.number.in_use_from, time.min, zone)
    return max([put_in_use, *(end.submitted_at for end in ends)])


def _undoes(reply: Reply) -> bool:
    return reply.command == "E" and reply.effect is Effect.APPLIED and reply.code == UNDONE_EXPORT


def held_history(facts: Facts, profile: Profile) -> list[Held]:
    """Return what the agent held, each change with its moment, oldest first: the same moves that its answers made."""
    fold = _Fold({one.id: one for one in facts.transactions}, profile)
    for at, act in _acts(facts):
        fold.at = at
        if isinstance(act, Reply):
            fold.answer(act)
        elif isinstance(act, Transaction):
            fold.give_up(act)
        else:
            fold.forget()
    return fold.history


def _acts(facts: Facts) -> Iterator[tuple[datetime, Reply | Transaction | None]]:
    """Yield replies, what was given up and what was forgotten in their order.

    Of one moment, what was given up or forgotten comes before the answers to what went out after it.
    """
    transactions = {one.id: one for one in facts.transactions}
    others: list[tuple[datetime, int, Transaction | None]] = [
        (at, _sequence(facts, transactions[one]), transactions[one]) for one, at in facts.abandoned_at.items()
    ]
    others += [(resumed.resumed_at, resumed.file_sequence, None) for resumed in facts.resumptions]
    others.sort(key=lambda other: (other[0], other[1], other[2] is None))
    for reply, file in facts.replies:
        answered = _sequence(facts, transactions[reply.transaction_id or 0])
        while others and (
            others[0][0] < file.collected_at or (others[0][0] == file.collected_at and others[0][1] < answered)
        ):
            at, _, act = others.pop(0)
            yield at, act
        yield file.collected_at, reply
    yield from ((at, act) for at, _, act in others)


def _sequence(facts: Facts, transaction: Transaction) -> int:
    file = facts.files.get(transaction.file_id or 0)
    return 0 if file is None else file.file_sequence


@dataclass
class _Fold:
    """Replays the answers with the rules that applied them (app.domain.outcomes)."""

    transactions: dict[int, Transaction]
    profile: Profile
    at: datetime | None = None
    history: list[Held] = field(default_factory=list)
    _states: dict[int, TransactionState] = field(default_factory=dict)
    _pairs: dict[int, PairState] = field(default_factory=dict)
    _held: Held = field(default_factory=lambda: Held(None))

    def answer(self, reply: Reply) -> None:
        """Do what an answer did; one that changed nothing then changes nothing now."""
        sent = self.transactions[reply.transaction_id or 0]
        if reply.effect is not Effect.APPLIED or sent.command is None:
            return
        row = self.profile.response(reply.code, sent.command)
        outcome = reply_outcome(
            sent.command,
            self._states.get(sent.id, TransactionState.FCO_ACCEPTED),
            reply.code,
            None if row is None else row.meaning_for(sent.command),
            0,
            pair=self._pairs.get(sent.id),
        )
        if outcome.effect is Effect.APPLIED:
            self._apply(sent, outcome)

    def _apply(self, sent: Transaction, outcome: Outcome) -> None:
        if outcome.state is not None:
            self._states[sent.id] = outcome.state
        if outcome.restores:
            self._restore(sent)
        if outcome.accepted is not None:
            self._learn(sent, outcome.accepted)
        if outcome.pair in AFTER:
            self._pairs[sent.id] = AFTER[outcome.pair]

    def give_up(self, sent: Transaction) -> None:
        """A person ended it: what the agent holds is not known."""
        self._states[sent.id] = TransactionState.ABANDONED
        self._learn(sent, AcceptedState.UNKNOWN)

    def forget(self) -> None:
        """An older copy was resumed: of what is held, the content is not known."""
        if self._held.state is not AcceptedState.NONE:
            self._keep(self._held._replace(state=AcceptedState.UNKNOWN, values_id=None))

    def _restore(self, export: Transaction) -> None:
        """An export was undone: the record is as it was before, as far as that can be told (replies.pairs.restore)."""
        ended = (TransactionState.COMPLETED, TransactionState.ABANDONED)
        before = [
            one
            for one in self.transactions.values()
            if one.command is not None and _place(one) < _place(export) and self._states.get(one.id) in ended
        ]
        last = max(before, key=_place, default=None)
        if last is not None and self._states[last.id] is TransactionState.COMPLETED and last.values_id is not None:
            self._learn(last, AcceptedState.LIVE)
        else:
            self._learn(export, AcceptedState.UNKNOWN)

    def _learn(self, sent: Transaction, state: AcceptedState) -> None:
        live = state is AcceptedState.LIVE
        effective = None if state is AcceptedState.NONE else sent.effective_date
        self._keep(Held(self.at, state, sent.values_id if live else None, effective))

    def _keep(self, held: Held) -> None:
        self._held = held._replace(since=self.at)
        self.history.append(self._held)


def _place(transaction: Transaction) -> tuple[int, int]:
    return transaction.file_id or 0, transaction.rec_no or 0
