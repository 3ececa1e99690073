"""Coordinates: are they in the United Kingdom, and do they agree with postcode and address (G01, G02, G03)."""

import re
from math import cos, hypot, radians
from statistics import fmean

from geopy.distance import geodesic

from validators.directory import Directory, DirectoryEntry
from validators.findings import Finding, error, review, warning
from validators.outline import in_united_kingdom

Point = tuple[float, float]  # latitude, longitude; degrees, WGS84

_DEGREES = re.compile(r"[+-]?\d{1,3}(\.\d{1,15})?", re.ASCII)
_KM_PER_DEGREE = 111.3
_SAME_PLACE_KM = 0.1
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


def given_place(latitude: str, longitude: str) -> Point | None:
    """Read coordinates as `check_place` does; None where they are not there, unreadable or not in the country."""
    if not (_DEGREES.fullmatch(latitude) and _DEGREES.fullmatch(longitude)):
        return None
    place = (float(latitude), float(longitude))
    return place if in_united_kingdom(*place) else None


def check_geocoded(
    given: Point | None, centre: Point | None, located: Point | None, *, limit_km: float, spread: float
) -> tuple[Finding, ...]:
    """Say where a geocoder puts the address elsewhere (G03): never more than a warning, and no value of its own.

    `given` are the coordinates that came with the address, `centre` the postcode's centre, `located` the
    geocoder's answer; `spread` in km is how wide the postcode's sector lies.
    """
    expected = given or centre
    if expected is None or located is None:
        return ()
    if given and centre and _on_a_plane(located, centre) < _SAME_PLACE_KM:
        return ()  # the geocoder knows no more than the postcode, and G02 has compared that
    away = geodesic(expected, located).km
    if away <= max(limit_km, spread):
        return ()
    field, what = ("latitude", "these coordinates") if given else ("postcode", "the centre of this postcode")
    message = (
        f"Our map puts this address {away:.1f} km from {what}. Check that street, town and postcode belong together"
        f"{', and the coordinates too' if given else ''}."
    )
    return (warning("G03", field, message),)


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
    limit = max(limit_km, sector_spread(postcode, directory)) if away > limit_km else limit_km
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


def sector_spread(postcode: str, directory: Directory) -> float:
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
