"""The arithmetic of the chain: nothing here knows a database or a clock."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it is hashed; the texts are canonical JSON and are hashed as they stand."""

    seq: int
    at: datetime
    actor: str
    role: str
    origin: str
    action: str
    subject_kind: str
    subject_id: str
    detail: str
    values_digest: str
    prev_hash: str

    @property
    def hash(self) -> str:
        """Return the SHA-256 that the next entry repeats, as 64 hex digits."""
        parts = (
            self.seq,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.actor,
            self.role,
            self.origin,
            self.action,
            self.subject_kind,
            self.subject_id,
            self.detail,
            self.values_digest,
            self.prev_hash,
        )
        return hashlib.sha256(canonical(parts).encode("ascii")).hexdigest()


def canonical(value: object) -> str:
    """Return the one JSON text of `value`: sorted keys, no spaces, ASCII; dates and moments in ISO form.

    Raises TypeError for what JSON does not know and for keys that are no text, ValueError for NaN.
    """
    return _encoder.encode(value)


def _date_text(value: object) -> str:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(f"the trail cannot hold a {type(value).__name__}")


_encoder = json.JSONEncoder(
    ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_date_text
)


def read_digests(text: str) -> Mapping[str, tuple[str, str]]:
    """Return part -> (subject, digest) of an entry's `values_digest`; raises ValueError when it is no such text."""
    found: dict[str, Any] = json.loads(text) if text else {}
    return {part: (str(subject), str(digest)) for part, (subject, digest) in found.items()}
