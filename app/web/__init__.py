"""The web face: the customer's portal and the operations console; it parses and renders, the services decide."""

from collections.abc import Callable

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from app.services.system import System
from app.web.cookies import secure_name
from app.web.desk import EXTENSION
from app.web.dressing import dress_templates
from app.web.forgery import guard_forms
from app.web.headers import guard_answers
from app.web.limits import limit_sizes
from app.web.memory_uploads import keep_in_memory
from app.web.mishaps import register_mishaps
from app.web.plan import ROOMS
from app.web.session_key import session_key

AgentStep = Callable[[System], object]

__all__ = ["register_web"]


def register_web(flask_app: Flask, system: System, agent_step: AgentStep | None = None) -> None:
    """Give `flask_app` the pages of both faces, their log-in and their guards.

    `agent_step` lets the simulated agent answer once, where there is one: demo mode alone shows the button.
    """
    settings = system.settings
    secure = not settings.demo
    flask_app.extensions[EXTENSION] = system
    flask_app.extensions["eld_agent_step"] = agent_step if settings.demo else None
    flask_app.config.update(
        SECRET_KEY=session_key(settings.key_dir),
        # For the tokens of forms and for what is said on the next page; who visits is not in it (app/web/cookies).
        SESSION_COOKIE_NAME=secure_name("eld_forms", secure=secure),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_TIME_LIMIT=int(settings.session_limit.total_seconds()),
    )
    guard_answers(flask_app, secure=secure)
    limit_sizes(flask_app, settings.upload_limit)
    keep_in_memory(flask_app)
    guard_forms(flask_app)
    dress_templates(flask_app)
    flask_app.url_map.converters["int"] = RowId
    for room in ROOMS:
        flask_app.register_blueprint(room)
    register_mishaps(flask_app)


class RowId(IntegerConverter):
    """An id that a row can have; a longer number in a URL is a page that does not exist, not a fault."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**63 - 1)
