"""The web face: the customer's portal and the operations console; it parses and renders, the services decide."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from app.services.accounts import find_person
from app.services.system import System
from app.web.desk import EXTENSION, Visitor
from app.web.dressing import dress_templates
from app.web.headers import guard_answers
from app.web.limits import limit_sizes, limiter
from app.web.mishaps import register_mishaps
from app.web.plan import ROOMS
from app.web.session_key import session_key

AgentStep = Callable[[System], object]
SESSION_HOURS = 8

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
        SESSION_COOKIE_NAME="eld_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=SESSION_HOURS),
        WTF_CSRF_TIME_LIMIT=SESSION_HOURS * 3600,
    )
    guard_answers(flask_app, secure=secure)
    _admit(flask_app, system)
    limit_sizes(flask_app, settings.upload_limit)
    CSRFProtect(flask_app)
    limiter.init_app(flask_app)
    dress_templates(flask_app)
    flask_app.url_map.converters["int"] = RowId
    for room in ROOMS:
        flask_app.register_blueprint(room)
    register_mishaps(flask_app)


class RowId(IntegerConverter):
    """An id that a row can have; a longer number in a URL is a page that does not exist, not a fault."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**63 - 1)


def _admit(flask_app: Flask, system: System) -> None:
    """Let Flask-Login find who holds a session; a person who was removed is found no more."""
    manager = LoginManager()
    manager.session_protection = "basic"
    manager.init_app(flask_app)

    @manager.user_loader
    def load(user_id: str) -> Visitor | None:
        person = find_person(system, int(user_id)) if user_id.isdecimal() else None
        return None if person is None else Visitor(person)
