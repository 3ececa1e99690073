"""How many mails strangers may cause: to one address, and from one."""

from app.db.unit_of_work import UnitOfWork
from app.domain.people import email_key
from app.services.people.secrets import SecretRing
from app.services.people.throttle import NOTHING, Slowed, count, counter, forget, hold
from app.services.people.visits import Visit
from app.services.system import System


def may_mail(system: System, work: UnitOfWork, email: str, by: Visit | int) -> bool:
    """Say whether one more mail may go to an address, and count it; `by` a visitor, who is not told, or an account.

    Nobody is kept from a link for long: the pauses end at a quarter of an hour, and the links before stay good.
    """
    ring, now = SecretRing(system.settings.key_dir), system.clock.now()
    causing = counter(ring, Slowed.MAIL_BY, by) if isinstance(by, int) else counter(ring, Slowed.MAIL_FROM, by.source)
    counters = [counter(ring, Slowed.MAIL_TO, email_key(email)), causing]
    if hold(work, counters, now) > NOTHING:
        return False
    count(work, counters, now)
    return True


def note_mail_read(system: System, work: UnitOfWork, email: str) -> None:
    """Begin to count anew: somebody used a link, so the address is theirs and its mail is read."""
    forget(work, [counter(SecretRing(system.settings.key_dir), Slowed.MAIL_TO, email_key(email))])
