"""A further number that is registered already: where it is, so that nobody moves it without meaning to."""

from app.domain.statuses import Status
from app.errors import NotFound
from app.services.locations.registering import current_location
from app.services.overview import number_id_of, number_line
from app.web.desk import the_actor, the_system
from validators.numbers import read_number

# Nothing is registered that a further word would move.
NOT_REGISTERED = frozenset((Status.CEASED, Status.BARRED, Status.NEEDS_ADDRESS))


def registered_at(number: str) -> str:
    """Return where a number that was typed is registered, on one line; '' where the customer has no record of it.

    Of another account's number nothing is said here: the rules refuse it (N05).
    """
    system, actor = the_system(), the_actor()
    if read_number(number) is None:
        return ""
    try:
        line = number_line(system, actor, number_id_of(system, actor, number))
        if line.status in NOT_REGISTERED or not (line.wanted or line.held):
            return ""
        place = current_location(system, actor, number)
    except NotFound:
        return ""
    return ", ".join(part for part in (place.premises, place.thoroughfare, place.postcode) if part)
