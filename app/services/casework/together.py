"""Several cases at once: taken, given, noted on or closed, each by itself.

Cases are independent of each other: what stands in the way of one is no reason to leave the others lying. So each is
done in a unit of its own, and whoever asked is told which were not, and why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import Busy, Conflict, NotFound
from app.models.replies import Case
from app.services.access import authorise, note_reading
from app.services.cases.json import case_document, case_rows
from app.services.casework.listing import IN_ORDER
from app.services.casework.working import close_case, give_case, note_case, take_case
from app.services.system import System


class Act(StrEnum):
    """What can be done to several cases at once."""

    TAKE = "take"
    GIVE = "give"
    NOTE = "note"
    CLOSE = "close"


@dataclass(frozen=True)
class Together:
    """What became of it: the cases that were done, and of each other one why not."""

    done: list[int]
    refused: list[tuple[int, str]]


def chosen_cases(system: System, actor: Actor, ids: Iterable[int]) -> list[dict[str, Any]]:
    """Return the CASE documents of some cases, the most urgent first; ids that no case has are left out."""
    authorise(actor, Permission.WORK_CASES)
    with system.database.reading() as look:
        rows = look.session.execute(case_rows().where(Case.id.in_(list(ids))).order_by(*IN_ORDER))
        found = [case_document(system, row) for row in rows]
    note_reading(system, actor, "cases", ("installation", 1), len(found))
    return found


def work_together(system: System, actor: Actor, act: Act, seen: Mapping[int, str | None], text: str = "") -> Together:
    """Do one act to each case, in order; `seen` names the owner whom each was shown with.

    `text` is the note, the reason, or the address of whom they are given to. Refused, before anything is done, where
    the text cannot be taken.
    """
    authorise(actor, Permission.WORK_CASES)
    done: list[int] = []
    refused: list[tuple[int, str]] = []
    for case_id, owner in seen.items():
        try:
            _do(system, actor, act, case_id, text, owner)
        except (Conflict, NotFound, Busy) as no:
            refused.append((case_id, str(no)))
        else:
            done.append(case_id)
    return Together(done, refused)


def _do(system: System, actor: Actor, act: Act, case_id: int, text: str, owner: str | None) -> None:
    if act is Act.TAKE:
        take_case(system, actor, case_id, owner)
    elif act is Act.GIVE:
        give_case(system, actor, case_id, text, owner)
    elif act is Act.NOTE:
        note_case(system, actor, case_id, text)
    else:
        close_case(system, actor, case_id, text)
