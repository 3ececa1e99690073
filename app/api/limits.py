"""How much and how often: the size of a call, calls with one key, and guesses from one address."""

import time
from hashlib import sha256
from math import ceil

from flask import Blueprint, Response, request
from flask_limiter import HeaderNames, Limiter
from flask_limiter.util import get_remote_address

from app.api.desk import known_holder
from app.errors import AppError

BODY_LIMIT = 4 * 2**20  # bytes; a thousand locations with every column filled have three million
MOST_AT_ONCE = 1_000
LONGEST_TEXT = 10_000
BY_KEY = "300 per minute"
FAILED_BY_ADDRESS = "120 per minute"  # no key of 256 bits is guessed; this stops who tries all the same
UNKNOWN = 401

limiter = Limiter(
    get_remote_address,
    strategy="moving-window",
    headers_enabled=True,
    in_memory_fallback_enabled=True,  # where the shared count is away, each node counts for itself
    # Put on every answer by the library; Retry-After itself belongs to those that are refused.
    header_name_mapping={HeaderNames.RETRY_AFTER: "X-RateLimit-Reset-After"},
)


def presented_key() -> str:
    """Return a digest of what was presented as a key: the limiter's memory holds none."""
    return sha256(request.headers.get("Authorization", "").encode()).hexdigest()


def turned_away(response: Response) -> bool:
    """Say whether the key of a call was not known."""
    return response.status_code == UNKNOWN


def key_is_known() -> bool:
    """Say whether the key of a call is in force: it passes, whoever else guesses from its address."""
    try:
        return known_holder() is not None
    except AppError:
        return True  # the door meets the same, and answers it; to the limiter it would be a fault of its own memory


by_key = limiter.shared_limit(BY_KEY, "api-key", key_func=presented_key)
by_address = limiter.shared_limit(
    FAILED_BY_ADDRESS,
    "api-address",
    key_func=get_remote_address,
    deduct_when=turned_away,
    exempt_when=key_is_known,
)


def limit_calls(room: Blueprint) -> None:
    """Count the calls of each key; and, where a key was not known, those of the address that they came from."""
    by_key(room)
    by_address(room)


def wait_seconds() -> int:
    """Return after how many seconds the limit that was met lets calls through again."""
    met = limiter.current_limit
    return 1 if met is None else max(1, ceil(met.reset_at - time.time()))
