"""What a program is told when something goes wrong: a problem document (RFC 9457) with every finding, no traceback."""

import json
import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from app.api.limits import wait_seconds
from app.api.once import nothing_kept
from app.api.shape_words import told_of_shape
from app.db.faults import DatabaseAway
from app.errors import AppError, Busy, CallAPerson, Conflict, Moved, NotAllowed, NotFound, Problem, Refused
from app.logs import FRAMES, frames_of
from emergency_export.faults import ExportError

CONTENT_TYPE = "application/problem+json"
TRY_AGAIN_SECONDS = 5
logger = logging.getLogger(__name__)

DETAILS: dict[int, str] = {
    400: "The body cannot be read: it must be one JSON document in UTF-8.",
    401: "Send a key that is in force in the header `Authorization: Bearer eld_...`.",
    403: "This key may not be used for this.",
    404: "There is nothing here for this key.",
    405: "This address takes another method.",
    409: "It has changed meanwhile: look at it again and repeat what you want.",
    412: "It is not what you looked at any more: look at it again, and give the ETag that you get in If-Match.",
    413: "The body is too long: send less at once.",
    415: "Send what this call takes, with its `Content-Type`: JSON as a rule, for some a CSV, for some nothing.",
    422: "It was refused: see every reason in `problems`.",
    428: "Say in the header If-Match which ETag you looked at, so that nobody's change is lost.",
    429: "Too many calls: wait as long as Retry-After says.",
    500: "Something went wrong on our side; nothing was saved by this call.",
    502: "The place where files are put for the agent does not answer as it should: operations are told why.",
    503: "The database is busy or away just now: try again in a moment.",
}
STATUS: tuple[tuple[type[AppError], int], ...] = (
    (Refused, 422),
    (NotFound, 404),
    (NotAllowed, 403),
    (Moved, 412),
    (Conflict, 409),
    (CallAPerson, 409),
    (Busy, 503),
    (DatabaseAway, 503),
)


def answer_errors(room: Blueprint) -> None:
    """Answer every error of a room's calls with a problem document."""
    room.register_error_handler(HTTPException, _by_status)
    room.register_error_handler(AppError, _by_kind)
    room.register_error_handler(ExportError, _of_transport)
    room.register_error_handler(RecursionError, lambda _: document(400))
    room.register_error_handler(Exception, _unforeseen)


def document(
    status: int,
    detail: str = "",
    *,
    code: str = "",
    problems: Sequence[Problem] = (),
    headers: Sequence[tuple[str, str]] = (),
) -> Response:
    """Return a problem document; its type is `about:blank`, so that `status` and the codes say what it is."""
    known = DETAILS.get(status, DETAILS[400 if status < 500 else 500])  # noqa: PLR2004  ours or theirs
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or known,
        "problems": [problem.as_dict() for problem in problems],
    }
    if code:
        body["code"] = code
    answer = Response(json.dumps(body), status, content_type=CONTENT_TYPE)
    answer.headers.extend(headers)
    return answer


def _by_status(error: HTTPException) -> Response:
    status = error.code or 500
    headers = [(name, value) for name, value in error.get_headers() if name in {"WWW-Authenticate", "Allow"}]
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        headers.append(("Retry-After", str(wait_seconds())))
    wrong = getattr(error, "exc", None)
    problems = list(_of_shape(wrong.messages)) if isinstance(wrong, ValidationError) else []
    detail = error.description if isinstance(error.description, str) and status == HTTPStatus.FORBIDDEN else ""
    return document(status, detail, problems=problems, headers=headers)


def _by_kind(error: AppError) -> Response:
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    if isinstance(error, Busy):
        nothing_kept()
    headers = [("Retry-After", str(TRY_AGAIN_SECONDS))] if error.retryable else []
    problems = error.problems if isinstance(error, Refused) else ()
    # The sentence of a conflict is written for people; that of what is not there may quote what was asked for.
    detail = str(error) if isinstance(error, Conflict | Busy | CallAPerson) else ""
    return document(status, detail, code=error.code, problems=problems, headers=headers)


def _of_transport(error: ExportError) -> Response:
    """The message names hosts and paths, which are for operations: they see it in the console."""
    logger.warning("transport failed: %s", type(error).__name__)
    return document(502)


def _unforeseen(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    # Type and frames alone: a message may quote what a program sent.
    told = {FRAMES: frames_of(error)}
    logger.error("unforeseen %s at %s, reference %s", type(error).__name__, request.endpoint, reference, extra=told)
    return document(500, f"{DETAILS[500]} Quote the reference {reference}.")


def _of_shape(messages: Any, path: tuple[Any, ...] = ()) -> Iterator[Problem]:
    """Turn marshmallow's nested messages into findings with their field, and their row counted from 1."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _of_shape(inner, (*path, key))
        return
    if not isinstance(messages, list):
        messages = [messages]
    names = [str(part) for part in path if isinstance(part, str) and part not in {"json", "_schema"}]
    rows = [part + 1 for part in path if isinstance(part, int)]
    field = names[-1][:60] if names else ""
    for message in messages:
        code, told = told_of_shape(field, str(message))
        yield Problem(code, field, "error", told, row=rows[0] if rows else None)
