"""What every page works with: the system, and who is asking."""

from datetime import datetime
from typing import cast

from flask import current_app, request
from flask_login import current_user

from app.domain.actors import Actor, Role
from app.services.accounts import Person
from app.services.system import System

EXTENSION = "eld_system"


class Visitor:
    """One who is logged in, as Flask-Login wants to see them."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """Return what the session cookie holds: the id, never the e-mail address."""
        return str(self.person.id)

    @property
    def is_staff(self) -> bool:
        """Say whether the operations console is this person's place."""
        return self.person.role is not Role.CUSTOMER


def the_system() -> System:
    """Return the installation that this application serves."""
    return cast("System", current_app.extensions[EXTENSION])


def the_person() -> Person:
    """Return who is logged in; only for pages behind a room's door."""
    return cast("Person", current_user.person)


def the_actor() -> Actor:
    """Return who is logged in, with the address they came from, as the services and the trail want them."""
    return the_person().actor(request.remote_addr or "")


def the_account() -> int:
    """Return the account of the customer who is logged in."""
    account_id = the_person().account_id
    if account_id is None:  # pragma: no cover - a room for customers lets nobody else in
        raise LookupError("this person belongs to no account")
    return account_id


def the_moment() -> datetime:
    """Return now, where the provider is."""
    system = the_system()
    return system.clock.now().astimezone(system.settings.timezone)
