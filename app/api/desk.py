"""What every call works with: the system, and who calls."""

from typing import cast

from flask import current_app, g, request

from app.domain.actors import Actor
from app.errors import NotFound
from app.services.api_door import KeyHolder, authenticate
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


def known_holder() -> KeyHolder | None:
    """Return whose key was presented, asked once for a call; None for a key that is not ours, or not any more."""
    if "eld_known_holder" not in g:
        sign = request.authorization
        presented = sign.token if sign is not None and sign.type == "bearer" else None
        g.eld_known_holder = (
            None if presented is None else authenticate(the_system(), presented, request.remote_addr or "")
        )
    return cast("KeyHolder | None", g.eld_known_holder)


def let_in(holder: KeyHolder) -> None:
    """Remember whose key came with this call."""
    g.eld_key_holder = holder
