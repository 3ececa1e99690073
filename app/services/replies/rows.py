"""One CAR into the rows: each reply finds its transaction, does what it does, and is kept as it came."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Table, select

from app.db.bulk import copy_rows, one_of
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.files import FileState
from app.domain.outcomes import Effect, Outcome, reply_outcome
from app.domain.porting import WARNINGS
from app.domain.references import transaction_number
from app.domain.refusals import refusal
from app.domain.transactions import TransactionState
from app.models.exports import Transaction
from app.models.replies import Reply
from app.services.cases.about_files import settle_sequence
from app.services.cases.opening import CaseFacts, open_case
from app.services.exports.ledger import mark_delivered
from app.services.replies.effects import Queue, Told, apply_outcome
from app.services.replies.held_list import HeldList
from app.services.replies.pairs import overtaken
from app.services.replies.standings import Sent, Standings, read_standings
from app.services.system import System
from app.services.wanting import HEAL, want_all_again
from emergency_export.profiles import Profile
from emergency_export.replies import CarFile, CarRow
from emergency_export.responses import ResponseCode

BATCH = 2_000
KEPT = frozenset({Effect.APPLIED, Effect.NOTED, Effect.UNKNOWN_CODE, Effect.CONTRADICTS})
# What calls a person without having moved anything.
ASKS = frozenset({Effect.UNKNOWN_CODE, Effect.CONTRADICTS})
Said = tuple[Any, ...]
COLUMNS = (
    "reply_file_id",
    "line",
    "transaction_id",
    "txn_ref",
    "telephone_no",
    "command",
    "code",
    "reply_class",
    "final",
    "error_list",
    "text",
    "at",
    "effect",
    "marked",
)


@dataclass
class CarCounts:
    """What became of the rows of one CAR."""

    effects: Counter[Effect] = field(default_factory=Counter)

    @property
    def applied(self) -> int:
        """Rows that belong to a transaction and said something new."""
        return sum(self.effects[effect] for effect in KEPT)

    @property
    def repeated(self) -> int:
        """Rows that said again what was known, or came after the end."""
        return self.effects[Effect.REPEATED] + self.effects[Effect.LATE]

    @property
    def unsolicited(self) -> int:
        """Rows that answer no transaction of ours."""
        return self.effects[Effect.UNSOLICITED]


class Meaning(NamedTuple):
    """What the table says of a code for a command; both None where it does not know it."""

    code: ResponseCode | None
    word: str | None


@dataclass
class CarApplication:
    """Applies one CAR in the caller's unit of work, in batches: memory does not grow with the file.

    `profile` is the one that read it: its table says what the codes mean.
    """

    system: System
    work: UnitOfWork
    actor: Actor
    profile: Profile
    reply_file_id: int
    file_name: str
    counts: CarCounts = field(default_factory=CarCounts)
    _meanings: dict[tuple[str, str], Meaning] = field(default_factory=dict)

    def apply(self, car: CarFile) -> CarCounts:
        """Apply every row; those that answer no transaction of ours are one entry for operations."""
        rows, held_list = car.rows(), HeldList(self.work)
        while batch := list(islice(rows, BATCH)):
            self._apply_batch(batch, held_list)
        held_list.drop()
        if self.counts.unsolicited:
            text = f"{self.counts.unsolicited} of its replies answer no transaction of ours."
            facts = CaseFacts("UNSOLICITED", text, file_name=self.file_name)
            open_case(self.system, self.work, self.actor, facts)
        return self.counts

    def _apply_batch(self, batch: Sequence[CarRow], held_list: HeldList) -> None:
        ids = {number for row in batch if (number := transaction_number(row.txn_ref)) is not None}
        standings = read_standings(self.work, ids)
        known = _BatchOfReplies(self, standings)
        copy_rows(self.work, _table(), COLUMNS, [known.apply(row) for row in batch])
        standings.write(held_list)
        Queue(self.system, self.work, self.actor).tell(known.told)
        if standings.heals:
            want_all_again(self.system, self.work, Transaction.id.in_(standings.heals), cause=HEAL)
        self.work.session.flush()
        self.work.session.expunge_all()

    def meaning(self, code: str, command: str) -> Meaning:
        """Return what the table says of a code for a command."""
        found = self._meanings.get((code, command))
        if found is None:
            row = self.profile.response(code, command)
            found = self._meanings[code, command] = Meaning(row, None if row is None else row.meaning_for(command))
        return found


class _BatchOfReplies:
    """The replies of one batch against what is known of what they answer."""

    def __init__(self, car: CarApplication, standings: Standings) -> None:
        self._car, self._standings = car, standings
        self._now = car.system.clock.now()
        self._overtaken: set[int] | None = None
        self._said: set[Said] | None = None
        self._proved: set[int] = set()
        self.told: list[Told] = []

    def apply(self, row: CarRow) -> tuple[Any, ...]:
        """Apply one reply and return it as it is kept."""
        sent = self._answered(row)
        if sent is None:
            return self._kept(row, None, Effect.UNSOLICITED, None)
        if sent.file_id not in self._proved:
            self._prove_delivery(sent.file_id)
        self._standings.take(sent)
        meaning = self._car.meaning(row.response_code, row.command)
        standings = self._standings
        held, pair = standings.held.get(sent.number_id), standings.pairs.get(sent.id)
        before = sent.state
        outcome = reply_outcome(
            row.command,
            before,
            row.response_code,
            meaning.word,
            0 if held is None else held.heals,
            newer_sent=meaning.word == "closes_undone" and self._is_overtaken(sent),
            pair=None if pair is None else pair.state,
        )
        if outcome.effect in ASKS and self._said_before(row, sent):
            outcome = Outcome(Effect.REPEATED)  # who was called once for these very words is not called again
        apply_outcome(standings, sent, outcome, row.response_code, row.message_time, self._now)
        if row.response_code in WARNINGS:
            standings.warned[sent.id] = (row.response_code, row.message_time)
        if outcome.case:
            standings.with_case.add(sent.number_id)
            self.told.append(Told(sent, outcome, _facts(row, sent, outcome, before)))
        elif outcome.state is TransactionState.COMPLETED and sent.number_id in standings.with_case:
            self.told.append(Told(sent, outcome, None))
        return self._kept(row, sent.id, outcome.effect, meaning.code)

    def _answered(self, row: CarRow) -> Sent | None:
        """Return the transaction that a row answers: reference, number and command must all be its own."""
        sent = self._standings.sent.get(transaction_number(row.txn_ref) or 0)
        if sent is None or sent.identity != (row.txn_ref, row.command, row.telephone_no):
            return None
        return sent

    def _prove_delivery(self, file_id: int) -> None:
        """A reply to a file whose number is ours proves that it was delivered, and taken."""
        car, file = self._car, self._standings.files[file_id]
        if file.state is FileState.EXTRACTED:
            mark_delivered(car.system, car.work, car.actor, file)
        if file.state is FileState.DELIVERED and file.reason:
            settle_sequence(car.system, car.work, car.actor, file, "the agent answered a record of the file")
        self._proved.add(file_id)

    def _is_overtaken(self, sent: Sent) -> bool:
        if self._overtaken is None:
            porting = [item.id for item in self._standings.sent.values() if item.command in "IE"]
            self._overtaken = overtaken(self._car.work, porting)
        return sent.id in self._overtaken

    def _said_before(self, row: CarRow, sent: Sent) -> bool:
        """Say whether a person was called for the same words before, and note them."""
        if self._said is None:
            asked = select(Reply.transaction_id, Reply.code, Reply.at, Reply.text).where(
                one_of(self._car.work, Reply.transaction_id, self._standings.sent), Reply.effect.in_(ASKS)
            )
            self._said = {tuple(found) for found in self._car.work.session.execute(asked)}
        words = (sent.id, row.response_code, row.message_time, row.text)
        before = words in self._said
        self._said.add(words)
        return before

    def _kept(
        self, row: CarRow, transaction_id: int | None, effect: Effect, code: ResponseCode | None
    ) -> tuple[Any, ...]:
        self._car.counts.effects[effect] += 1
        marked = code is not None and (code.class_, code.final) != (row.class_, row.final)
        return (
            self._car.reply_file_id,
            row.record,
            transaction_id,
            row.txn_ref,
            row.telephone_no,
            row.command,
            row.response_code,
            row.class_,
            row.final,
            ",".join(row.error_list),
            row.text,
            row.message_time,
            effect,
            marked,
        )


def _facts(row: CarRow, sent: Sent, outcome: Outcome, before: TransactionState) -> CaseFacts:
    """Return what a person is told of a reply, in plain words."""
    plain = refusal(row.response_code, row.text)
    text = plain.text
    if outcome.effect is Effect.CONTRADICTS:
        text = f"The agent contradicts itself: this had ended as {before}, and now it answers: {text}"
    return CaseFacts(row.response_code, text, plain.field, sent.number_id, sent.id, urgent=outcome.urgent)


def _table() -> Table:
    table = Reply.__table__
    if not isinstance(table, Table):
        raise TypeError("a model stands for a table")
    return table
