"""The outline of the United Kingdom, coarse, drawn by the project through the sea (G01)."""

# Corners as (longitude, latitude) in degrees, WGS84. The lines keep some kilometres off the coast; every
# centre of Code-Point Open lies within, while Dublin, Calais, the Isle of Man and Jersey lie without.
_GREAT_BRITAIN = (
    (-6.60, 49.80), (-5.00, 49.80), (-3.50, 50.05), (-1.20, 50.40), (0.20, 50.62), (1.00, 50.80),
    (1.45, 51.02), (1.62, 51.30), (1.60, 51.60), (1.95, 52.40), (1.95, 52.75), (0.65, 53.20),
    (0.60, 53.35), (0.30, 53.75), (0.05, 54.20), (-0.30, 54.65), (-1.00, 54.90), (-1.35, 55.80),
    (-1.90, 56.10), (-2.20, 56.40), (-1.85, 57.00), (-1.55, 57.50), (-1.80, 57.85), (-2.60, 58.30),
    (-2.20, 59.00), (-2.00, 59.40), (-1.40, 59.40), (-0.90, 59.80), (-0.40, 60.30), (-0.50, 61.00),
    (-1.50, 61.00), (-2.40, 60.30), (-3.60, 59.30), (-5.20, 58.80), (-6.30, 58.75), (-8.90, 58.00),
    (-8.90, 57.60), (-7.95, 56.60), (-7.20, 56.30), (-6.75, 55.55), (-6.20, 55.48), (-5.85, 55.20),
    (-5.35, 54.95), (-5.05, 54.55), (-4.75, 54.50), (-4.30, 54.53), (-3.85, 54.40), (-3.60, 54.00),
    (-3.60, 53.60), (-4.40, 53.60), (-4.90, 53.45), (-4.95, 52.70), (-4.75, 52.40), (-5.60, 52.05),
    (-5.60, 51.60), (-5.00, 51.30), (-5.20, 50.80), (-5.95, 50.30), (-6.60, 50.10),
)  # fmt: skip
# Its land border is drawn generously: a caller near it is not sent away for a rough line.
_NORTHERN_IRELAND = (
    (-5.90, 53.98), (-5.25, 54.35), (-5.45, 54.85), (-5.95, 55.20), (-6.15, 55.40), (-6.95, 55.30),
    (-7.30, 55.10), (-7.50, 54.95), (-7.70, 54.75), (-7.95, 54.60), (-8.25, 54.50), (-8.20, 54.35),
    (-7.95, 54.15), (-7.30, 54.05), (-6.65, 54.00), (-6.40, 54.05), (-6.10, 53.98),
)  # fmt: skip
_SHAPES = (_GREAT_BRITAIN, _NORTHERN_IRELAND)


def in_united_kingdom(latitude: float, longitude: float) -> bool:
    """Say whether a point (degrees, WGS84) is in the United Kingdom or in its waters close by."""
    return any(_within(shape, latitude, longitude) for shape in _SHAPES)


def _within(shape: tuple[tuple[float, float], ...], latitude: float, longitude: float) -> bool:
    """Count the sides that a ray to the east crosses: an odd number means within."""
    inside = False
    for (x1, y1), (x2, y2) in zip(shape, (*shape[1:], shape[0]), strict=True):
        if (y1 > latitude) != (y2 > latitude) and longitude < x1 + (latitude - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside
