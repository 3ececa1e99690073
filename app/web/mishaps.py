"""What a person sees when something goes wrong: what happened, what to do; never a traceback."""

import logging
import secrets

from flask import Flask, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.errors import AppError, Busy, CallAPerson, Conflict, NotAllowed, NotFound, Refused
from app.logs import FRAMES, frames_of
from emergency_export.faults import ExportError

logger = logging.getLogger(__name__)

PAGES: dict[int, tuple[str, str]] = {
    400: ("That could not be read", "Go back and try again."),
    403: ("This page is not for your log-in", "If you need it, ask whoever gave you your log-in."),
    404: ("There is nothing here", "Check the address, or start from the list. It may have been removed."),
    405: ("There is nothing here", "This address only takes what a form sends. Start from the list."),
    409: (
        "This has changed meanwhile",
        "Somebody else changed it. Go back, look at it again, and repeat what you want.",
    ),
    413: ("That is too large", "Send a smaller file, or split it in two."),
    429: ("Too many attempts", "Wait a minute, then try again."),
    500: (
        "Something went wrong on our side",
        "Nothing was saved by this step. Try again; if it happens again, call us.",
    ),
    503: ("Somebody else is at this just now", "Wait a moment, then try again."),
}
STATUS: dict[type[AppError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Busy: 503,
    CallAPerson: 409,
    Refused: 409,
}


def register_mishaps(flask_app: Flask) -> None:
    """Answer every error with a page."""
    flask_app.register_error_handler(CSRFError, _stale_form)
    flask_app.register_error_handler(HTTPException, _by_status)
    flask_app.register_error_handler(AppError, _by_kind)
    flask_app.register_error_handler(ExportError, _export_stopped)
    flask_app.register_error_handler(Exception, _unforeseen)


def _stale_form(_: CSRFError) -> ResponseReturnValue:
    return _page(400, "This form has expired", "Nothing was saved. Open the page again and repeat what you want.")


def _by_status(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:  # noqa: PLR2004  a redirect raised as an exception
        return error
    heading, advice = PAGES.get(code, PAGES[500 if code >= 500 else 400])  # noqa: PLR2004
    return _page(code, heading, advice)


def _by_kind(error: AppError) -> ResponseReturnValue:
    code = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    heading, advice = PAGES[code]
    if isinstance(error, NotFound):
        return _page(code, heading, advice)
    if isinstance(error, CallAPerson):
        heading = "A person must decide first"
    return _page(code, heading, str(error) or advice)


def _export_stopped(error: ExportError) -> ResponseReturnValue:
    return _page(409, "The export stopped", str(error))


def _unforeseen(error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    # Type and frames alone: a message may quote what a person typed.
    told = {FRAMES: frames_of(error)}
    logger.error("unforeseen %s at %s, reference %s", type(error).__name__, request.endpoint, reference, extra=told)
    heading, advice = PAGES[500]
    return _page(500, heading, f"{advice} Quote the reference {reference}.")


def _page(code: int, heading: str, advice: str) -> ResponseReturnValue:
    if code >= 500:  # noqa: PLR2004  who visits is asked of what has just failed
        g.setdefault("visiting", None)
    try:
        return render_template("mishap.html", heading=heading, advice=advice), code
    except Exception as error:  # noqa: BLE001  else the server would log the path, and with it a link that is good once
        told = {FRAMES: frames_of(error)}
        logger.error("no page for a fault: %s at %s", type(error).__name__, request.endpoint, extra=told)  # noqa: TRY400  no message
        return Response(f"{heading}\n\n{advice}\n", code, mimetype="text/plain")
