"""The ruler over a record: tens above, units below, so that a position can be read off."""

TEN = 10


def ruler(width: int) -> tuple[str, str]:
    """Return the two lines of a ruler: `        10        20` and `1234567890123...`."""
    tens = "".join(f"{mark:>{TEN}}" for mark in range(TEN, width + 1, TEN))
    units = "".join(str(position % TEN) for position in range(1, width + 1))
    return tens, units
