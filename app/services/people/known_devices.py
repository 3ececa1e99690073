"""Devices that a person logged in from before: guesses made elsewhere do not slow them down."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select

from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.people import MailKind
from app.models.accounts import User
from app.models.people import KnownDevice
from app.services.people.mail import put_mail
from app.services.people.tokens import digest_of, new_token
from app.services.people.visits import Visit

KNOWN_FOR = timedelta(days=180)


def is_known_device(look: Reading, user_id: int, visit: Visit, now: datetime) -> bool:
    """Say whether this person logged in from this device in the last half year."""
    if not visit.device_token:
        return False
    seen = select(KnownDevice.id).where(
        KnownDevice.digest == digest_of(visit.device_token),
        KnownDevice.user_id == user_id,
        KnownDevice.last_seen_at > now - KNOWN_FOR,
    )
    return look.session.scalar(seen) is not None


def welcome_device(work: UnitOfWork, user: User, visit: Visit, now: datetime) -> str:
    """Return the token that the device is to keep; where it is new, the person is told by mail.

    Not at the first log-in of all, which is no news to anybody.
    """
    if visit.device_token:
        known = select(KnownDevice).where(
            KnownDevice.digest == digest_of(visit.device_token), KnownDevice.user_id == user.id
        )
        device = work.session.scalars(known).one_or_none()
        if device is not None:
            device.last_seen_at = now
            return visit.device_token
    if work.session.scalar(select(exists().where(KnownDevice.user_id == user.id))):
        origin = visit.address or "an unknown address"
        put_mail(work, MailKind.NEW_LOG_IN, user.email, now, device=visit.device, origin=origin, at=now.isoformat())
    return remember_device(work, user.id, now)


def remember_device(work: UnitOfWork, user_id: int, now: datetime) -> str:
    """Return a token by which the device is known from now on."""
    token = new_token()
    work.session.add(KnownDevice(user_id=user_id, digest=digest_of(token), first_seen_at=now, last_seen_at=now))
    return token


def forget_devices(work: UnitOfWork, user_id: int) -> None:
    """Know none of a person's devices any more."""
    work.session.execute(delete(KnownDevice).where(KnownDevice.user_id == user_id))
