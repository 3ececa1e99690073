"""Degrees as text in a source: WGS84, in and around the United Kingdom."""

NORTH, SOUTH, WEST, EAST = 61.5, 49.0, -9.5, 2.5  # the Crown dependencies included


def read_degrees(latitude: str, longitude: str) -> tuple[float, float]:
    """Return both to 6 decimals (0.1 m); raises ValueError for what is no number or lies elsewhere."""
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        north = east = 0.0
    if not (SOUTH <= north <= NORTH and WEST <= east <= EAST):
        raise ValueError(f"{latitude[:20]!r}, {longitude[:20]!r} are no degrees in the United Kingdom")
    return round(north, 6), round(east, 6)
