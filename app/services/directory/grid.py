"""Grid references to degrees: eastings and northings in metres to WGS84, a batch at a time."""

from array import array
from collections.abc import Sequence
from datetime import date
from functools import cache

import pyproj.network
from pyproj import Transformer

from app.services.directory.rows import Row

# (postcode, grid or 0 where there is no place, easting, northing, day it ended, large user), metres.
Found = tuple[str, int, float, float, date | None, bool]

NOWHERE = 0
BRITISH = 27700
IRISH = 29903  # ONSPD gives Northern Ireland in the Irish grid
WGS84 = 4326

# Corners of the two grids in metres (Ordnance Survey: 700 by 1300 km; Ireland: 400 by 500 km).
EXTENT = {BRITISH: (700_000, 1_300_000), IRISH: (400_000, 500_000)}


@cache
def _transformer(grid: int) -> Transformer:
    # The wheel has no OSTN15 grid and must not fetch one at run time; without it EPSG promises 2 m, and the
    # control point of Ordnance Survey's guide (Caister water tower) comes out 3.5 m off: nothing to a 2 km rule.
    pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]  # in its manual, not in its stubs
    return Transformer.from_crs(grid, WGS84, always_xy=True, allow_ballpark=False)


def on_grid(grid: int, easting: float, northing: float) -> bool:
    """Tell whether the point lies within the grid; false for a coordinate that is no number."""
    east, north = EXTENT[grid]
    return 0 <= easting <= east and 0 <= northing <= north


def to_degrees(grid: int, eastings: Sequence[float], northings: Sequence[float]) -> list[tuple[float, float]]:
    """Return (latitude, longitude) in degrees, to 6 decimals (0.1 m), of points on the grid."""
    longitudes, latitudes = _transformer(grid).transform(array("d", eastings), array("d", northings))
    # round(x, 6) costs five times as much, for each of millions; the quotient is the same nearest double.
    return [
        (round(latitude * 1e6) / 1e6, round(longitude * 1e6) / 1e6)
        for latitude, longitude in zip(latitudes, longitudes, strict=True)
    ]


def place(found: Sequence[Found]) -> list[Row]:
    """Turn the grid references of a batch into degrees; a point on no grid stays without a place."""
    places: list[tuple[float | None, float | None]] = [(None, None)] * len(found)
    for grid in (BRITISH, IRISH):
        index = [i for i, point in enumerate(found) if point[1] == grid]
        if index:
            degrees = to_degrees(grid, [found[i][2] for i in index], [found[i][3] for i in index])
            for i, both in zip(index, degrees, strict=True):
                places[i] = both
    return [
        (point[0], latitude, longitude, point[4], point[5])
        for point, (latitude, longitude) in zip(found, places, strict=True)
    ]
