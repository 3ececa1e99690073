"""What holds a night: the brake, until two people release it, and a person's word, until it is taken back (F3)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, func, select

from app.audit.events import Action
from app.db.locks import named_lock
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.brake import RELEASES_NEEDED, Brake, Tally
from app.domain.commands import AcceptedState
from app.domain.files import HoldKind
from app.domain.permissions import Permission
from app.domain.transactions import TransactionState
from app.errors import Conflict, NightHeld, NotAllowed, Problem, Refused
from app.models.exports import HoldRelease, NightHold, Transaction
from app.models.records import AcceptedRecord, Registration
from app.services.access import authorise
from app.services.system import System

WHY_MOST = 500
RELEASE_LASTS = timedelta(days=1)
LOCK_WAIT_SECONDS = 60.0


def standing_holds(look: Reading) -> Sequence[NightHold]:
    """Return what holds nights at present, the oldest first."""
    return look.session.scalars(select(NightHold).where(NightHold.ended_at.is_(None)).order_by(NightHold.id)).all()


def may_run(look: Reading, night: date) -> bool:
    """Say whether nothing that is known already holds the night of a date; cheap, and asked before it is worked out."""
    return not any(hold.kind is HoldKind.PERSON or hold.night == night for hold in standing_holds(look))


def refuse_held(look: Reading) -> None:
    """Raise NightHeld while a person holds the nights."""
    for hold in standing_holds(look):
        if hold.kind is HoldKind.PERSON:
            raise NightHeld(
                f"{hold.made_by} holds the nights since {hold.made_at:%Y-%m-%d %H:%M} UTC: {hold.why}. "
                "Nothing was numbered; `eld export unhold` lets them go"
            )


def weigh(system: System, work: UnitOfWork, night: date, commands: Mapping[str, int]) -> Tally | None:
    """Return the tally of a night that the brake holds, None for one that may go.

    A night that two people released may go once, within a day, and as long as it is no more than what they saw.
    """
    live = select(func.count()).select_from(AcceptedRecord).where(AcceptedRecord.state != AcceptedState.NONE)
    ceases = commands.get("C", 0)
    tally = Tally(commands.get("M", 0) + ceases, ceases, work.session.scalar(live) or 0)
    if not _brake(system).reason(tally):
        _end(system, [hold for hold in _of_brake(work) if hold.night == night], "the night came below the brake")
        return None
    released = work.session.scalars(
        select(NightHold)
        .where(NightHold.kind == HoldKind.BRAKE, NightHold.used_at.is_(None), _released)
        .where(NightHold.ended_at > system.clock.now() - RELEASE_LASTS)
    )
    covering = next((hold for hold in released if tally.within(_tally(hold))), None)
    if covering is None:
        return tally
    covering.used_at = system.clock.now()
    return None


def hold_night(system: System, work: UnitOfWork, actor: Actor, night: date, tally: Tally) -> str:
    """Put the brake on for the night of a date and return why; the caller commits.

    Who released a smaller night has not released this one. A hold of the nights before goes on as this night's where
    it is no more than what was seen then, so that the word which one person gave before midnight counts after it.
    """
    reason = _brake(system).reason(tally)
    before = [hold for hold in _of_brake(work) if hold.night <= night <= system.today or hold.night == night]
    covering = next((hold for hold in before if tally.within(_tally(hold))), None)
    if covering is not None:
        covering.night = night
        return reason
    _end(system, before, f"the night of {night} is held")
    work.session.add(
        NightHold(
            kind=HoldKind.BRAKE,
            night=night,
            why=reason,
            changes=tally.changes,
            ceases=tally.ceases,
            live=tally.live,
            made_by=actor.name,
            made_at=system.clock.now(),
        )
    )
    detail = {"night": night.isoformat(), "reason": "brake", "changes": tally.changes, "ceases": tally.ceases}
    system.record(work, actor, Action.NIGHT_HELD, ("night", night.isoformat()), detail)
    return reason


def release_night(system: System, actor: Actor, night: date) -> int:
    """Give one person's word that the night of a date may go; return how many more are needed.

    NotAllowed for nobody in particular, for who gave it already, and for who made one of the changes that are held.
    """
    authorise(actor, Permission.RUN_EXPORT)
    if actor.user_id is None:
        raise NotAllowed("a night is released by two named members of staff: say who with --as")
    with named_lock(system.database, "export", wait=LOCK_WAIT_SECONDS), system.database.unit_of_work() as work:
        held = [hold for hold in _of_brake(work) if hold.night == night]
        if not held:
            raise Conflict(f"the brake does not hold the night of {night:%d %B %Y}")
        hold = held[0]
        given = {release.user_id: release.name for release in _releases(work, hold)}
        if actor.user_id in given:
            raise NotAllowed("you have released this night already: it needs another person")
        if _made_a_change(work, actor.user_id):
            raise NotAllowed("you made one of the changes that are held: two others must release them")
        release = HoldRelease(hold_id=hold.id, user_id=actor.user_id, name=actor.name, at=system.clock.now())
        work.session.add(release)
        names = [*given.values(), actor.name]
        if len(names) >= RELEASES_NEEDED:
            hold.ended_at, hold.ended_by = system.clock.now(), " and ".join(names)
        detail = {"night": night.isoformat(), "approvals": len(names)}
        system.record(work, actor, Action.NIGHT_RELEASED, ("night", night.isoformat()), detail)
        work.commit()
    return max(0, RELEASES_NEEDED - len(names))


def hold_nights(system: System, actor: Actor, why: str) -> None:
    """Keep every night from being built until `unhold_nights`; urgent corrections still go."""
    authorise(actor, Permission.RUN_EXPORT)
    if not why.strip() or len(why) > WHY_MOST:
        raise Refused([Problem("H01", "why", "error", f"Say why, in at most {WHY_MOST} characters.")])
    with named_lock(system.database, "export", wait=LOCK_WAIT_SECONDS), system.database.unit_of_work() as work:
        if any(hold.kind is HoldKind.PERSON for hold in standing_holds(work)):
            raise Conflict("the nights are held already")
        now = system.clock.now()
        work.session.add(
            NightHold(kind=HoldKind.PERSON, night=system.today, why=why.strip(), made_by=actor.name, made_at=now)
        )
        system.record(work, actor, Action.NIGHTS_HELD, ("installation", 1), {}, values={"why": why.strip()})
        work.commit()


def unhold_nights(system: System, actor: Actor) -> None:
    """Let the nights go again that a person held."""
    authorise(actor, Permission.RUN_EXPORT)
    with named_lock(system.database, "export", wait=LOCK_WAIT_SECONDS), system.database.unit_of_work() as work:
        held = [hold for hold in standing_holds(work) if hold.kind is HoldKind.PERSON]
        if not held:
            raise Conflict("nobody holds the nights")
        for hold in held:
            hold.ended_at, hold.ended_by = system.clock.now(), actor.name
        system.record(work, actor, Action.NIGHTS_UNHELD, ("installation", 1), {})
        work.commit()


def holds_for_people(system: System, actor: Actor) -> list[dict[str, Any]]:
    """Return what holds the nights, with what the brake counted and who has released it."""
    authorise(actor, Permission.SEE_FILES)
    with system.database.reading() as look:
        return [
            {
                "kind": str(hold.kind),
                "night": hold.night.isoformat(),
                "why": hold.why,
                "changes": hold.changes,
                "ceases": hold.ceases,
                "live": hold.live,
                "made_by": hold.made_by,
                "made_at": hold.made_at.isoformat(),
                "released_by": [release.name for release in _releases(look, hold)],
            }
            for hold in standing_holds(look)
        ]


def _brake(system: System) -> Brake:
    known = system.settings
    return Brake(known.brake_changes, known.brake_changes_percent, known.brake_ceases, known.brake_ceases_percent)


def _tally(hold: NightHold) -> Tally:
    return Tally(hold.changes, hold.ceases, hold.live)


_released = (
    select(func.count())
    .select_from(HoldRelease)
    .where(HoldRelease.hold_id == NightHold.id)
    .correlate(NightHold)
    .scalar_subquery()
    >= RELEASES_NEEDED
)


def _releases(look: Reading, hold: NightHold) -> Sequence[HoldRelease]:
    return look.session.scalars(
        select(HoldRelease).where(HoldRelease.hold_id == hold.id).order_by(HoldRelease.at, HoldRelease.user_id)
    ).all()


def _made_a_change(look: Reading, user_id: int) -> bool:
    """Say whether a person entered one of the changes that wait held (U7: nobody releases their own)."""
    theirs = exists().where(
        Transaction.state == TransactionState.DO_SEND,
        Registration.id == Transaction.registration_id,
        Registration.submitted_by_user_id == user_id,
    )
    return bool(look.session.scalar(select(theirs)))


def _of_brake(look: Reading) -> list[NightHold]:
    return [hold for hold in standing_holds(look) if hold.kind is HoldKind.BRAKE]


def _end(system: System, holds: Sequence[NightHold], why: str) -> None:
    for hold in holds:
        hold.ended_at, hold.ended_by = system.clock.now(), why
