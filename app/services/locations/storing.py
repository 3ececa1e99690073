"""Judged locations into rows: number, address, values, registration and transaction, in batches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseState
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import TransactionState
from app.errors import Conflict
from app.models.base import Base
from app.models.exports import Transaction
from app.models.numbers import Address, Number
from app.models.records import RecordValues, Registration
from app.models.replies import Case
from app.services.locations.content import address_of, content_digest
from app.services.locations.judgement import FOR_REVIEW, Judgement
from app.services.locations.known import KnownNumber
from app.services.locations.tenure import begin_tenure
from app.services.system import System
from validators.columns import is_yes

TYPED_NAME = ("title", "forename", "name", "honours", "business_suffix", "reference")


@dataclass
class Store:
    """Stores the judgements of one act; `cause` is `change` for a customer's word and `fix` for a case's."""

    system: System
    work: UnitOfWork
    actor: Actor
    account_id: int
    cause: str = "change"
    _now: datetime = field(init=False)
    _today: date = field(init=False)

    def __post_init__(self) -> None:
        self._now, self._today = self.system.clock.now(), self.system.today

    def store(self, judgements: Sequence[Judgement], known: Mapping[str, KnownNumber]) -> list[int]:
        """Store those that were accepted or wait for review; return their registrations' ids, in order.

        No number may stand in them twice.
        """
        if not judgements:
            return []
        numbers = self._numbers(judgements, known)
        addresses = self._addresses(judgements)
        values = self._insert(
            RecordValues, [{**_whole(item.sent), "digest": content_digest(_whole(item.sent))} for item in judgements]
        )
        registrations = self._insert(
            Registration,
            [
                self._registration(item, numbers[str(item.number)], known, address_id, values_id)
                for item, address_id, values_id in zip(judgements, addresses, values, strict=True)
            ],
        )
        self._supersede(judgements, numbers, registrations)
        self._transact(judgements, numbers, known, registrations)
        return registrations

    def _insert(self, row: type[Base], values: list[dict[str, Any]]) -> list[int]:
        column = row.__table__.c.id
        statement = insert(row).returning(column, sort_by_parameter_order=True)
        return list(self.work.session.scalars(statement, values))

    def _numbers(self, judgements: Sequence[Judgement], known: Mapping[str, KnownNumber]) -> dict[str, int]:
        """Return the ids of the numbers; one that is not in the inventory is put in use, one that was ceased again."""
        ids = {number: facts.id for number, facts in known.items()}
        fresh = [item for item in judgements if item.number not in ids]
        if fresh:
            try:
                made = self._insert(Number, [self._number(item) for item in fresh])
            except IntegrityError as taken:
                raise Conflict("one of these numbers was put in use by another in this moment: look again") from taken
            ids |= {str(item.number): number_id for item, number_id in zip(fresh, made, strict=True)}
        for item in judgements:
            facts = known.get(str(item.number))
            if facts is None:
                continue
            if facts.ceased:
                self._take_over(facts.id, item)
            elif (
                facts.ends_on is not None and item.standing != FOR_REVIEW and self._due_on(item, facts) >= facts.ends_on
            ):
                self._stays(facts.id)
        return ids

    def _number(self, item: Judgement) -> dict[str, Any]:
        return {
            "number": item.number,
            "account_id": self.account_id,
            "child_cupid": item.location.child_cupid.strip(),
            "line_type": item.location.line_type.strip().upper(),
            "in_use_from": item.effective_date,
            "ported_in": False,
            "losing_cupid": "",
            "created_at": self._now,
        }

    def _take_over(self, number_id: int, item: Judgement) -> None:
        number = self.work.session.get_one(Number, number_id)
        begin_tenure(self.system, self.work, self.actor, number, self.account_id)
        number.in_use_from = item.effective_date or self._today
        number.child_cupid = item.location.child_cupid.strip()
        number.line_type = item.location.line_type.strip().upper()

    def _stays(self, number_id: int) -> None:
        """A location for the day of a coming end of use, or a later one, says that the use goes on."""
        self.work.session.get_one(Number, number_id).ceased_on = None

    def _addresses(self, judgements: Sequence[Judgement]) -> list[int]:
        """Return the address of each: the same one where the account has typed it before (L2)."""
        typed = [address_of(item.location, str(item.postcode)) for item in judgements]
        digests = {address["digest"]: address for address in typed}
        ids = self._address_ids(digests)
        fresh = [digests[digest] | {"account_id": self.account_id} for digest in sorted(digests.keys() - ids.keys())]
        if fresh:
            # Another may type the same new address in this moment: then its row is taken.
            dialect = postgresql if self.work.session.get_bind().dialect.name == "postgresql" else sqlite
            self.work.session.execute(dialect.insert(Address).on_conflict_do_nothing().returning(Address.id), fresh)
            ids = self._address_ids(digests)
        return [ids[address["digest"]] for address in typed]

    def _address_ids(self, digests: Iterable[str]) -> dict[str, int]:
        of_account = (Address.account_id == self.account_id) & Address.digest.in_(digests)
        return {
            row.digest: row.id
            for row in self.work.session.execute(select(Address.digest, Address.id).where(of_account))
        }

    def _registration(
        self,
        item: Judgement,
        number_id: int,
        known: Mapping[str, KnownNumber],
        address_id: int,
        values_id: int,
    ) -> dict[str, Any]:
        in_review = item.standing == FOR_REVIEW
        return {
            "number_id": number_id,
            "account_id": self.account_id,
            "kind": RegistrationKind.RECORD,
            "state": RegistrationState.REVIEW if in_review else RegistrationState.ACCEPTED,
            "effective_date": item.effective_date,
            "due_on": self._due_on(item, known.get(str(item.number))),
            "address_id": address_id,
            "values_id": values_id,
            **{name: str(getattr(item.location, name)).strip() for name in TYPED_NAME},
            "line_type": _whole(item.sent)["line_type"],
            "voip_acknowledged": is_yes(item.location.voip_acknowledged),
            "findings": [problem.as_dict() for problem in item.problems],
            "submitted_by": self.actor.name,
            "submitted_by_user_id": self.actor.user_id,
            "submitted_at": self._now,
        }

    def _due_on(self, item: Judgement, known: KnownNumber | None) -> date:
        if known is None:
            return max(item.effective_date or self._today, self._today)
        return known.due_on(item.effective_date, self._today)

    def _supersede(
        self, judgements: Sequence[Judgement], numbers: Mapping[str, int], registrations: Sequence[int]
    ) -> None:
        """What still waited for a person's judgement gives way to the newer word."""
        ids = [numbers[str(item.number)] for item in judgements]
        self.work.session.execute(
            update(Registration)
            .where(Registration.number_id.in_(ids), Registration.state == RegistrationState.REVIEW)
            .where(Registration.id < registrations[0])
            .values(state=RegistrationState.SUPERSEDED)
            .execution_options(synchronize_session=False)
        )

    def _transact(
        self,
        judgements: Sequence[Judgement],
        numbers: Mapping[str, int],
        known: Mapping[str, KnownNumber],
        registrations: Sequence[int],
    ) -> None:
        """Give each accepted registration its transaction; what is under review has none."""
        entries = [
            self.transaction(
                numbers[str(item.number)], registration_id, self._due_on(item, known.get(str(item.number)))
            )
            for item, registration_id in zip(judgements, registrations, strict=True)
            if item.standing != FOR_REVIEW
        ]
        if entries:
            self.work.session.execute(insert(Transaction), entries)
            resend_cases(self.work, [entry["number_id"] for entry in entries])

    def transaction(self, number_id: int, registration_id: int, due_on: date) -> dict[str, Any]:
        """Return a new transaction: on hold until its day where that is to come."""
        on_hold = due_on > self._today
        return {
            "number_id": number_id,
            "registration_id": registration_id,
            "cause": self.cause,
            "state": TransactionState.ON_HOLD if on_hold else TransactionState.NEW,
            "due_on": due_on,
            "child_cupid": "",
            "change_cupid": "",
            "why": "",
            "created_at": self._now,
        }


def resend_cases(work: UnitOfWork, number_ids: Sequence[int]) -> None:
    """A newer submission sets the number's open case to resent; acceptance will close it."""
    work.session.execute(
        update(Case)
        .where(Case.number_id.in_(number_ids), Case.state == CaseState.OPEN)
        .values(state=CaseState.RESENT)
        .execution_options(synchronize_session=False)
    )


def _whole(sent: Mapping[str, str] | None) -> dict[str, str]:
    if sent is None:
        raise ValueError("only a location without errors is stored")
    return dict(sent)
