"""Judged locations into rows: number, address, values, registration and transaction, in batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, update
from sqlalchemy.exc import IntegrityError

from app.audit.events import Action
from app.db.bulk import copy_rows, reserve_ids
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import TransactionState
from app.domain.voip import TEXT_VERSION
from app.errors import Conflict
from app.models.base import Base
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import RecordValues, Registration
from app.services.cases.opening import resend_cases
from app.services.locations.address_book import address_ids
from app.services.locations.content import COLUMNS, content_digest
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
        addresses = address_ids(self.work, self.account_id, judgements)
        values = self._values(judgements)
        rows = [
            self._registration(item, number_id, known.get(str(item.number)), address_id, values_id)
            for item, number_id, address_id, values_id in zip(judgements, numbers, addresses, values, strict=True)
        ]
        registrations = self._copy(Registration, rows)
        self._supersede(judgements, known, registrations)
        self._transact(rows, registrations, known)
        return registrations

    def _copy(self, row: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Write rows that have the same columns and return their ids."""
        table = row.__table__
        if not isinstance(table, Table):
            raise TypeError("a model stands for a table")
        ids = reserve_ids(self.work, table, len(rows))
        columns = ("id", *rows[0])
        copy_rows(self.work, table, columns, ((at, *entry.values()) for at, entry in zip(ids, rows, strict=True)))
        return ids

    def _numbers(self, judgements: Sequence[Judgement], known: Mapping[str, KnownNumber]) -> list[int]:
        """Return the ids of the numbers; one that is not in the inventory is put in use, one that was ceased again.

        What is merely claimed (N13) is not in use until a person approves it: it stays free for whoever it is.
        """
        ids = {number: facts.id for number, facts in known.items()}
        # In one order, so that two who put the same numbers in use do not wait for each other.
        fresh = sorted((item for item in judgements if item.number not in ids), key=lambda item: str(item.number))
        if fresh:
            try:
                made = self._copy(Number, [self._number(item) for item in fresh])
            except IntegrityError as taken:
                raise Conflict("one of these numbers was put in use by another in this moment: look again") from taken
            ids |= {str(item.number): number_id for item, number_id in zip(fresh, made, strict=True)}
        standing = [(item, facts) for item in judgements if (facts := known.get(str(item.number))) is not None]
        for item, facts in standing:
            if facts.ceased:
                self._take_over(facts.id, item)
        accepted = [pair for pair in standing if pair[0].standing != FOR_REVIEW and not pair[1].ceased]
        # A location for the day of a coming end of use, or a later one, says that the use goes on.
        self._change(
            [
                facts.id
                for item, facts in accepted
                if facts.ends_on is not None and self._due_on(item, facts) >= facts.ends_on
            ],
            ceased_on=None,
        )
        # What is under review lifts no bar: the approval does.
        self._lift_bars(
            [facts.id for item, facts in standing if facts.barred and (item.standing != FOR_REVIEW or facts.ceased)]
        )
        return [ids[str(item.number)] for item in judgements]

    def _change(self, number_ids: Sequence[int], **columns: object) -> None:
        if number_ids:
            self.work.session.execute(update(Number).where(Number.id.in_(number_ids)).values(columns))

    def _lift_bars(self, number_ids: Sequence[int]) -> None:
        """A location in the UK says that the user is there: 999 is barred no longer (R03)."""
        self._change(number_ids, barred_at=None, barred_by="")
        for number_id in number_ids:
            self.system.record(self.work, self.actor, Action.NUMBER_UNBARRED, ("number", number_id), {})

    def _number(self, item: Judgement) -> dict[str, Any]:
        return {
            "number": item.number,
            "account_id": self.account_id,
            "child_cupid": item.location.child_cupid.strip(),
            "line_type": item.location.line_type.strip().upper(),
            "in_use_from": item.effective_date,
            "ceased_on": self._today if item.claims else None,
            "claimed": item.claims,
            "ported_in": bool(item.losing_cupid),
            "losing_cupid": item.losing_cupid,
            "port_date": item.effective_date if item.losing_cupid else None,
            "barred_by": "",
            "created_at": self._now,
        }

    def _take_over(self, number_id: int, item: Judgement) -> None:
        number = self.work.session.get_one(Number, number_id, populate_existing=True)
        begin_tenure(self.system, self.work, self.actor, number, self.account_id)
        if item.claims:
            number.ceased_on, number.claimed = self._today, True
        number.in_use_from = item.effective_date or self._today
        number.child_cupid = item.location.child_cupid.strip()
        number.line_type = item.location.line_type.strip().upper()
        if item.losing_cupid:
            number.ported_in, number.losing_cupid, number.port_date = True, item.losing_cupid, item.effective_date
        self.work.session.flush()

    def _values(self, judgements: Sequence[Judgement]) -> list[int]:
        contents = [_whole(item.sent) for item in judgements]
        return self._copy(
            RecordValues,
            [{"digest": content_digest(content), **{name: content[name] for name in COLUMNS}} for content in contents],
        )

    def _registration(
        self, item: Judgement, number_id: int, known: KnownNumber | None, address_id: int, values_id: int
    ) -> dict[str, Any]:
        in_review = item.standing == FOR_REVIEW
        version, acknowledged_at = self._acknowledged(item, known)
        return {
            "number_id": number_id,
            "account_id": self.account_id,
            "kind": RegistrationKind.RECORD,
            "state": RegistrationState.REVIEW if in_review else RegistrationState.ACCEPTED,
            "effective_date": item.effective_date,
            "due_on": self._due_on(item, known),
            "address_id": address_id,
            "values_id": values_id,
            **{name: str(getattr(item.location, name)).strip() for name in TYPED_NAME},
            "line_type": _whole(item.sent)["line_type"],
            "voip_acknowledged": acknowledged_at is not None,
            "voip_text_version": version,
            "voip_acknowledged_at": acknowledged_at,
            "nomadic": is_yes(item.location.nomadic),
            "gaining_cupid": "",
            "findings": [problem.as_dict() for problem in item.problems],
            "submitted_by": self.actor.name,
            "submitted_by_user_id": self.actor.hand,
            "submitted_at": self._now,
            "decided_by": "",
            "decision_note": "",
        }

    def _acknowledged(self, item: Judgement, known: KnownNumber | None) -> tuple[str, datetime | None]:
        """Return the text of the limits of 999 over VoIP that was acknowledged, and since when it is (L7)."""
        if not is_yes(item.location.voip_acknowledged):
            return "", None
        if known is None or known.ceased or known.voip_text_version != TEXT_VERSION:
            return TEXT_VERSION, self._now
        return TEXT_VERSION, known.voip_acknowledged_at

    def _due_on(self, item: Judgement, known: KnownNumber | None) -> date:
        if known is None:
            return max(item.effective_date or self._today, self._today)
        return known.due_on(item.effective_date, self._today)

    def _supersede(
        self, judgements: Sequence[Judgement], known: Mapping[str, KnownNumber], registrations: Sequence[int]
    ) -> None:
        """What still waited for a person's judgement gives way to the newer word."""
        ids = [
            facts.id
            for item in judgements
            if (facts := known.get(str(item.number))) is not None and any(said.in_review for said in facts.said)
        ]
        if not ids:
            return
        self.work.session.execute(
            update(Registration)
            .where(Registration.number_id.in_(ids), Registration.state == RegistrationState.REVIEW)
            .where(Registration.id < registrations[0])
            .values(state=RegistrationState.SUPERSEDED)
            .execution_options(synchronize_session=False)
        )

    def _transact(
        self, rows: Sequence[Mapping[str, Any]], registrations: Sequence[int], known: Mapping[str, KnownNumber]
    ) -> None:
        """Give each accepted registration its transaction; what is under review has none."""
        entries = [
            self.transaction(row["number_id"], registration_id, row["due_on"])
            for row, registration_id in zip(rows, registrations, strict=True)
            if row["state"] is RegistrationState.ACCEPTED
        ]
        if not entries:
            return
        table = Transaction.__table__
        if not isinstance(table, Table):
            raise TypeError("a model stands for a table")
        copy_rows(self.work, table, tuple(entries[0]), (tuple(entry.values()) for entry in entries))
        before = {facts.id for facts in known.values()}
        answered = [entry["number_id"] for entry in entries if entry["number_id"] in before]
        resend_cases(self.system, self.work, self.actor, answered)

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


def _whole(sent: Mapping[str, str] | None) -> Mapping[str, str]:
    if sent is None:
        raise ValueError("only a location without errors is stored")
    return sent
