"""The ruler over a record: tens above, units below, so that a position can be read off."""

from collections.abc import Mapping
from typing import Any

TEN = 10


def ruler(width: int) -> tuple[str, str]:
    """Return the two lines of a ruler: `        10        20` and `1234567890123...`."""
    tens = "".join(f"{mark:>{TEN}}" for mark in range(TEN, width + 1, TEN))
    units = "".join(str(position % TEN) for position in range(1, width + 1))
    return tens, units


def slice_of(field: Mapping[str, Any], raw: str) -> str:
    """Return the characters of a record where a field stands, exactly as they were sent."""
    start = int(field["from"]) - 1
    return raw[start : start + int(field["width"])]
