"""What is said of many numbers at once, put over what each of them has."""

from collections.abc import Collection
from dataclasses import replace

from app.services.locations.registering import ADDRESS_FIELDS
from validators.columns import PAF_COLUMNS, Location

ADDRESS = (*ADDRESS_FIELDS, *PAF_COLUMNS)
IN_PARTS = ("premises", "thoroughfare", "locality", "post_town", "postcode")
IDENTIFIED = tuple(name for name in ADDRESS if name not in IN_PARTS)
NAME = ("title", "forename", "name", "honours", "business_suffix")
OF_VOIP = ("voip_acknowledged", "nomadic")
OTHERS = tuple(name for name in Location.__dataclass_fields__ if name not in {*ADDRESS, *NAME, *OF_VOIP, "number"})


def moved_to(own: Location, said: Location) -> Location:
    """Return what is said of a number that is in use: an address and a name count as a whole, the rest by itself."""
    changes: dict[str, str] = {}
    for group in (ADDRESS, NAME):
        if any(getattr(said, name).strip() for name in group):
            changes |= {name: getattr(said, name) for name in group}
    changes |= {name: text for name in OTHERS if (text := getattr(said, name)).strip()}
    return replace(own, **changes, **_of_voip(own, said))


def mended(own: Location, location: Location, said: Collection[str]) -> Location:
    """Return what a number had, with some columns changed; what identified the address of before goes with it.

    A postcode with other parts of an address is a whole address: no locality of the old one is left in the new.
    """
    changes = {name: getattr(location, name) for name in said}
    if "postcode" in changes and len(changes.keys() & set(IN_PARTS)) > 1:
        changes = dict.fromkeys(IN_PARTS, "") | changes
    if any(changes.get(name, getattr(own, name)).strip() != getattr(own, name).strip() for name in IN_PARTS):
        changes = dict.fromkeys(IDENTIFIED, "") | changes
    return replace(own, **(_of_voip(own, location) | changes))


def _of_voip(own: Location, said: Location) -> dict[str, str]:
    """Return what is said of VoIP: what was said before is kept with the line that it was said of."""
    new_line = said.line_type.strip().upper()
    if new_line and new_line != own.line_type:
        return {name: getattr(said, name) for name in OF_VOIP}
    return {name: text for name in OF_VOIP if (text := getattr(said, name)).strip()}
