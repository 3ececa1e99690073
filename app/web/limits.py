"""How much and how often: sizes of what is sent in, and attempts to log in."""

from hashlib import sha256

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user

FORM_LIMIT = 2**20
UPLOAD_ENDPOINTS = {"bulk.receive", "ops_bulk.receive"}
BY_ADDRESS = "20 per minute; 200 per hour"
BY_NAME = "5 per minute; 30 per hour"

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)


def attempted_name() -> str:
    """Return a digest of the e-mail address that somebody tries to log in as: the limiter's memory holds no names."""
    return sha256(request.form.get("email", "").strip().lower().encode()).hexdigest()


def attempt_failed(response: Response) -> bool:
    """Count only attempts that failed: who logs in is led on by a redirect."""
    return response.status_code not in {302, 303}


def limit_sizes(flask_app: Flask, upload_limit: int) -> None:
    """Refuse what is too large before it is read; only a person who is logged in may upload a long file."""
    flask_app.config["MAX_CONTENT_LENGTH"] = FORM_LIMIT

    @flask_app.before_request
    def make_room_for_uploads() -> None:
        if request.endpoint in UPLOAD_ENDPOINTS and current_user.is_authenticated:
            # The upload and the few lines that a form wraps around it.
            request.max_content_length = upload_limit + FORM_LIMIT
