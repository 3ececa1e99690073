"""What every page works with: the system, and who is asking."""

from datetime import datetime
from typing import cast

from flask import current_app, g, request

from app.domain.actors import Actor, Role
from app.domain.people import SessionState
from app.services.accounts import Person
from app.services.people.sessions import Visiting, find_session
from app.services.people.visits import Visit
from app.services.system import System
from app.web.cookies import DEVICE, VISIT, cookie

EXTENSION = "eld_system"


def the_system() -> System:
    """Return the installation that this application serves."""
    return cast("System", current_app.extensions[EXTENSION])


def the_visiting() -> Visiting | None:
    """Return the visitor's session, however far its log-in has come; asked of the database once a request."""
    if "visiting" not in g:
        token = cookie(VISIT)
        g.visiting = find_session(the_system(), token) if token else None
    return cast("Visiting | None", g.visiting)


def the_visitor() -> Person | None:
    """Return who is logged in, if anybody is: not before every step of the log-in is done."""
    visiting = the_visiting()
    return None if visiting is None or visiting.state is not SessionState.OPEN else visiting.person


def the_person() -> Person:
    """Return who is logged in; only for pages behind a room's door."""
    person = the_visitor()
    if person is None:  # pragma: no cover - such a room lets nobody else in
        raise LookupError("nobody is logged in")
    return person


def the_actor() -> Actor:
    """Return who is logged in, with the address they came from, as the services and the trail want them."""
    return the_person().actor(request.remote_addr or "")


def the_session() -> int:
    """Return the session that the person who is logged in is in."""
    visiting = the_visiting()
    if visiting is None:  # pragma: no cover - as above
        raise LookupError("nobody is logged in")
    return visiting.session_id


def the_account() -> int:
    """Return the account of the customer who is logged in."""
    account_id = the_person().account_id
    if account_id is None:  # pragma: no cover - a room for customers lets nobody else in
        raise LookupError("this person belongs to no account")
    return account_id


def is_staff() -> bool:
    """Say whether the operations console is the visitor's place."""
    return the_person().role is not Role.CUSTOMER


def the_visit() -> Visit:
    """Return where the visitor comes from, and with what."""
    return Visit(request.remote_addr or "", request.user_agent.string, cookie(DEVICE))


def the_moment() -> datetime:
    """Return now, where the provider is."""
    system = the_system()
    return system.clock.now().astimezone(system.settings.timezone)
