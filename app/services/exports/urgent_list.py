"""The urgent corrections that wait, as people see them: each with the one in flight that it waits for."""

from typing import Any

from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.references import transaction_number
from app.services.access import authorise, note_reading
from app.services.exports.urgent import waiting_urgent
from app.services.system import System


def list_urgent(system: System, actor: Actor) -> list[dict[str, Any]]:
    """Return what is urgent and has not gone, the oldest first.

    Each is `number`, `number_id`, `incident`, `since`, `waits_for` and `waits_for_id`: the reference of what is in
    flight for the number and the number in it, empty where nothing is and it goes within the minute.
    """
    authorise(actor, Permission.SEE_FILES)
    with system.database.reading() as look:
        found = [
            {
                "number": item.number,
                "number_id": item.number_id,
                "incident": item.incident,
                "since": item.since.isoformat(),
                "waits_for": item.waits_for,
                "waits_for_id": item.waits_for and transaction_number(item.waits_for),
            }
            for item in waiting_urgent(look)
        ]
    note_reading(system, actor, "urgent", ("installation", 1), len(found))
    return found
