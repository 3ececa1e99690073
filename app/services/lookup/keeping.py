"""What the scheduler does for look-ups: a fresh copy each day, and the journal into the trail."""

from datetime import timedelta
from pathlib import Path

from app.domain.actors import SCHEDULER
from app.services.lookup.copying import CopyMade, made_at, write_copy
from app.services.lookup.journal import hand_in
from app.services.system import System

FRESH_FOR = timedelta(days=1)


def keep_look_ups(system: System) -> CopyMade | None:
    """Make the copy of ELD_LOOKUP_COPY anew where it is a day old or is not there; hand the journals in."""
    hand_in(system, SCHEDULER)
    if not system.settings.lookup_copy:
        return None
    path = Path(system.settings.lookup_copy)
    made = made_at(path)
    if made is not None and system.clock.now() - made < FRESH_FOR:
        return None
    return write_copy(system, SCHEDULER, path)
