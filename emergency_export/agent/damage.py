"""What happens to a reply on its way where damage was asked for: each kind can be told from a whole reply."""

CUT, FLIPPED, MISCOUNTED = "cut", "flipped", "miscounted"
# An FCO has no count of its own lines.
OF_FCO = (CUT, FLIPPED)
OF_CAR = (CUT, FLIPPED, MISCOUNTED)


def cut(content: bytes, share: float) -> bytes:
    """Return the beginning of a reply, `share` of it (0 to below 1): its last byte is always missing."""
    return content[: int(len(content) * share)]


def flip(content: bytes, share: float) -> bytes:
    """Return a reply with one byte, at `share` of its length, that is no ASCII any more.

    No other bit is touched: without a checksum a wrong digit could not be told from a right one.
    """
    at = int(len(content) * share)
    return content[:at] + bytes([content[at] ^ 0x80]) + content[at + 1 :]
