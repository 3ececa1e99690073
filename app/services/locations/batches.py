"""Several locations said at once by a program: judged in one go, and kept all or none, or the good ones alone."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from app.audit.events import Action
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import Problem, Refused
from app.services.access import authorise_account
from app.services.geocoding import look_up
from app.services.locations.judgement import ACCEPTED, FOR_REVIEW, REFUSED, UNCHANGED, Judgement
from app.services.locations.registering import STORED, judge_for, register_location
from app.services.locations.storing import Store
from app.services.system import System
from validators.location import Location


def check_locations(system: System, actor: Actor, account_id: int, locations: Sequence[Location]) -> list[Judgement]:
    """Return the judgement on each location, in order; nothing is stored."""
    authorise_account(actor, Permission.REGISTER_LOCATION, account_id)
    act = look_up(system, locations)
    with system.database.reading() as look:
        return _each_once(judge_for(system, look, actor, account_id, act).judge(locations))


def register_locations(
    system: System, actor: Actor, account_id: int, locations: Sequence[Location], *, skip_bad: bool = False
) -> list[Judgement]:
    """Store where some numbers are used and return the judgement on each, in order.

    Without `skip_bad` one that is refused means that none is stored: Refused, with every finding and its row,
    counted from 1.
    """
    if len(locations) == 1 and not skip_bad:
        try:
            return [register_location(system, actor, account_id, locations[0])]
        except Refused as refused:
            raise Refused([replace(problem, row=1) for problem in refused.problems]) from refused
    authorise_account(actor, Permission.REGISTER_LOCATION, account_id)
    act = look_up(system, locations)
    with system.database.unit_of_work() as work:
        judge = judge_for(system, work, actor, account_id, act)
        judged = _each_once(judge.judge(locations))
        if not skip_bad and any(item.standing == REFUSED for item in judged):
            raise Refused(
                [replace(problem, row=row) for row, item in enumerate(judged, 1) for problem in item.problems]
            )
        chosen = [item for item in judged if item.standing in STORED]
        Store(system, work, actor, account_id).store(chosen, judge.known)
        _note(system, work, actor, account_id, judged)
        work.commit()
    return judged


def _each_once(judged: Sequence[Judgement]) -> list[Judgement]:
    """Refuse a number that was said before in the same call: which of the two is true, nobody knows."""
    seen: dict[str, int] = {}
    found = []
    for row, item in enumerate(judged, 1):
        first = seen.get(item.number or "")
        if first is not None:
            twice = Problem("U11", "number", "error", f"This number stands in row {first} already.")
            found.append(replace(item, standing=REFUSED, problems=(*item.problems, twice), sent=None))
            continue
        if item.number and item.standing != REFUSED:
            seen[item.number] = row
        found.append(item)
    return found


def _note(system: System, work: UnitOfWork, actor: Actor, account_id: int, judged: Sequence[Judgement]) -> None:
    """One entry for all of them, with the digest of what was said."""
    digest = hashlib.sha256()
    for item in judged:
        digest.update(repr(item.location).encode())
    standings = [item.standing for item in judged]
    counts = {name: standings.count(name) for name in (ACCEPTED, UNCHANGED, FOR_REVIEW, REFUSED)}
    detail = {"rows": len(judged), **counts, "digest": digest.hexdigest()}
    system.record(work, actor, Action.LOCATIONS_IMPORTED, ("account", account_id), detail)
