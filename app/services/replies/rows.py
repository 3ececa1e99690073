"""One CAR into the rows: each reply finds its transaction, does what it does, and is kept as it came."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import select

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.files import FileState
from app.domain.outcomes import Effect, reply_outcome
from app.domain.refusals import refusal
from app.domain.transactions import TransactionState
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.replies import Reply
from app.services.cases.opening import CaseFacts, open_case
from app.services.exports.decisions import transaction_reference
from app.services.exports.ledger import mark_delivered
from app.services.replies.effects import Standings, apply_outcome, newer_sent, read_standings
from app.services.system import System
from app.services.transactions import transaction_number
from emergency_export.replies import CarFile, CarRow
from emergency_export.responses import ResponseCode
from validators.numbers import national

BATCH = 1_000
KEPT = frozenset({Effect.APPLIED, Effect.NOTED, Effect.UNKNOWN_CODE, Effect.CONTRADICTS})


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


@dataclass
class CarApplication:
    """Applies one CAR in the caller's unit of work, in batches: memory does not grow with the file."""

    system: System
    work: UnitOfWork
    actor: Actor
    reply_file_id: int
    file_name: str
    counts: CarCounts = field(default_factory=CarCounts)
    _transactions: dict[int, tuple[Transaction, ExportFile, str]] = field(default_factory=dict)
    _standings: Standings = field(default_factory=lambda: Standings({}, set(), {}))

    def apply(self, car: CarFile) -> CarCounts:
        """Apply every row; those that answer no transaction of ours are one entry for operations."""
        rows = car.rows()
        while batch := list(islice(rows, BATCH)):
            self._prefetch(batch)
            for row in batch:
                self._apply(row)
            self.work.session.flush()
            self.work.session.expunge_all()
        if self.counts.unsolicited:
            text = f"{self.counts.unsolicited} of its replies answer no transaction of ours."
            facts = CaseFacts("UNSOLICITED", text, file_name=self.file_name)
            open_case(self.system, self.work, self.actor, facts)
        return self.counts

    def _prefetch(self, batch: Sequence[CarRow]) -> None:
        ids = [number for row in batch if (number := transaction_number(row.txn_ref)) is not None]
        found = self.work.session.execute(
            select(Transaction, ExportFile, Number.number)
            .join(ExportFile, ExportFile.id == Transaction.file_id)
            .join(Number, Number.id == Transaction.number_id)
            .where(Transaction.id.in_(ids))
            .order_by(Transaction.number_id)
            .with_for_update(of=Transaction)
        )
        self._transactions = {row[0].id: (row[0], row[1], row[2]) for row in found}
        numbers = [item[0].number_id for item in self._transactions.values()]
        self._standings = read_standings(self.work, numbers, list(self._transactions))

    def _transaction_of(self, row: CarRow) -> tuple[Transaction, ExportFile] | None:
        """Return the transaction that a row answers: reference, number and command must all be its own."""
        found = self._transactions.get(transaction_number(row.txn_ref) or 0)
        if found is None:
            return None
        transaction, file, number = found
        reference = transaction_reference(file.cupid, transaction.child_cupid, transaction.id)
        ours = (reference, transaction.command, national(number))
        return (transaction, file) if ours == (row.txn_ref, row.command, row.telephone_no) else None

    def _apply(self, row: CarRow) -> None:
        found = self._transaction_of(row)
        if found is None:
            self._keep(row, None, Effect.UNSOLICITED, None)
            return
        transaction, file = found
        if transaction.state is TransactionState.EXTRACTED and file.state is FileState.EXTRACTED:
            # A reply to a file whose number is ours proves that it was delivered.
            mark_delivered(self.system, self.work, self.actor, file)
        code = self.system.profile.response(row.response_code, row.command)
        held = self._standings.held.get(transaction.number_id)
        meaning = None if code is None else code.meaning_for(row.command)
        pair = self._standings.pairs.get(transaction.id)
        outcome = reply_outcome(
            row.command,
            transaction.state,
            row.response_code,
            meaning,
            0 if held is None else held.heals,
            newer_sent=meaning == "closes_undone" and newer_sent(self.work, transaction),
            pair=None if pair is None else pair.state,
        )
        plain = refusal(row.response_code, row.text)
        text = plain.text
        if outcome.effect is Effect.CONTRADICTS:
            text = f"The agent contradicts itself: this had ended as {transaction.state}, and now it answers: {text}"
        told = CaseFacts(row.response_code, text, plain.field, transaction.number_id, transaction.id)
        apply_outcome(self.system, self.work, self.actor, transaction, outcome, told, self._standings, row.message_time)
        self._keep(row, transaction, outcome.effect, code)

    def _keep(self, row: CarRow, transaction: Transaction | None, effect: Effect, code: ResponseCode | None) -> None:
        self.counts.effects[effect] += 1
        marked = code is not None and (code.class_, code.final) != (row.class_, row.final)
        self.work.session.add(
            Reply(
                reply_file_id=self.reply_file_id,
                line=row.record,
                transaction_id=None if transaction is None else transaction.id,
                txn_ref=row.txn_ref,
                telephone_no=row.telephone_no,
                command=row.command,
                code=row.response_code,
                reply_class=row.class_,
                final=row.final,
                error_list=",".join(row.error_list),
                text=row.text,
                at=row.message_time,
                effect=effect,
                marked=marked,
            )
        )
