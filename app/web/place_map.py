"""A small map without a map service: places as marks on plain ground, with a bar that says how far a kilometre is.

Nothing is asked of anybody: an address under review is nobody else's business. North is up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians
from typing import Any

WIDTH, HEIGHT, EDGE = 360, 280, 36
KM_PER_DEGREE = 111.3
LEAST_KM = 0.2  # across the map: places that are all but one are not drawn apart by rounding
FAR_KM, FAR_TIMES = 10.0, 3.0
BAR = 0.4  # of the width, at most
CENTRE, GIVEN, OFFERED, NEIGHBOUR = "centre", "given", "offered", "neighbour"


@dataclass(frozen=True, slots=True)
class Place:
    """A place to be shown: its kind, what it is called, the mark it bears, its degrees, its distance in km."""

    kind: str
    name: str
    mark: str
    latitude: float
    longitude: float
    km: float | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where it stands on the drawing; the label goes to the left where there is no room to the right."""

    place: Place
    x: float
    y: float

    @property
    def leftwards(self) -> bool:
        """Say whether the label stands to the left of the mark."""
        return self.x > WIDTH * 0.62


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """The drawing: marks from the least to the most important, the bar's length in km and on the drawing."""

    marks: tuple[Mark, ...]
    beyond: tuple[Place, ...]
    bar_km: float
    bar: float
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def bar_text(self) -> str:
        """Return the bar's length in words."""
        return f"{self.bar_km:g} km" if self.bar_km >= 1 else f"{self.bar_km * 1000:g} m"


def places_of(review: dict[str, Any]) -> list[Place]:
    """Return the places of a review (show_review), the postcode's own first."""
    about, directory = review["surroundings"], review["directory"]
    found = []
    if directory["place"]:
        found.append(_place(CENTRE, directory["postcode"], "", directory["place"], 0.0))
    if about["given"]:
        found.append(_place(GIVEN, "given", "", about["given"], about["given"]["km"]))
    offered = [one for one in review["alternatives"] if one["place"]]
    found += [
        _place(OFFERED, one["value"], chr(ord("A") + at), one["place"], one["km"]) for at, one in enumerate(offered)
    ]
    taken = {place.name for place in found}
    found += [
        _place(NEIGHBOUR, one["postcode"], "", one, one["km"])
        for one in about["neighbours"]
        if one["postcode"] not in taken
    ]
    return found


def draw(places: Sequence[Place]) -> PlaceMap | None:
    """Draw places to one scale; None where there is none. What was offered far beyond the others is only named."""
    near, beyond = _part(places)
    if not near:
        return None
    middle = radians(sum(place.latitude for place in near) / len(near))
    east = [place.longitude * KM_PER_DEGREE * cos(middle) for place in near]
    north = [place.latitude * KM_PER_DEGREE for place in near]
    across, up = max(east) - min(east), max(north) - min(north)
    scale = min((WIDTH - 2 * EDGE) / max(across, LEAST_KM), (HEIGHT - 2 * EDGE) / max(up, LEAST_KM))
    west, south = (max(east) + min(east)) / 2, (max(north) + min(north)) / 2
    marks = [
        Mark(place, round(WIDTH / 2 + (x - west) * scale, 1), round(HEIGHT / 2 - (y - south) * scale, 1))
        for place, x, y in zip(near, east, north, strict=True)
    ]
    bar_km = _round_length(WIDTH * BAR / scale)
    weight = (NEIGHBOUR, OFFERED, CENTRE, GIVEN)
    marks.sort(key=lambda mark: weight.index(mark.place.kind))
    return PlaceMap(tuple(marks), tuple(beyond), bar_km, round(bar_km * scale, 1))


def _part(places: Sequence[Place]) -> tuple[list[Place], list[Place]]:
    """Part what is drawn from what was offered far away: a swapped letter may lie at the other end of the country."""
    fixed = [place for place in places if place.kind != OFFERED]
    offered = [place for place in places if place.kind == OFFERED]
    if not fixed:
        return list(places), []
    reach = max(FAR_KM, FAR_TIMES * max((place.km or 0.0 for place in fixed), default=0.0))
    near = [place for place in offered if place.km is None or place.km <= reach]
    return fixed + near, [place for place in offered if place not in near]


def _place(kind: str, name: str, mark: str, at: dict[str, float], km: float | None) -> Place:
    return Place(kind, name, mark, at["latitude"], at["longitude"], km)


def _round_length(most: float) -> float:
    """Return the greatest of 1, 2, 5 and their tenfolds that is no longer than `most`."""
    ten = 10.0 ** floor(log10(most))
    return next(step * ten for step in (5, 2, 1) if step * ten <= most)
