"""The second factor, set up, renewed and taken away: staff must have one, customers may (ASVS 5.0, 6.3.3)."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import pyotp
from sqlalchemy import func, select, update

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor, Role
from app.domain.people import Ended, MailKind, SessionState
from app.domain.permissions import Permission
from app.errors import NotAllowed, NotFound, Problem, Refused
from app.models.accounts import User
from app.models.people import RecoveryCode, SecondFactor, UserSession
from app.services.access import authorise
from app.services.people.acting import ALONE, lock_account, member_of, own_id, own_row
from app.services.people.codes import drop_second_factor, has_second_factor, new_recovery_codes, take_app_code, try_code
from app.services.people.mail import put_mail
from app.services.people.own_password import check_own_password
from app.services.people.secrets import SecretRing
from app.services.people.sessions import CODE_WITHIN, end_sessions_of
from app.services.system import System


@dataclass(frozen=True)
class NewFactor:
    """What is shown while a second factor is set up: the secret to type, and the same as a square to point at."""

    secret: str
    address: str
    svg: str


@dataclass(frozen=True)
class FactorStanding:
    """Whether the actor has a second factor, since when, and how many recovery codes are left."""

    since: datetime | None
    recovery_codes: int
    required: bool


def see_second_factor(system: System, actor: Actor) -> FactorStanding:
    """Return how it stands with the actor's own second factor."""
    authorise(actor, Permission.OWN_LOG_IN)
    left = select(func.count()).where(RecoveryCode.user_id == own_id(actor), RecoveryCode.used_at.is_(None))
    with system.database.reading() as look:
        factor = look.session.get(SecondFactor, own_id(actor))
        since = None if factor is None else factor.confirmed_at
        return FactorStanding(since, look.session.scalar(left) or 0, is_required(system, actor.role))


def is_required(system: System, role: Role) -> bool:
    """Say whether people of this role must have one (ELD_SECOND_FACTOR)."""
    return role is not Role.CUSTOMER and system.settings.second_factor == "staff"


def begin_second_factor(system: System, actor: Actor, password: str, session_id: int | None = None) -> NewFactor:
    """Make a secret for the actor's app; it counts once a code of it was given.

    Refused (B12) where the password is not right: a session left open must not be enough. Not asked for in a session
    (`session_id`) that began just now, and only to set this up. Refused (B13) where there is one already.
    """
    authorise(actor, Permission.OWN_LOG_IN)
    ring, now = SecretRing(system.settings.key_dir), system.clock.now()
    if not _came_to_set_up(system, actor, session_id):
        check_own_password(system, actor, password)
    secret = pyotp.random_base32()
    with system.database.unit_of_work() as work:
        user = own_row(work, actor)
        factor = work.session.get(SecondFactor, user.id, with_for_update=True)
        if factor is not None and factor.confirmed_at is not None:
            message = "You have a second factor already: remove it first, or let an administrator do so."
            raise Refused([Problem("B13", "code", "error", message)])
        sealed = ring.seal(secret, f"totp:{user.id}")
        if factor is None:
            work.session.add(SecondFactor(user_id=user.id, sealed=sealed, made_at=now))
        else:
            factor.sealed, factor.made_at, factor.last_step = sealed, now, 0
        work.commit()
    return factor_of(system, actor, secret)


def factor_of(system: System, actor: Actor, secret: str) -> NewFactor:
    """Return a secret as it is shown to the actor; whether it counts is not asked."""
    address = pyotp.TOTP(secret).provisioning_uri(name=actor.name, issuer_name=system.settings.cp_name)
    return NewFactor(secret, address, _square(address))


def confirm_second_factor(
    system: System, actor: Actor, code: str, session_id: int | None = None, *, shown: str | None = None
) -> list[str]:
    """Make the secret count, which the code proves to be in the app, and return recovery codes, shown this once.

    `session_id` is the session that the actor is in: it goes on, and is open from now on; all others end. `shown` is
    the secret that the actor sees. Refused (B13) where the code is not right, NotFound where that secret is not the
    one that is being set up: it was begun anew elsewhere.
    """
    authorise(actor, Permission.OWN_LOG_IN)
    with system.database.unit_of_work() as work:
        user, now = own_row(work, actor), system.clock.now()
        factor = work.session.get(SecondFactor, user.id, with_for_update=True)
        if factor is None or factor.confirmed_at is not None:
            raise NotFound("no second factor is being set up")
        if shown is not None and shown != SecretRing(system.settings.key_dir).open(factor.sealed, f"totp:{user.id}"):
            raise NotFound("another second factor is being set up")
        if not take_app_code(system, work, user.id, code, confirmed=False):
            raise _wrong_code()
        factor.confirmed_at = now
        codes = new_recovery_codes(work, user.id)
        work.session.execute(
            update(UserSession)
            .where(UserSession.id == session_id, UserSession.user_id == user.id, UserSession.ended_at.is_(None))
            .values(state=SessionState.OPEN, second_factor=True)
        )
        detail = {"recovery_codes": len(codes)}
        system.record(work, actor, Action.SECOND_FACTOR_SET_UP, ("user", user.id), detail)
        end_sessions_of(system, work, actor, user.id, Ended.FACTOR, but=session_id)
        put_mail(work, MailKind.SECOND_FACTOR_CHANGED, user.email, now, how="set up", at=now.isoformat())
        work.commit()
    return codes


