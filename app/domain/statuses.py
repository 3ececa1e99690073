"""The status of a number as people are told it: one word for where its record stands."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.cases import CaseState
from app.domain.commands import AcceptedState


class Status(StrEnum):
    """Worst first: the order in which lists show them."""

    REJECTED = "rejected"
    NEEDS_ADDRESS = "needs_address"
    IN_REVIEW = "in_review"
    WAITING = "waiting"
    SENT = "sent"
    PORTING = "porting"
    BARRED = "barred"
    LIVE = "live"
    CEASED = "ceased"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the status follows from; `waits` and `in_flight` are about transactions, `said` about registrations.

    `barred` is set while 999 is barred on the number: no record is wanted for it. `claimed` is set while somebody says
    that a number is theirs which is not in use.
    """

    ceased_on: date | None
    accepted: AcceptedState
    in_review: bool
    waits: bool
    in_flight: bool
    case: CaseState | None
    said: bool
    moves_away: bool = False
    barred: bool = False
    claimed: bool = False


def status_of(facts: Facts, today: date) -> Status:
    """Return the status: what a person must act on comes before what takes its course."""
    if facts.ceased_on is not None:
        moving = facts.moves_away and (facts.ceased_on > today or facts.in_flight or facts.waits)
        if moving:
            return Status.PORTING
        if facts.ceased_on <= today:
            return Status.IN_REVIEW if facts.claimed and facts.in_review else Status.CEASED
    checks = (
        (facts.case is CaseState.OPEN, Status.REJECTED),
        # With 999 barred only an address in the UK can be in review: then that is what somebody waits for.
        (facts.barred and facts.in_review, Status.IN_REVIEW),
        (facts.barred, Status.BARRED),
        (facts.in_flight, Status.SENT),
        (facts.in_review, Status.IN_REVIEW),
        (facts.waits, Status.WAITING),
        (facts.accepted is not AcceptedState.NONE, Status.LIVE),
    )
    for holds, status in checks:
        if holds:
            return status
    return Status.WAITING if facts.said and facts.case is CaseState.RESENT else Status.NEEDS_ADDRESS
