"""Signatures in the manner of Standard Webhooks: HMAC-SHA256 over id, time and body, under a shared secret."""

import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from app.models.webhooks import WebhookEvent

SECRET_BYTES = 32
PREFIX = "whsec_"


def new_secret() -> str:
    """Return a secret of 256 bits as it is shown: `whsec_` and base64."""
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def body_of(event: WebhookEvent) -> bytes:
    """Return what is sent of an event: the same bytes with each try.

    Of the number it holds our own id alone: a telephone number is personal, and a body lies in the receiver's logs. The
    customer's own reference is left out as well: it is free text, in which people write names.
    """
    document: dict[str, object] = {
        "id": event.message_id,
        "type": "test" if event.status is None else "number.status_changed",
        "timestamp": event.at.isoformat(),
        "data": {},
    }
    if event.status is not None:
        document["data"] = {
            "number_id": event.number_id,
            "status": str(event.status),
            "previous_status": None if event.previous is None else str(event.previous),
            "sequence": event.sequence,
        }
    return json.dumps(document).encode()


def headers_of(message_id: str, at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """Return the headers of one try: a signature under each secret that is valid, the newest first."""
    seconds = int(at.timestamp())
    signed = f"{message_id}.{seconds}.".encode() + body
    return {
        "Content-Type": "application/json",
        "Webhook-Id": message_id,
        "Webhook-Timestamp": str(seconds),
        "Webhook-Signature": " ".join(f"v1,{_signature(key, signed)}" for key in keys),
    }


def _signature(key: str, signed: bytes) -> str:
    raw = b64decode(key.removeprefix(PREFIX))
    return b64encode(hmac.new(raw, signed, sha256).digest()).decode()
