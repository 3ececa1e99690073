"""Versions of what is shown (ETag), and what a change must have seen (If-Match): no update is lost (RFC 9110)."""

import json
from hashlib import sha256
from typing import Any

from flask import Response, jsonify, request
from werkzeug.exceptions import PreconditionRequired


def version_of(shown: Any) -> str:
    """Return the version of something that has no other than what it says."""
    return sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def with_version(shown: Any, version: str) -> Response:
    """Answer with something and its version, or with 304 where the program has that already."""
    if request.if_none_match.contains_weak(version) and request.method in {"GET", "HEAD"}:
        answer = Response(status=304)
        answer.content_type = None  # type: ignore[assignment]  # there is no content to have a type
    else:
        answer = jsonify(shown)
    answer.set_etag(version)
    return answer


def seen_versions() -> frozenset[str] | None:
    """Return the versions that a change may be made to, None for any; 428 where the program names none."""
    if "If-Match" not in request.headers:
        raise PreconditionRequired
    asked = request.if_match
    return None if asked.star_tag else frozenset(asked.as_set())
