"""What is known of numbers before locations for them are judged: a few questions for a whole batch."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Select, bindparam, case, func, select, true

from app.db.bulk import one_of
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.registrations import RegistrationState
from app.models.numbers import Address, Number
from app.models.records import AcceptedRecord, RecordValues, Registration

NUMBER = (
    Number.id,
    Number.number,
    Number.account_id,
    Number.child_cupid,
    Number.line_type,
    Number.ceased_on,
    Number.ported_in,
    Number.port_date,
    Number.barred_at,
)


class Said(NamedTuple):
    """One thing that was said of a number and still counts; without a digest it was no location."""

    id: int
    due_on: date
    in_review: bool
    digest: str | None
    address: str | None
    voip_text_version: str
    voip_acknowledged_at: datetime | None


class KnownNumber(NamedTuple):
    """What is known of a number before a location for it is judged; `ends_on` is a day to come.

    `said` holds what is in force today, what was said for later days, and what is in review. The VoIP limits were
    acknowledged last in that version and at that moment, if ever.
    """

    id: int
    account_id: int
    child_cupid: str
    line_type: str
    ceased: bool
    ported_in: bool
    port_date: date | None
    ends_on: date | None
    said: tuple[Said, ...]
    accepted_date: date | None
    barred: bool
    voip_text_version: str
    voip_acknowledged_at: datetime | None

    def due_on(self, effective_date: date | None, today: date) -> date:
        """Return the day from which a location holds: not before it was said, and not before the number is here."""
        return max(day for day in (effective_date, today, self.port_date) if day is not None)

    def says_already(self, digest: str, day: date) -> bool:
        """Say whether a location of this digest changes nothing on `day`: it is in force then, or in review."""
        waiting = [item for item in self.said if item.in_review]
        counting = waiting or [item for item in self.said if item.due_on <= day]
        if not counting:
            return False
        last = max(counting, key=lambda item: (item.due_on, item.id))
        return last.digest == digest and last.due_on <= day

    @property
    def address(self) -> str | None:
        """Return the digest of the address that was said last of the number."""
        return max(self.said, key=lambda item: item.id).address if self.said and not self.ceased else None


def known_numbers(look: Reading, numbers: set[str], today: date) -> dict[str, KnownNumber]:
    """Return what is known of some numbers, in E.164 form.

    In a unit that writes the numbers stay locked until its end: whoever says something of them, or ends their use,
    comes after it.
    """
    query = (
        select(*NUMBER, AcceptedRecord.effective_date)
        .outerjoin(AcceptedRecord, AcceptedRecord.number_id == Number.id)
        .where(one_of(look, Number.number, numbers))
    )
    if isinstance(look, UnitOfWork):
        # key_share: rows that only point at a number are not kept waiting.
        query = query.order_by(Number.id).with_for_update(of=Number, key_share=True)
    rows = look.session.execute(query).all()
    said = _said(look, [row[0] for row in rows], today) if rows else {}
    return {
        row[1]: _known(row[0], row[2:], said.get(row[0], ()), today)  # by place: a row of names costs twice the time
        for row in rows
    }


def _known(number_id: int, facts: Sequence[Any], said: Sequence[Said], today: date) -> KnownNumber:
    account_id, child_cupid, line_type, ceased_on, ported_in, port_date, barred_at, accepted_date = facts
    ceased = ceased_on is not None and ceased_on <= today
    return KnownNumber(
        number_id,
        account_id,
        child_cupid,
        line_type,
        ceased,
        ported_in,
        port_date,
        None if ceased else ceased_on,
        tuple(said),
        accepted_date,
        barred_at is not None,
        *_acknowledged(said),
    )


def _acknowledged(said: Sequence[Said]) -> tuple[str, datetime | None]:
    """Return which text of the limits of VoIP was acknowledged last, and when."""
    dated = [(item.voip_acknowledged_at, item.voip_text_version) for item in said if item.voip_acknowledged_at]
    at, version = max(dated, default=(None, ""))
    return version, at


def _said(look: Reading, number_ids: Sequence[int], today: date) -> dict[int, list[Said]]:
    """Return what still counts of some numbers; of what is in force by today the last word alone."""
    in_review = Registration.state == RegistrationState.REVIEW
    later = case((in_review | (Registration.due_on > today), 1), else_=0)
    ranked = (
        select(
            Registration.number_id,
            Registration.id,
            Registration.due_on,
            in_review.label("in_review"),
            RecordValues.digest,
            Address.digest.label("address"),
            Registration.voip_text_version,
            Registration.voip_acknowledged_at,
            later.label("later"),
            func.row_number()
            .over(
                partition_by=(Registration.number_id, later),
                order_by=(Registration.due_on.desc(), Registration.id.desc()),
            )
            .label("place"),
        )
        .outerjoin(RecordValues, RecordValues.id == Registration.values_id)
        .outerjoin(Address, Address.id == Registration.address_id)
        .where(Registration.state.in_((RegistrationState.ACCEPTED, RegistrationState.REVIEW)))
    )
    found: dict[int, list[Said]] = {}
    for number_id, *facts, _later, _place in look.session.execute(_of_numbers(look, ranked, number_ids)):
        facts[2] = bool(facts[2])
        found.setdefault(number_id, []).append(Said(*facts))
    return found


def _of_numbers(look: Reading, ranked: Select[Any], number_ids: Sequence[int]) -> Select[Any]:
    """Return the first and the later ones of what is ranked, for some numbers."""
    if look.session.get_bind().dialect.name == "postgresql":
        # One look into the index for each number, whatever the statistics say (see address_book).
        ids = bindparam(None, list(number_ids), type_=ARRAY(BigInteger))
        wanted = func.unnest(ids).table_valued("id").render_derived(name="wanted")
        each = ranked.where(Registration.number_id == wanted.c.id).offset(0).lateral()
        return select(each).select_from(wanted).join(each, true()).where((each.c.place == 1) | (each.c.later == 1))
    found = ranked.where(Registration.number_id.in_(number_ids)).subquery()
    return select(found).where((found.c.place == 1) | (found.c.later == 1))
