"""Links that are good once: waiting until their mail is written, then known by the digest of their token alone."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.people import LinkKind
from app.errors import Problem, Refused
from app.models.people import OneTimeLink
from app.services.people.tokens import digest_of, new_token

# From the moment that its mail is written.
GOOD_FOR = {
    LinkKind.SIGN_UP: timedelta(hours=24),
    LinkKind.INVITATION: timedelta(days=7),
    LinkKind.NEW_EMAIL: timedelta(hours=24),
    LinkKind.RESET: timedelta(hours=1),
}
# Where the mail cannot be sent for so long, whoever asked has given up.
MAILED_WITHIN = timedelta(hours=24)


class LinkSpent(Refused):
    """The link is unknown, used, withdrawn or too old: which of these is not said."""

    def __init__(self) -> None:
        message = "This link cannot be used: it was used before, or is too old. Ask for a new one."
        super().__init__([Problem("B10", "link", "error", message)])


def make_link(work: UnitOfWork, kind: LinkKind, email: str, now: datetime, **facts: Any) -> OneTimeLink:
    """Put a link down that has no token yet; the mail's writing gives it one."""
    link = OneTimeLink(kind=kind, email=email, created_at=now, expires_at=now + MAILED_WITHIN, **facts)
    work.session.add(link)
    work.session.flush()
    return link


def give_token(link: OneTimeLink, now: datetime) -> str:
    """Return a token for the link, good from now on; one that it had before is good no more."""
    token = new_token()
    link.digest, link.expires_at = digest_of(token), now + GOOD_FOR[link.kind]
    return token


def find_link(look: Reading, kind: LinkKind, token: str, now: datetime) -> OneTimeLink | None:
    """Return the link of a token while it is good; looking does not use it."""
    return look.session.scalars(
        select(OneTimeLink).where(
            OneTimeLink.digest == digest_of(token),
            OneTimeLink.kind == kind,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.revoked_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    ).one_or_none()


def use_link(work: UnitOfWork, kind: LinkKind, token: str, now: datetime) -> OneTimeLink:
    """Return the link of a token and use it up; LinkSpent where it is not good. Of two at once one gets it."""
    used = (
        update(OneTimeLink)
        .where(
            OneTimeLink.digest == digest_of(token),
            OneTimeLink.kind == kind,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.revoked_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeLink.id)
    )
    link_id = work.session.scalar(used)
    if link_id is None:
        raise LinkSpent
    return work.session.get_one(OneTimeLink, link_id, populate_existing=True)


def revoke_invitations_by(work: UnitOfWork, user_id: int, now: datetime) -> None:
    """Make the invitations that a person sent good no more."""
    work.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.made_by == user_id, OneTimeLink.kind == LinkKind.INVITATION, OneTimeLink.used_at.is_(None))
        .values(revoked_at=now)
    )


def revoke_links(work: UnitOfWork, user_id: int, now: datetime, *kinds: LinkKind) -> None:
    """Make a person's links of these kinds good no more."""
    work.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.user_id == user_id, OneTimeLink.kind.in_(kinds), OneTimeLink.used_at.is_(None))
        .values(revoked_at=now)
    )
