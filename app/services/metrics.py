"""What a monitor asks of the installation: counts, ages and moments; nothing of a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from app.db.unit_of_work import Reading
from app.domain.cases import CaseState
from app.domain.files import FileState
from app.domain.statuses import Status
from app.domain.webhooks import DeliveryState
from app.models.alarms import Alarm
from app.models.audit import AuditHead
from app.models.exports import ExportFile, NightRun
from app.models.people import WaitingMail
from app.models.replies import Case
from app.models.webhooks import WebhookDelivery
from app.services.reports.coverage import count_numbers
from app.services.system import System


@dataclass(frozen=True)
class Measures:
    """How the installation stands at a moment.

    `oldest_undelivered` is when the first file was made that has a number and has not left; `last_export` when the
    last night finished. Both are None where there is none.
    """

    numbers: dict[Status, int]
    cases: dict[CaseState, int]
    cases_overdue: int
    oldest_undelivered: datetime | None
    last_export: datetime | None
    alarms: dict[str, int]
    mails_waiting: int
    webhooks_waiting: int
    trail_entries: int


def measure(system: System) -> Measures:
    """Ask the database; AppError where it is away."""
    with system.database.reading() as look:
        cases = look.session.execute(select(Case.state, func.count()).group_by(Case.state))
        standing = look.session.execute(
            select(Alarm.kind, func.count()).where(Alarm.cleared_at.is_(None)).group_by(Alarm.kind)
        )
        waits = Case.state == CaseState.OPEN
        return Measures(
            numbers=count_numbers(system, look),
            cases=dict.fromkeys(CaseState, 0) | {state: count for state, count in cases},  # noqa: C416  rows
            cases_overdue=_count(look, select(func.count()).where(waits, Case.due_at < system.clock.now())),
            oldest_undelivered=look.session.scalar(
                select(func.min(ExportFile.created_at)).where(ExportFile.state == FileState.EXTRACTED)
            ),
            last_export=look.session.scalar(select(func.max(NightRun.finished_at))),
            alarms={str(kind): count for kind, count in standing},
            mails_waiting=_count(look, select(func.count()).where(WaitingMail.done_at.is_(None))),
            webhooks_waiting=_count(look, select(func.count()).where(WebhookDelivery.state == DeliveryState.WAITING)),
            trail_entries=look.session.scalar(select(AuditHead.seq).where(AuditHead.id == 1)) or 0,
        )


def _count(look: Reading, counting: Select[int]) -> int:
    return look.session.scalar(counting) or 0
