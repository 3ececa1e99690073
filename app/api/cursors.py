"""Where a list goes on: an opaque word that a program gives back as it got it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from app.errors import Problem, Refused

MOST = 2**63 - 1
WRONG = "This cursor was not given out by this list: give back `next` as it came, or leave it out to begin."


def cursor_of(list_name: str, place: int | None) -> str | None:
    """Return the cursor of a place in a list; None at its end."""
    return None if place is None else urlsafe_b64encode(f"{list_name}:{place}".encode()).decode().rstrip("=")


def place_of(list_name: str, cursor: str) -> int | None:
    """Return the place that a cursor stands for, None for an empty one; Refused (J05) where it is not this list's."""
    if not cursor:
        return None
    try:
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
    except (Error, ValueError):
        text = ""
    name, _, digits = text.partition(":")
    if name != list_name or not (digits.isdecimal() and len(digits) < 20) or int(digits) > MOST:  # noqa: PLR2004  the digits of 2^63
        raise Refused([Problem("J05", "cursor", "error", WRONG)])
    return int(digits)
