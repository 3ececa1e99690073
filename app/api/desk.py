"""What every call works with: the system, and who calls."""

from typing import cast

from flask import current_app, g

from app.domain.actors import Actor
from app.errors import NotFound
from app.services.api_door import KeyHolder
from app.services.system import System

EXTENSION = "eld_api"


def the_system() -> System:
    """Return the installation that this application serves."""
    return cast("System", current_app.extensions[EXTENSION])


def the_holder() -> KeyHolder:
    """Return whose key came with the call; only for views behind a room's door."""
    return cast("KeyHolder", g.eld_key_holder)


def the_actor() -> Actor:
    """Return who calls, as the services and the trail want them."""
    return the_holder().actor


def the_account() -> int:
    """Return the account of the key; NotFound for a key of staff, which has none."""
    account_id = the_holder().account_id
    if account_id is None:
        raise NotFound("a key of staff has no account")
    return account_id


def let_in(holder: KeyHolder) -> None:
    """Remember whose key came with this call."""
    g.eld_key_holder = holder
