"""How much may be sent in; how often somebody may try to log in is the services' matter (people/throttle)."""

from flask import Flask, request

from app.web.desk import the_visitor

FORM_LIMIT = 2**20
UPLOAD_ENDPOINTS = {"bulk.receive", "ops_bulk.receive"}


def limit_sizes(flask_app: Flask, upload_limit: int) -> None:
    """Refuse what is too large before it is read; only a person who is logged in may upload a long file."""
    flask_app.config["MAX_CONTENT_LENGTH"] = FORM_LIMIT

    @flask_app.before_request
    def make_room_for_uploads() -> None:
        if request.endpoint in UPLOAD_ENDPOINTS and the_visitor() is not None:
            # The upload and the few lines that a form wraps around it.
            request.max_content_length = upload_limit + FORM_LIMIT
