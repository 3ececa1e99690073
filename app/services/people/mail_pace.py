"""How many mails strangers may cause: to one address, and from one."""

from app.db.unit_of_work import UnitOfWork
from app.domain.people import email_key
from app.services.people.secrets import SecretRing
from app.services.people.throttle import NOTHING, Slowed, count, counter, hold
from app.services.people.visits import Visit
from app.services.system import System


def may_mail(system: System, work: UnitOfWork, email: str, visit: Visit) -> bool:
    """Say whether one more mail may go to an address, and count it; who asked is not told.

    Nobody is kept from a link for long: the pauses end at a quarter of an hour, and the links before stay good.
    """
    ring, now = SecretRing(system.settings.key_dir), system.clock.now()
    counters = [counter(ring, Slowed.MAIL_TO, email_key(email)), counter(ring, Slowed.MAIL_FROM, visit.source)]
    if hold(work, counters, now) > NOTHING:
        return False
    count(work, counters, now)
    return True