def make_recovery_codes(system: System, actor: Actor, password: str) -> list[str]:
    """Return new recovery codes, shown this once; those before are good no more."""
    authorise(actor, Permission.OWN_LOG_IN)
    check_own_password(system, actor, password)
    with system.database.unit_of_work() as work:
        user, now = own_row(work, actor), system.clock.now()
        if not has_second_factor(work, user.id):
            raise NotFound("there is no second factor")
        codes = new_recovery_codes(work, user.id)
        detail = {"recovery_codes": len(codes)}
        system.record(work, actor, Action.RECOVERY_CODES_MADE, ("user", user.id), detail)
        how = "given new recovery codes"
        put_mail(work, MailKind.SECOND_FACTOR_CHANGED, user.email, now, how=how, at=now.isoformat())
        work.commit()
    return codes


def remove_second_factor(system: System, actor: Actor, password: str, code: str) -> None:
    """Take the actor's own second factor away, proved by password and code (an app's or a recovery code)."""
    authorise(actor, Permission.OWN_LOG_IN)
    check_own_password(system, actor, password)
    with system.database.unit_of_work() as work:
        user = own_row(work, actor)
        if is_required(system, user.role):
            raise NotAllowed("staff have a second factor; an administrator can have it set up anew")
        right = try_code(system, work, actor, user, code).right
        if right:
            _remove(system, work, actor, user)
        work.commit()  # a wrong code is counted
    if not right:
        raise _wrong_code()


def reset_second_factor(system: System, actor: Actor, user_id: int) -> None:
    """Take another person's second factor away, who lost it: an owner in their account, an administrator anybody's.

    Nobody's own (U7): they would need only a session left open. The person's sessions end.
    """
    authorise(actor, Permission.MANAGE_PEOPLE)
    if actor.user_id == user_id:
        raise NotAllowed("nobody resets their own second factor: another owner or administrator does")
    with system.database.unit_of_work() as work:
        if actor.role is Role.CUSTOMER:
            account_id = actor.account_id or 0
            lock_account(work, actor, account_id)
            user = member_of(work, account_id, user_id)
        else:
            own_row(work, actor)
            found = work.session.get(User, user_id, with_for_update=ALONE)
            if found is None or found.removed_at is not None:
                raise NotFound("there is no such person")
            user = found
        _remove(system, work, actor, user)
        end_sessions_of(system, work, actor, user.id, Ended.FACTOR)
        work.commit()


def _came_to_set_up(system: System, actor: Actor, session_id: int | None) -> bool:
    began = select(UserSession.id).where(
        UserSession.id == session_id,
        UserSession.user_id == actor.user_id,
        UserSession.state == SessionState.TO_SET_UP,
        UserSession.ended_at.is_(None),
        UserSession.started_at > system.clock.now() - CODE_WITHIN,
    )
    with system.database.reading() as look:
        return look.session.scalar(began) is not None


def _remove(system: System, work: UnitOfWork, actor: Actor, user: User) -> None:
    if not drop_second_factor(work, user.id):
        raise NotFound("there is no second factor")
    now = system.clock.now()
    system.record(work, actor, Action.SECOND_FACTOR_REMOVED, ("user", user.id), {})
    put_mail(work, MailKind.SECOND_FACTOR_CHANGED, user.email, now, how="removed", at=now.isoformat())


def _wrong_code() -> Refused:
    message = "This code is not right, or was used already. Wait for the app to show the next one, and enter that."
    return Refused([Problem("B13", "code", "error", message)])


def _square(address: str) -> str:
    """Return the address as a QR code in SVG, without style or script, so that the page's policy shows it."""
    import qrcode  # noqa: PLC0415  seldom needed
    from qrcode.image.svg import SvgPathImage  # noqa: PLC0415

    drawn = BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=4).save(drawn)
    return drawn.getvalue().decode()
