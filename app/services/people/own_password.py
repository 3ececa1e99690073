"""The own password, asked for again before what a session left open must not be enough for."""

from app.domain.actors import Actor
from app.errors import Problem, Refused
from app.models.accounts import User
from app.services.people.acting import own_id
from app.services.people.password_hashes import is_password
from app.services.people.secrets import SecretRing
from app.services.people.throttle import NOTHING, Slowed, count, counter, forget, hold
from app.services.system import System


def check_own_password(system: System, actor: Actor, password: str) -> str:
    """Return the kept hash of the actor's own password; Refused where it is not right (B12), or guessed at (B14)."""
    guesses = [counter(SecretRing(system.settings.key_dir), Slowed.OWN, own_id(actor))]
    with system.database.unit_of_work() as work:
        now = system.clock.now()
        wait = hold(work, guesses, now)
        if wait > NOTHING:
            message = f"Too many wrong passwords. Try again in {int(wait.total_seconds()) + 1} seconds."
            raise Refused([Problem("B14", "password", "error", message)])
        count(work, guesses, now)
        user = work.session.get(User, own_id(actor))
        kept = None if user is None else user.password_hash
        work.commit()
    # Outside of any unit: it takes its time.
    if kept is None or not is_password(kept, password):
        raise Refused([Problem("B12", "password", "error", "This is not your password. Enter it once more.")])
    with system.database.unit_of_work() as work:
        forget(work, guesses)
        work.commit()
    return kept
