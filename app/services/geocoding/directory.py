"""The local directory as a geocoder of geopy's kind: it finds the postcode that stands in an address."""

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from app.services.geocoding.query import LINES
from validators import columns
from validators.directory import Directory, DirectoryEntry
from validators.postcodes import parse_postcode

IN_TEXT = re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}[0-9][A-Z0-9]?[ ]?[0-9][A-Z]{2}(?![A-Z0-9])", re.IGNORECASE)

# "Block B1, 2nd floor" is not B1 2ND, although there is such a postcode.
ORDINAL = re.compile(r"(?:1ST|2ND|3RD|[0-9]TH)$", re.IGNORECASE)


def postcodes_in(query: str) -> list[str]:
    """Return what is written as a postcode in an address, in order."""
    found = IN_TEXT.finditer(query)
    return [each[0] for each in found if each.end() == len(query) or not ORDINAL.search(each[0])]


_written = attrgetter(*dict.fromkeys(name for names in LINES for name in names))


def names_a_postcode(location: columns.Location) -> bool:
    """Say whether an address may name a postcode beside its own: few do, and a million rows are asked."""
    return IN_TEXT.search(" ".join(" ".join(_written(location)).split())) is not None


class DirectoryGeocoder(Geocoder):  # type: ignore[misc]  # geopy ships no types
    """Answers from a validators.Directory; nothing leaves the machine.

    A postcode inside the address itself goes before the one at its end: an address that names two is the case
    which is worth a word.
    """

    def __init__(self, directory: Directory) -> None:
        super().__init__()
        self._directory = directory

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,  # noqa: ARG002  geopy's signature; a look into the directory needs none
    ) -> Any:
        """Return the centre of the first postcode of the query that the directory can place, or None."""
        places = (
            Location(entry.postcode, (entry.latitude, entry.longitude), {"postcode": entry.postcode})
            for entry in self._entries(query)
        )
        return next(places, None) if exactly_one else list(places) or None

    def _entries(self, query: str) -> Iterator[DirectoryEntry]:
        for written in postcodes_in(query):
            postcode = parse_postcode(written).postcode
            entry = self._directory.find(postcode) if postcode else None
            if entry is not None and entry.latitude is not None and entry.longitude is not None:
                yield entry
