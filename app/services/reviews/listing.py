"""What waits for a person's judgement (L4): why, until when, what the directory says, what the agent holds."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationState
from app.errors import NotFound
from app.models.accounts import Account
from app.models.numbers import Address, Number
from app.models.records import AcceptedRecord, RecordValues, Registration
from app.services.access import authorise, note_reading
from app.services.deadlines import working_days_after
from app.services.directory import DatabaseDirectory, open_directory
from app.services.directory.touched import SUBMITTED_BY
from app.services.locations.rules import rules_of
from app.services.locations.typed import typed_location
from app.services.record_json import record_json
from app.services.reviews.places import alternatives_of, directory_facts, offered_today, offered_values, surroundings
from app.services.system import System
from validators.numbers import national
from validators.wording import as_sent

BATCH = 500
Found = Row[Registration, Number, str, RecordValues, Address, AcceptedRecord, RecordValues]


class Waiting(NamedTuple):
    """One review as far as its place in the list goes."""

    id: int
    submitted_at: datetime
    codes: frozenset[str]


@dataclass(frozen=True)
class ReviewPage:
    """One page of reviews, the first due first; `codes` counts those with each finding, `overdue` is over all."""

    reviews: list[dict[str, Any]]
    codes: dict[str, int]
    overdue: int
    total: int
    page: int
    pages: int


def list_reviews(system: System, actor: Actor, ids: Container[int] | None = None) -> list[dict[str, Any]]:
    """Return all that waits, or what still waits of some, the first due first."""
    authorise(actor, Permission.WORK_CASES)
    with system.database.reading() as look:
        found = _documents(system, look, [one.id for one in _waiting(look) if ids is None or one.id in ids])
    note_reading(system, actor, "review", ("installation", 1), len(found))
    return found


def page_reviews(system: System, actor: Actor, code: str = "", page: int = 1, per_page: int = 25) -> ReviewPage:
    """Return a page of what waits, or of what waits because of the finding `code`."""
    authorise(actor, Permission.WORK_CASES)
    now = system.clock.now()
    with system.database.reading() as look:
        waiting = _waiting(look)
        chosen = [one for one in waiting if not code or code in one.codes]
        pages = max(1, -(-len(chosen) // per_page))
        page = min(max(page, 1), pages)
        ids = [one.id for one in chosen[(page - 1) * per_page : page * per_page]]
        found = ReviewPage(
            _documents(system, look, ids),
            dict(sorted(Counter(code for one in waiting for code in one.codes).items())),
            sum(due_at(system, one.submitted_at) < now for one in waiting),
            len(chosen),
            page,
            pages,
        )
    note_reading(system, actor, "review", ("installation", 1), len(ids))
    return found


def show_review(system: System, actor: Actor, review_id: int) -> dict[str, Any]:
    """Return one that waits, with what is changed on the way to the agent and the places about its postcode.

    NotFound where it was judged already or is not there.
    """
    authorise(actor, Permission.WORK_CASES)
    with system.database.reading() as look:
        found = _documents(system, look, [review_id])
        if not found:
            raise NotFound("this was judged already, or is not there")
        review = found[0]
        directory = open_directory(look)
        postcode, typed = review["sent"]["postcode"], review["typed"]
        of_today = offered_today(directory, postcode)
        review["alternatives"] = alternatives_of(directory, [*review["findings"], *of_today])
        review["surroundings"] = surroundings(directory, postcode, typed, review["alternatives"])
    rules = rules_of(system)
    texts = {name: typed[name] for name in rules.limits if name in typed} | {"post_town": typed["post_town"]}
    wording = as_sent(texts, limits=rules.limits, upper=rules.upper, over_length=rules.over_length)
    review["changes"] = [asdict(change) for change in wording.changes]
    note_reading(system, actor, "review", ("registration", review_id))
    return review


def due_at(system: System, submitted_at: datetime) -> datetime:
    """Return when a review is to be judged."""
    return working_days_after(submitted_at, system.settings.review_due, system.settings.timezone)


def _waiting(look: Reading) -> list[Waiting]:
    """Return all that waits, the first due first: who came first is due first (working_days_after)."""
    rows = look.session.execute(
        select(Registration.id, Registration.submitted_at, Registration.findings)
        .where(Registration.state == RegistrationState.REVIEW)
        .order_by(Registration.submitted_at, Registration.id)
    )
    return [Waiting(row.id, row.submitted_at, frozenset(review_codes(row.findings))) for row in rows]


def review_codes(findings: Sequence[Any]) -> list[str]:
    """Return the codes of the findings that ask for a person."""
    return sorted({str(finding["code"]) for finding in findings if finding["severity"] == "review"})


def _documents(system: System, look: Reading, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the reviews of some ids that still wait, in the order of `ids`."""
    held_values = aliased(RecordValues)
    directory = open_directory(look)
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(ids), BATCH):
        rows = look.session.execute(
            select(Registration, Number, Account.name, RecordValues, Address, AcceptedRecord, held_values)
            .join(Number, Number.id == Registration.number_id)
            .join(Account, Account.id == Registration.account_id)
            .join(RecordValues, RecordValues.id == Registration.values_id)
            .join(Address, Address.id == Registration.address_id)
            .outerjoin(AcceptedRecord, AcceptedRecord.number_id == Number.id)
            .outerjoin(held_values, held_values.id == AcceptedRecord.values_id)
            .where(Registration.state == RegistrationState.REVIEW, Registration.id.in_(ids[start : start + BATCH]))
        ).all()
        if directory is not None:
            directory.prefetch(_postcodes(rows))
        found |= {row[0].id: _document(system, directory, row) for row in rows}
    return [found[review_id] for review_id in ids if review_id in found]


def _postcodes(rows: Sequence[Found]) -> set[str]:
    """Return all that the documents will ask the directory for."""
    asked = {row[3].postcode for row in rows}
    return asked | {value for row in rows for field, value in offered_values(row[0].findings) if field == "postcode"}


def _document(system: System, directory: DatabaseDirectory | None, row: Found) -> dict[str, Any]:
    registration, number, account, values, address, held, held_values = row
    typed = typed_location(registration, address, number, system.today)
    now, due = system.clock.now(), due_at(system, registration.submitted_at)
    came_in = registration.submitted_at.astimezone(system.settings.timezone).date()
    return {
        "id": registration.id,
        "number": national(number.number),
        "number_id": number.id,
        "account": account,
        "submitted_by": registration.submitted_by,
        "submitted_by_user_id": registration.submitted_by_user_id,
        "by_directory": registration.submitted_by == SUBMITTED_BY and registration.submitted_by_user_id is None,
        "submitted_at": registration.submitted_at.isoformat(),
        "due_at": due.isoformat(),
        "age_days": (system.today - came_in).days,
        "overdue": due < now,
        "effective_date": registration.effective_date.isoformat(),
        "findings": registration.findings,
        "directory": directory_facts(directory, values.postcode),
        "alternatives": alternatives_of(directory, registration.findings),
        "typed": {name: getattr(typed, name) for name in typed.__dataclass_fields__},
        "sent": record_json(number.number, values, registration.effective_date),
        "held": None if held_values is None else record_json(number.number, held_values, held.effective_date),
    }
