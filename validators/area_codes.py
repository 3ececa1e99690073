"""Area codes: where their places are, and whether a number belongs far from its address (N06).

The table is the project's own, of facts of Ofcom's numbering plan and of geography.
"""

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from math import cos, hypot, radians
from typing import NamedTuple

from geopy.distance import geodesic

from validators.findings import Finding, warning
from validators.numbers import national
from validators.places import Point

_LIMIT_KM = 80.0  # rules.md N06
_SHORTEST, _LONGEST = 3, 6  # digits of a code with its leading 0, and of the part of a code that has a place of its own
_MOST_KM_PER_DEGREE = 111.7  # of latitude at the pole; nowhere does a degree measure more


class AreaCentre(NamedTuple):
    """The place of an area code: its middle in degrees (WGS84), good to a kilometre or two."""

    code: str
    place: str
    latitude: float
    longitude: float


def centre_of(e164: str) -> AreaCentre | None:
    """Find the place of a geographic number by its longest known prefix; None for any other number."""
    dialled, centres = national(e164), area_centres()
    for length in range(_LONGEST, _SHORTEST - 1, -1):
        centre = centres.get(dialled[:length])
        if centre:
            return centre
    return None


def check_area(
    e164: str | None, line_type: str, place: Point | None, *, limit_km: float = _LIMIT_KM
) -> tuple[Finding, ...]:
    """Warn where a geographic number without a line type belongs far from its address (N06).

    `place` is where the address lies, in degrees; without it, or without a number, nothing is compared.
    """
    if e164 is None or place is None or line_type.strip():
        return ()
    centre = centre_of(e164)
    if centre is None or _surely_within(limit_km, centre, place):
        return ()
    away = _distance_km(centre, place)
    if away <= limit_km:
        return ()
    message = (
        f"The area code {centre.code} belongs to {centre.place}, {away:.0f} km from this address. If the number is used"
        " over the internet, make the line type VOIP; otherwise check the number and the address."
    )
    return (warning("N06", "line_type", message, suggestion="VOIP"),)


@lru_cache(maxsize=1)
def area_centres() -> Mapping[str, AreaCentre]:
    """Read the table that comes with the project, by code with its leading 0.

    A code that serves several places has a row for each, with the digit that tells them apart.
    """
    text = files("validators").joinpath("tables", "area_codes.csv").read_text("utf-8")
    rows = csv.reader(text.splitlines()[1:], strict=True)
    return {
        code: AreaCentre(code, place, float(latitude), float(longitude)) for code, place, latitude, longitude in rows
    }


def _surely_within(limit_km: float, centre: AreaCentre, place: Point) -> bool:
    """Spare the dear geodesic where even a plane with the longest degrees measures less."""
    north = centre.latitude - place[0]
    east = (centre.longitude - place[1]) * cos(radians(min(abs(centre.latitude), abs(place[0]))))
    return hypot(north, east) * _MOST_KM_PER_DEGREE <= limit_km


@lru_cache(maxsize=1 << 14)
def _distance_km(centre: AreaCentre, place: Point) -> float:
    return float(geodesic((centre.latitude, centre.longitude), place).km)
