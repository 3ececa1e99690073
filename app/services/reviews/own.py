"""What of an account waits for a person at the provider (L4), as the account itself sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationState
from app.models.numbers import Number
from app.models.records import RecordValues, Registration
from app.services.access import authorise_account, note_reading
from app.services.record_json import record_json
from app.services.reviews.listing import due_at
from app.services.system import System
from validators.numbers import national

MOST = 200


@dataclass(frozen=True)
class OwnReviews:
    """Some of what waits, the first said first; `after` is the last one's id where more follow."""

    reviews: Sequence[dict[str, Any]]
    after: int | None


def own_reviews(system: System, actor: Actor, account_id: int, after: int = 0, limit: int = 50) -> OwnReviews:
    """Return up to `limit` of an account's locations that wait to be looked at, each with why and until when."""
    authorise_account(actor, Permission.SEE_RECORD, account_id)
    limit = min(max(limit, 1), MOST)
    query = (
        select(Registration, Number, RecordValues)
        .join(Number, Number.id == Registration.number_id)
        .join(RecordValues, RecordValues.id == Registration.values_id)
        .where(Registration.account_id == account_id, Registration.state == RegistrationState.REVIEW)
        .where(Registration.id > after)
        .order_by(Registration.id)
        .limit(limit + 1)
    )
    with system.database.reading() as look:
        rows = look.session.execute(query).all()
    found = [
        {
            "id": said.id,
            "number_id": number.id,
            "number": national(number.number),
            "effective_date": said.effective_date.isoformat(),
            "submitted_at": said.submitted_at.isoformat(),
            "due_at": due_at(system, said.submitted_at).isoformat(),
            "problems": said.findings,
            "sent": record_json(number.number, values, said.effective_date),
        }
        for said, number, values in rows[:limit]
    ]
    note_reading(system, actor, "review", ("account", account_id), len(found))
    return OwnReviews(found, rows[limit - 1][0].id if len(rows) > limit else None)
