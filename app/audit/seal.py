"""The seal on the head: a trail that was rewritten from end to end, with all hashes right, has none that fits."""

import hmac

from app.audit.keys import KeyMissing, KeyStore

SEAL_SUBJECT = "trail-head"


def head_seal(keys: KeyStore, seq: int, last_hash: str) -> str:
    """Return the seal of a head, 64 hex digits; its key lies with the others, outside the database."""
    return keys.digest(SEAL_SUBJECT, f"{seq}:{last_hash}")


def holds(keys: KeyStore, seq: int, last_hash: str, seal: str) -> bool:
    """Say whether `seal` was set by this program; false also where its key is missing."""
    try:
        return hmac.compare_digest(head_seal(keys, seq, last_hash), seal)
    except (KeyMissing, TypeError):  # TypeError: a seal that is no ASCII text
        return False
