"""What of an account waits for whom, and since when: beside the counts of the list, for its first page."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationState
from app.domain.statuses import Status
from app.domain.transactions import IN_FLIGHT, WAITING
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.records import Registration
from app.services.access import authorise_account
from app.services.deadlines import working_days_after
from app.services.exports.tonight import next_night
from app.services.status_column import status_column
from app.services.system import System


@dataclass(frozen=True)
class Turns:
    """Since when the oldest is being checked and by when it will be; since when the oldest waits for the agent.

    `later` counts those of the waiting numbers of which nothing goes out before a day after the next night, the first
    of them on `first_later`: each number is counted where its status counts it, and nowhere else.
    """

    checked_since: datetime | None
    checked_by: datetime | None
    sent_since: datetime | None
    later: int
    first_later: date | None


def whose_turn(system: System, actor: Actor, account_id: int) -> Turns:
    """Return what waits for whom in an account."""
    authorise_account(actor, Permission.SEE_RECORD, account_id)
    settings, tonight = system.settings, next_night(system).date()
    review = select(func.min(Registration.submitted_at)).where(
        Registration.account_id == account_id, Registration.state == RegistrationState.REVIEW
    )
    sent = (
        select(func.min(ExportFile.delivered_at))
        .select_from(Number)
        .join(Transaction, Transaction.number_id == Number.id)
        .join(ExportFile, ExportFile.id == Transaction.file_id)
        .where(Number.account_id == account_id, Transaction.state.in_(IN_FLIGHT))
    )
    waiting = (
        select(func.min(Transaction.due_on).label("due_on"))
        .select_from(Number)
        .join(Transaction, Transaction.number_id == Number.id)
        .where(Number.account_id == account_id, Transaction.state.in_(WAITING))
        .where(status_column(system.today) == str(Status.WAITING))
        .group_by(Number.id)
        .having(func.min(Transaction.due_on) > tonight)
        .subquery()
    )
    later = select(func.count(), func.min(waiting.c.due_on)).select_from(waiting)
    with system.database.reading() as look:
        since = look.session.scalar(review)
        count, first = look.session.execute(later).one()
        by = None if since is None else working_days_after(since, settings.review_due, settings.timezone)
        return Turns(since, by, look.session.scalar(sent), count, first)
