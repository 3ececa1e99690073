"""Logging in: password, then a code where there is a second factor, and guesses that grow slow without locking out.

Whoever is not slowed down answers in the time that one password takes to check, whether there is such a person or not.
A slowed try is not looked at, unless it comes from a device that the person used before, or brings a right code along:
so nobody is kept out of their log-in by somebody else's guesses.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor, Role
from app.domain.people import AccessKind, Ended, SessionState, email_key
from app.models.accounts import User
from app.models.people import UserSession
from app.services.accounts import Person, person_of
from app.services.people.access_log import note_log_in
from app.services.people.acting import ALONE
from app.services.people.codes import (
    CodeAnswer,
    has_second_factor,
    is_recovery_code,
    take_app_code,
    take_recovery_code,
    try_code,
)
from app.services.people.known_devices import is_known_device, welcome_device
from app.services.people.password_hashes import hash_password, is_outdated, is_password
from app.services.people.second_factor import is_required
from app.services.people.secrets import SecretRing
from app.services.people.sessions import begin_session, find_session
from app.services.people.throttle import NOTHING, Counter, Slowed, count, counter, forget, hold, uncount
from app.services.people.tokens import digest_of
from app.services.people.visits import Visit
from app.services.system import System

NOBODY = 0  # asked for in place of one who is not known, so that it takes as many questions


class Brought(StrEnum):
    """What a slowed try brought along that lets it be looked at."""

    NOTHING = ""
    APP_CODE = "app-code"  # used up by it
    RECOVERY_CODE = "recovery-code"  # to be used up once it lets in


class Step(StrEnum):
    """What comes next."""

    IN = "in"
    CODE = "code"  # the password was right: the session waits for the code
    SET_UP = "set-up"  # logged in, but a second factor has to be set up before anything else
    WRONG = "wrong"  # which of the two is not said
    WAIT = "wait"  # not looked at: too many guesses; with a right code in the same try it would be


@dataclass(frozen=True)
class LogInAnswer:
    """What came of a try; the tokens go into cookies, and `wait` says how long the next try waits."""

    step: Step
    person: Person | None = None
    session_token: str = ""
    device_token: str = ""
    wait: timedelta = NOTHING
    code_wrong: bool = False


@dataclass(frozen=True)
class _Try:
    """A try that is looked at: whose password it might be, and what is counted until it proves right."""

    user_id: int
    kept: str | None
    counted: tuple[Counter, ...]
    known_device: bool
    brought: Brought


def log_in(system: System, email: str, password: str, visit: Visit, code: str = "") -> LogInAnswer:
    """Try to log in; both what succeeds and what fails is in the trail and in the access log."""
    begun = _begin(system, email, visit, code)
    if isinstance(begun, timedelta):
        return LogInAnswer(Step.WAIT, wait=begun)
    # Outside of any unit: a tenth of a second in which others can write.
    right = is_password(begun.kept, password)
    new_hash = hash_password(password) if right and begun.kept and is_outdated(begun.kept) else None
    with system.database.unit_of_work() as work:
        # Asked where there is nobody as well: as many questions, whoever it is.
        user = work.session.scalars(
            select(User).where(User.id == begun.user_id).with_for_update(key_share=True)
        ).one_or_none()
        # The password may have been changed, or the person removed, while it was checked.
        if not right or user is None or user.removed_at is not None or user.password_hash != begun.kept:
            _note_failure(system, work, user, visit, "password")
            work.commit()
            return LogInAnswer(Step.WRONG)
        uncount(work, begun.counted)
        user.password_hash = new_hash or user.password_hash
        answer = _after_password(system, work, user, visit, code, begun)
        work.commit()
    return answer


def give_code(system: System, session_token: str, code: str, visit: Visit) -> LogInAnswer:
    """Give the code that a log-in waits for; ten minutes after the password one begins again."""
    waiting = find_session(system, session_token)
    if waiting is None or waiting.state is not SessionState.CODE_AWAITED:
        return LogInAnswer(Step.WRONG)
    with system.database.unit_of_work() as work:
        now = system.clock.now()
        # The person before the session, as whoever ends sessions locks them.
        user = work.session.get_one(User, waiting.person.id, with_for_update=ALONE)
        session = work.session.get_one(UserSession, waiting.session_id, with_for_update=True)
        if session.ended_at is not None or user.removed_at is not None:
            return LogInAnswer(Step.WRONG)
        actor = person_of(work, user).actor(visit.address)
        known = visit.device_token if is_known_device(work, user.id, visit, now) else ""
        tried = try_code(system, work, actor, user, code, known)
        if tried.right:
            session.ended_at, session.ended_why = now, Ended.WENT_ON
            answer = _let_in(system, work, user, visit, with_code=True)
        else:
            _note_failure(system, work, user, visit, "code")
            answer = LogInAnswer(Step.CODE, session_token=session_token, wait=tried.wait, code_wrong=True)
        work.commit()
    return answer


def _begin(system: System, email: str, visit: Visit, code: str) -> _Try | timedelta:
    """Count the try before it is looked at; return how long it has to wait, where it has to."""
    ring, now = SecretRing(system.settings.key_dir), system.clock.now()
    key = email_key(email)
    with system.database.unit_of_work() as work:
        user = work.session.scalars(select(User).where(User.email_key == key, User.removed_at.is_(None))).one_or_none()
        user_id = NOBODY if user is None else user.id
        known = is_known_device(work, user_id, visit, now)
        if known:
            counters = [counter(ring, Slowed.DEVICE, digest_of(visit.device_token))]
        else:
            counters = [counter(ring, Slowed.SOURCE, visit.source), counter(ring, Slowed.NAME, key)]
        wait = hold(work, counters, now)
        brought = Brought.NOTHING
        if wait > NOTHING and code:
            brought = _brought(system, work, counter(ring, Slowed.BROUGHT, key), user_id, code)
        if wait > NOTHING and brought is Brought.NOTHING:
            work.commit()
            return wait
        count(work, counters, now)
        kept = None if user is None else user.password_hash
        work.commit()
    return _Try(user_id, kept, tuple(counters), known, brought)


def _brought(system: System, work: UnitOfWork, wrong_ones: Counter, user_id: int, code: str) -> Brought:
    """Return what a slowed try brings along.

    The code of an app is used up by it: one code, one guess at the password. Wrong codes are counted here too.
    """
    if is_recovery_code(work, user_id, code):
        return Brought.RECOVERY_CODE
    now = system.clock.now()
    if hold(work, [wrong_ones], now) > NOTHING:
        return Brought.NOTHING
    if take_app_code(system, work, user_id, code):
        return Brought.APP_CODE
    count(work, [wrong_ones], now)
    return Brought.NOTHING


def _after_password(system: System, work: UnitOfWork, user: User, visit: Visit, code: str, begun: _Try) -> LogInAnswer:
    """Let the person in, or ask for what is missing."""
    now = system.clock.now()
    if not has_second_factor(work, user.id):
        return _let_in(system, work, user, visit, with_code=False)
    actor = person_of(work, user).actor(visit.address)
    tried = CodeAnswer(right=begun.brought is Brought.APP_CODE)
    if begun.brought is Brought.RECOVERY_CODE:
        # Of two tries that brought the same one, one gets in.
        tried = CodeAnswer(right=take_recovery_code(system, work, actor, user.id, code))
    elif code and not tried.right:
        tried = try_code(system, work, actor, user, code, visit.device_token if begun.known_device else "")
    if tried.right:
        return _let_in(system, work, user, visit, with_code=True)
    if code:
        _note_failure(system, work, user, visit, "code")
    token = begin_session(work, user.id, SessionState.CODE_AWAITED, visit, now)
    return LogInAnswer(Step.CODE, session_token=token, wait=tried.wait, code_wrong=bool(code))


def _let_in(system: System, work: UnitOfWork, user: User, visit: Visit, *, with_code: bool) -> LogInAnswer:
    now, person = system.clock.now(), person_of(work, user)
    to_set_up = not with_code and is_required(system, user.role)
    state = SessionState.TO_SET_UP if to_set_up else SessionState.OPEN
    token = begin_session(work, user.id, state, visit, now, second_factor=with_code)
    device = welcome_device(work, user, visit, now)
    ring = SecretRing(system.settings.key_dir)
    forget(work, [counter(ring, Slowed.NAME, user.email_key), counter(ring, Slowed.DEVICE, digest_of(device))])
    note_log_in(work, AccessKind.LOGGED_IN, user, visit, now)
    detail = {"second_factor": with_code}
    system.record(work, person.actor(visit.address), Action.LOGGED_IN, ("user", user.id), detail)
    return LogInAnswer(Step.SET_UP if to_set_up else Step.IN, person, token, device)


def _note_failure(system: System, work: UnitOfWork, user: User | None, visit: Visit, reason: str) -> None:
    # As a visitor: who failed has not proved to be the person.
    actor = Actor("web", Role.CUSTOMER, origin=visit.address)
    known = user if user is not None and user.removed_at is None else None
    subject = ("user", 0 if known is None else known.id)
    system.record(work, actor, Action.LOG_IN_FAILED, subject, {"reason": reason})
    note_log_in(work, AccessKind.REFUSED, known, visit, system.clock.now())
