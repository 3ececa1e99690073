"""What is known of the transactions, records and ports that a batch of replies is about; changed here, written at once.

The rows of a batch are read in a few questions and written in a few statements, whatever their number.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, cast

from sqlalchemy import CursorResult, select, update

from app.db.bulk import one_of
from app.db.unit_of_work import UnitOfWork
from app.domain.cases import CaseState
from app.domain.commands import AcceptedState
from app.domain.references import transaction_reference
from app.domain.transactions import ENDS, TransactionState, check_move
from app.errors import Busy
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.porting import PortPair
from app.models.records import AcceptedRecord
from app.models.replies import Case
from app.services.replies.held_list import HELD, HeldList
from validators.numbers import national

S = TransactionState
COLUMNS: tuple[Any, ...] = (
    Transaction.id,
    Transaction.number_id,
    Transaction.state,
    Transaction.command,
    Transaction.effective_date,
    Transaction.values_id,
    Transaction.account_id,
    Transaction.child_cupid,
    Transaction.change_cupid,
    Transaction.file_id,
    Transaction.rec_no,
)


class Content(Protocol):
    """What was sent with a transaction: it is what the agent holds once it is done."""

    id: Any
    number_id: Any
    command: Any
    values_id: Any
    account_id: Any
    effective_date: Any


@dataclass(slots=True, eq=False)
class Sent:
    """A transaction that went out; `place` is its file and its record there, which tell when."""

    id: int
    number_id: int
    state: TransactionState
    command: str
    effective_date: date
    values_id: int | None
    account_id: int | None
    child_cupid: str
    change_cupid: str
    file_id: int
    rec_no: int
    number: str
    cupid: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """Reference, command and number: a reply must have all three."""
        reference = transaction_reference(self.cupid, self.child_cupid, self.id)
        return reference, self.command, national(self.number)

    @property
    def place(self) -> tuple[int, int]:
        """When it went out: ids tell when it was said, which may be long before."""
        return self.file_id, self.rec_no


@dataclass(slots=True)
class Held:
    """What the agent holds for a number, as a row of accepted_records."""

    number_id: int
    state: AcceptedState = AcceptedState.NONE
    values_id: int | None = None
    transaction_id: int | None = None
    account_id: int | None = None
    effective_date: date | None = None
    import_taken: bool = False
    heals: int = 0
    changed_at: datetime | None = None


@dataclass
class Standings:
    """What is known of one batch, and what has changed of it so far."""

    work: UnitOfWork
    sent: dict[int, Sent]
    files: dict[int, ExportFile]
    held: dict[int, Held]
    pairs: dict[int, PortPair]
    with_case: set[int]
    warned: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    heals: list[int] = field(default_factory=list)
    _moved: set[Sent] = field(default_factory=set)
    _learned: set[int] = field(default_factory=set)

    def take(self, sent: Sent) -> None:
        """Any answer proves that the transaction's file was delivered and taken: it passes through both."""
        if sent.state is S.EXTRACTED:
            sent.state = S.FCO_ACCEPTED
            self._moved.add(sent)

    def move(self, sent: Sent, new: TransactionState) -> None:
        """Move a transaction that was taken."""
        if sent.state is not S.ERROR or new is not S.ERROR:
            check_move(sent.state, new)
        sent.state = new
        self._moved.add(sent)

    def learn(self, sent: Content, state: AcceptedState, at: datetime, *, healed: bool = False) -> None:
        """Set what the agent holds for the transaction's number (file-interface.md, The accepted record)."""
        held = self.held.setdefault(sent.number_id, Held(sent.number_id))
        live = state is AcceptedState.LIVE
        held.state = state
        held.values_id = sent.values_id if live else None
        held.account_id = sent.account_id if live else None
        held.effective_date = sent.effective_date if state is not AcceptedState.NONE else None
        held.transaction_id = sent.id
        held.heals = held.heals + 1 if healed else 0
        held.import_taken = held.import_taken or (live and sent.command == "I")
        held.changed_at = at
        self._learned.add(sent.number_id)

    def write(self, held_list: HeldList) -> None:
        """Write what has changed; Busy where a transaction was ended meanwhile: the same CAR can be applied anew."""
        self.work.session.flush()
        by_state: dict[TransactionState, list[int]] = {}
        for sent in self._moved:
            by_state.setdefault(sent.state, []).append(sent.id)
        for state, ids in by_state.items():
            # Not "in flight": PostgreSQL would look through all of those by their index, where it knows no better.
            flying = one_of(self.work, Transaction.id, ids) & Transaction.state.not_in(ENDS)
            moved = update(Transaction).where(flying).values(state=state).execution_options(synchronize_session=False)
            if cast("CursorResult[Any]", self.work.session.execute(moved)).rowcount != len(ids):
                raise Busy("Something that the agent answered was ended by somebody at this moment.")
        changed = [self.held[number_id] for number_id in sorted(self._learned)]
        held_list.write([tuple(getattr(held, name) for name in HELD) for held in changed])


def read_standings(work: UnitOfWork, ids: Collection[int]) -> Standings:
    """Read the transactions with these ids, and what is known of their numbers.

    They are not locked, which would be one write more for each: `write` finds out if one was ended meanwhile. And
    they are not joined: PostgreSQL would go through all numbers, and all that ever was in a file, for each batch.
    """
    known = work.session.execute(select(*COLUMNS).where(one_of(work, Transaction.id, ids))).all()
    found = [row for row in known if row.file_id is not None]
    numbers = {row.number_id for row in found}
    of_files = select(ExportFile).where(one_of(work, ExportFile.id, {row.file_id for row in found}))
    files = {file.id: file for file in work.session.scalars(of_files)}
    telephone = select(Number.id, Number.number).where(one_of(work, Number.id, numbers))
    by_id = {row[0]: row[1] for row in work.session.execute(telephone)}
    sent = {row.id: Sent(*(*row, by_id[row.number_id], files[row.file_id].cupid)) for row in found}
    records = select(*(getattr(AcceptedRecord, name) for name in HELD)).where(
        one_of(work, AcceptedRecord.number_id, numbers)
    )
    porting = [item.id for item in sent.values() if item.command in "IE"]
    pairs = select(PortPair).where(one_of(work, PortPair.transaction_id, porting))
    cases = select(Case.number_id).where(one_of(work, Case.number_id, numbers), Case.state != CaseState.CLOSED)
    return Standings(
        work,
        sent,
        files,
        {row[0]: Held(*row) for row in work.session.execute(records)},
        {pair.transaction_id: pair for pair in work.session.scalars(pairs)} if porting else {},
        {number_id for number_id in work.session.scalars(cases) if number_id is not None},
    )
