"""Coordinates: are they in the United Kingdom, and do they agree with the postcode (G01, G02)."""

import re
from math import cos, hypot, radians
from statistics import fmean

from geopy.distance import geodesic

from validators.directory import Directory, DirectoryEntry
from validators.findings import Finding, error, review
from validators.outline import in_united_kingdom

Point = tuple[float, float]  # latitude, longitude; degrees, WGS84

_DEGREES = re.compile(r"[+-]?\d{1,3}(\.\d{1,15})?", re.ASCII)
_KM_PER_DEGREE = 111.3
_SURELY_NEARER = 0.98  # the plane's distance is within one per cent of the ellipsoid's over a few kilometres


def check_place(
    latitude: str, longitude: str, *, entry: DirectoryEntry | None, directory: Directory | None, limit_km: float
) -> tuple[Finding, ...]:
    """Judge coordinates given in decimal degrees; none given is right. `limit_km` is G02's for a town.

    `entry` None leaves out G02: there is no centre to compare with.
    """
    if not (latitude or longitude):
        return ()
    unreadable = tuple(
        error(
            "G01",
            name,
            f"{name.capitalize()} must be in decimal degrees, for example {example}. Correct it or leave both out.",
        )
        for name, text, example in (("latitude", latitude, "53.7960"), ("longitude", longitude, "-1.5479"))
        if not _DEGREES.fullmatch(text)
    )
    if unreadable:
        return unreadable
    place = (float(latitude), float(longitude))
    if not in_united_kingdom(*place):
        return (_abroad(place),)
    if entry is None or directory is None or entry.latitude is None or entry.longitude is None:
        return ()
    return _far_away(place, (entry.latitude, entry.longitude), entry.postcode, directory, limit_km)


def _abroad(place: Point) -> Finding:
    latitude, longitude = place
    swapped = " Latitude and longitude seem to have changed places." if in_united_kingdom(longitude, latitude) else ""
    return error(
        "G01", "latitude", f"These coordinates are not in the United Kingdom.{swapped} Correct them or leave both out."
    )


def _far_away(place: Point, centre: Point, postcode: str, directory: Directory, limit_km: float) -> tuple[Finding, ...]:
    """G02. The geodesic is dear, and only asked where a plane cannot tell."""
    if _on_a_plane(place, centre) < limit_km * _SURELY_NEARER:
        return ()
    away = geodesic(place, centre).km
    limit = max(limit_km, _spread(postcode, directory)) if away > limit_km else limit_km
    if away <= limit:
        return ()
    return (
        review(
            "G02",
            "latitude",
            f"These coordinates are {away:.1f} km from the centre of {postcode}; we expect at most {limit:.1f} km."
            " Check the coordinates and the postcode; if you keep both, a person will check them first.",
        ),
    )


def _spread(postcode: str, directory: Directory) -> float:
    """Measure in km how wide the postcode's sector lies: twice the mean distance from its middle."""
    entries = (directory.find(neighbour) for neighbour in directory.neighbours(postcode))
    centres = [(e.latitude, e.longitude) for e in entries if e and e.latitude is not None and e.longitude is not None]
    if not centres:
        return 0.0
    middle = (fmean(latitude for latitude, _ in centres), fmean(longitude for _, longitude in centres))
    return 2 * fmean(_on_a_plane(centre, middle) for centre in centres)


def _on_a_plane(one: Point, other: Point) -> float:
    """Measure the distance in km as if the ground between were flat: good for a few kilometres."""
    east = (one[1] - other[1]) * cos(radians((one[0] + other[0]) / 2))
    return hypot(one[0] - other[0], east) * _KM_PER_DEGREE
