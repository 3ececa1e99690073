"""Sessions kept here: the browser holds a token that nobody can guess, and each can be seen and ended."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, func, select, update

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.people import Ended, SessionState
from app.domain.permissions import Permission
from app.errors import Busy, NotFound
from app.models.accounts import User
from app.models.people import UserSession
from app.services.access import authorise
from app.services.accounts import Person, person_of
from app.services.people.acting import own_id
from app.services.people.tokens import digest_of, new_token
from app.services.people.visits import Visit
from app.services.system import System
from app.settings import Settings

SEEN_EVERY = timedelta(minutes=1)
CODE_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Visiting:
    """A session that goes on: who it is, how far the log-in has come, and when it ends if nothing happens."""

    session_id: int
    person: Person
    state: SessionState
    second_factor: bool
    started_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class SessionLine:
    """A session in the list of a person's own."""

    id: int
    device: str
    origin: str
    started_at: datetime
    last_seen_at: datetime
    this_one: bool


def begin_session(
    work: UnitOfWork, user_id: int, state: SessionState, visit: Visit, now: datetime, *, second_factor: bool = False
) -> str:
    """Begin a session in the caller's unit and return its token, which nobody here keeps."""
    token = new_token()
    begun = UserSession(
        user_id=user_id,
        digest=digest_of(token),
        state=state,
        second_factor=second_factor,
        started_at=now,
        last_seen_at=now,
        origin=visit.address,
        device=visit.device,
    )
    work.session.add(begun)
    work.session.flush()
    return token


def find_session(system: System, token: str) -> Visiting | None:
    """Return the session of a token; None where it ended, was not used for too long, or lasted long enough."""
    now = system.clock.now()
    query = select(UserSession, User).join(User, User.id == UserSession.user_id)
    query = query.where(UserSession.digest == digest_of(token), *_going_on(system.settings, now))
    with system.database.reading() as look:
        found = look.session.execute(query).one_or_none()
        if found is None:
            return None
        session, user = found
        if user.removed_at is not None:
            return None
        person = person_of(look, user)
    if now - session.last_seen_at >= SEEN_EVERY:
        _note_seen(system, session.id, now)
    ends_at = min(now + system.settings.session_idle, session.started_at + _limit(system.settings, session.state))
    return Visiting(session.id, person, session.state, session.second_factor, session.started_at, ends_at)


def list_sessions(system: System, actor: Actor, session_id: int | None = None) -> list[SessionLine]:
    """Return the actor's own sessions that go on, the last used first; `session_id` is the one they ask from."""
    authorise(actor, Permission.OWN_LOG_IN)
    mine = _own(system, actor)
    with system.database.reading() as look:
        rows = look.session.scalars(select(UserSession).where(*mine).order_by(UserSession.last_seen_at.desc()))
        return [
            SessionLine(row.id, row.device, row.origin, row.started_at, row.last_seen_at, row.id == session_id)
            for row in rows
        ]


def end_session(system: System, actor: Actor, session_id: int) -> None:
    """End one of the actor's own sessions; NotFound where it is not theirs or has ended."""
    authorise(actor, Permission.OWN_LOG_IN)
    with system.database.unit_of_work() as work:
        session = work.session.scalars(
            select(UserSession).where(*_own(system, actor), UserSession.id == session_id).with_for_update()
        ).one_or_none()
        if session is None:
            raise NotFound("there is no such session")
        session.ended_at, session.ended_why = system.clock.now(), Ended.BY_PERSON
        detail = {"sessions": 1, "why": str(Ended.BY_PERSON)}
        system.record(work, actor, Action.SESSIONS_ENDED, ("user", own_id(actor)), detail)
        work.commit()


def end_other_sessions(system: System, actor: Actor, session_id: int) -> int:
    """End all of the actor's own sessions but this one, and return how many those were."""
    authorise(actor, Permission.OWN_LOG_IN)
    with system.database.unit_of_work() as work:
        ended = end_sessions_of(system, work, actor, own_id(actor), Ended.BY_PERSON, but=session_id)
        work.commit()
    return ended


def log_out(system: System, actor: Actor, session_id: int) -> None:
    """End the session that the actor is in; it may have ended already."""
    authorise(actor, Permission.OWN_LOG_IN)
    now = system.clock.now()
    with system.database.unit_of_work() as work:
        work.session.execute(
            update(UserSession)
            .where(UserSession.id == session_id, UserSession.user_id == own_id(actor), UserSession.ended_at.is_(None))
            .values(ended_at=now, ended_why=Ended.LOGGED_OUT)
        )
        system.record(work, actor, Action.LOGGED_OUT, ("user", own_id(actor)), {})
        work.commit()


def end_sessions_of(
    system: System, work: UnitOfWork, actor: Actor, user_id: int, why: Ended, *, but: int | None = None
) -> int:
    """End a person's sessions in the caller's unit, all `but` one; return how many went on until now."""
    ended = (
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), UserSession.id != (but or 0))
        .values(ended_at=system.clock.now(), ended_why=why)
        .returning(UserSession.id)
    )
    count = len(work.session.scalars(ended).all())
    if count:
        detail = {"sessions": count, "why": str(why)}
        system.record(work, actor, Action.SESSIONS_ENDED, ("user", user_id), detail)
    return count


def last_log_in() -> ScalarSelect[datetime]:
    """Return the column that says when a user last came all the way in, for a query of users; None where not lately.

    Sessions go by retention: what is older is not known any more.
    """
    came_in = (UserSession.user_id == User.id, UserSession.state == SessionState.OPEN)
    return select(func.max(UserSession.started_at)).where(*came_in).correlate(User).scalar_subquery()


def _own(system: System, actor: Actor) -> list[ColumnElement[bool]]:
    # Whoever has given the password alone is shown nothing, and is not shown either.
    going_on = _going_on(system.settings, system.clock.now())
    return [UserSession.user_id == own_id(actor), UserSession.state != SessionState.CODE_AWAITED, *going_on]


def _going_on(settings: Settings, now: datetime) -> list[ColumnElement[bool]]:
    waiting = UserSession.state != SessionState.CODE_AWAITED
    return [
        UserSession.ended_at.is_(None),
        UserSession.last_seen_at > now - settings.session_idle,
        UserSession.started_at > now - settings.session_limit,
        waiting | (UserSession.started_at > now - CODE_WITHIN),
    ]


def _limit(settings: Settings, state: SessionState) -> timedelta:
    return min(CODE_WITHIN, settings.session_limit) if state is SessionState.CODE_AWAITED else settings.session_limit


def _note_seen(system: System, session_id: int, now: datetime) -> None:
    with suppress(Busy), system.database.unit_of_work() as work:
        # Not where it ended in the meantime: the moment of the end is the last that is told of it.
        seen = update(UserSession).where(UserSession.id == session_id, UserSession.ended_at.is_(None))
        work.session.execute(seen.values(last_seen_at=now))
        work.commit()
