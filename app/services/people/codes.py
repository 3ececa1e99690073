"""Codes of the second factor: of an app (TOTP, RFC 6238), and recovery codes for when the app is lost."""

import hmac
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import delete, func, select, update

from app.audit.events import Action
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.people import MailKind
from app.models.accounts import User
from app.models.people import RecoveryCode, SecondFactor
from app.services.people.mail import put_mail
from app.services.people.secrets import SecretRing
from app.services.people.throttle import NOTHING, Slowed, count, counter, failures_of, forget, hold
from app.services.people.tokens import digest_of
from app.services.system import System

STEP_SECONDS = 30
# A clock may be one step off; a code lives for a minute and a half.
NEAR = (0, -1, 1)
# After so many wrong codes with the right password their owner is told.
TOLD_EVERY = 5
RECOVERY_CODES, RECOVERY_BYTES = 10, 10  # 80 bits each: nobody tries those out


@dataclass(frozen=True)
class CodeAnswer:
    """Whether a code was right and, where it was not, how long the next one waits."""

    right: bool
    wait: timedelta = NOTHING


def has_second_factor(look: Reading, user_id: int) -> bool:
    """Say whether a person's second factor was set up to the end."""
    factor = look.session.get(SecondFactor, user_id)
    return factor is not None and factor.confirmed_at is not None


def try_code(
    system: System, work: UnitOfWork, actor: Actor, user: User, code: str, known_device: str = ""
) -> CodeAnswer:
    """Take a code of the person's app, or a recovery code, from one who gave the right password.

    Wrong ones slow the next down, and the person is told by mail, since somebody knows the password. A recovery code,
    which nobody guesses, passes in any case. The token of a `known_device` is slowed by its own wrong codes alone.
    """
    now = system.clock.now()
    if take_recovery_code(system, work, actor, user.id, code):
        return CodeAnswer(right=True)
    whose = f"{user.id}:{digest_of(known_device)}" if known_device else str(user.id)
    guesses = [counter(SecretRing(system.settings.key_dir), Slowed.CODES, whose)]
    wait = hold(work, guesses, now)
    if wait > NOTHING:
        return CodeAnswer(right=False, wait=wait)
    if take_app_code(system, work, user.id, code):
        forget(work, guesses)
        return CodeAnswer(right=True)
    count(work, guesses, now)
    if failures_of(work, guesses[0]) % TOLD_EVERY == 0:
        put_mail(work, MailKind.CODES_TRIED, user.email, now)
    return CodeAnswer(right=False, wait=max(NOTHING, hold(work, guesses, now)))


def take_app_code(system: System, work: UnitOfWork, user_id: int, code: str, *, confirmed: bool = True) -> bool:
    """Say whether this is a code of the person's app, newer than the last that was taken, and use it up."""
    factor = work.session.get(SecondFactor, user_id)
    digits = "".join(code.split())
    if factor is None or (factor.confirmed_at is None) is confirmed:
        return False
    secret = SecretRing(system.settings.key_dir).open(factor.sealed, f"totp:{user_id}")
    step = _step_of(secret, digits, system.clock.now())
    if step is None:
        return False
    newer = update(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
    return work.session.scalar(newer.values(last_step=step).returning(SecondFactor.user_id)) is not None


def is_recovery_code(look: Reading, user_id: int, code: str) -> bool:
    """Say whether this is a recovery code of the person that was not used; asking does not use it."""
    query = select(RecoveryCode.id).where(
        RecoveryCode.user_id == user_id, RecoveryCode.digest == _digest(code), RecoveryCode.used_at.is_(None)
    )
    return look.session.scalar(query) is not None


def take_recovery_code(system: System, work: UnitOfWork, actor: Actor, user_id: int, code: str) -> bool:
    """As `is_recovery_code`, and use it up; the trail says how many are left."""
    used = (
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.digest == _digest(code), RecoveryCode.used_at.is_(None))
        .values(used_at=system.clock.now())
        .returning(RecoveryCode.id)
    )
    if work.session.scalar(used) is None:
        return False
    left = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    detail = {"left": work.session.scalar(left)}
    system.record(work, actor, Action.RECOVERY_CODE_USED, ("user", user_id), detail)
    return True


def new_recovery_codes(work: UnitOfWork, user_id: int) -> list[str]:
    """Return new recovery codes of a person; those before are good no more."""
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = []
    for _ in range(RECOVERY_CODES):
        plain = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
        codes.append("-".join(plain[at : at + 4] for at in range(0, len(plain), 4)))
    work.session.add_all(RecoveryCode(user_id=user_id, digest=_digest(code)) for code in codes)
    work.session.flush()
    return codes


def drop_second_factor(work: UnitOfWork, user_id: int) -> bool:
    """Delete what is kept of a person's second factor; false where there was none."""
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    gone = delete(SecondFactor).where(SecondFactor.user_id == user_id).returning(SecondFactor.user_id)
    return work.session.scalar(gone) is not None


def _step_of(secret: str, digits: str, now: datetime) -> int | None:
    """Return the time step whose code this is, the present one first."""
    present = int(now.timestamp()) // STEP_SECONDS
    app, given = pyotp.TOTP(secret), digits.encode(errors="replace")
    good = [present + near for near in NEAR if hmac.compare_digest(app.generate_otp(present + near).encode(), given)]
    return good[0] if good else None


def _digest(code: str) -> str:
    """However it is written: with dashes, spaces or capitals."""
    return digest_of("".join(letter for letter in code.lower() if letter.isalnum()))
