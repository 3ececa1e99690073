"""The application of both faces as tests serve it, and keys to call it with."""

from api_caller import ACCOUNT
from flask import Flask

from app.api import register_api
from app.domain.actors import AccountRole, Actor, Role
from app.services.accounts import staff_actor
from app.services.api_keys import Scope, make_key
from app.services.setup import DEMO_LOGINS
from app.services.staff_keys import StaffScope, make_staff_key
from app.services.system import System
from app.web import register_web

STAFF_EMAIL = "alex@operations.example"


def make_app(system: System) -> Flask:
    flask_app = Flask("app", static_folder=None, template_folder=None)
    register_web(flask_app, system)
    register_api(flask_app, system)
    return flask_app


def owners_key(system: System) -> str:
    """A key of the account with every scope, as its owner makes it."""
    (owner,) = (one for one in DEMO_LOGINS if one.role is Role.CUSTOMER)
    actor = Actor(owner.email, Role.CUSTOMER, ACCOUNT, 1, account_role=AccountRole.OWNER)
    return make_key(system, actor, ACCOUNT, "everything", tuple(Scope)).key


def staff_key(system: System, *scopes: StaffScope) -> str:
    """A key of the demonstration's first member of staff."""
    return make_staff_key(system, staff_actor(system, STAFF_EMAIL), "a test", scopes or tuple(StaffScope)).key
