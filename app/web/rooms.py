"""Blueprints that say who may come in: none can be made without, and a test walks the URL map."""

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import Actor, Role
from app.domain.people import SessionState
from app.domain.permissions import Permission, permitted_to
from app.web.cookies import VISIT, cookie, take_cookie
from app.web.desk import the_actor, the_visiting
from app.web.forgery import refuse_other_sites
from app.web.navigation import front_door

View = TypeVar("View", bound=Callable[..., Any])
PLACE = Path(__file__).parent


class For(Enum):
    """Whose pages these are."""

    EVERYONE = "everyone"
    CUSTOMERS = "customers"
    STAFF = "staff"
    KNOWN = "whoever is logged in"


class Room(Blueprint):
    """A group of pages with one door: `audience` says whose it is, `needs` what they must be permitted."""

    def __init__(self, name: str, *, audience: For, needs: Permission | None = None, prefix: str | None = None) -> None:
        super().__init__(name, __name__, url_prefix=prefix, root_path=str(PLACE))
        if (needs is None) is not (audience is For.EVERYONE):
            raise ValueError(f"{name}: a room is for everyone, or names the permission that opens it")
        self.audience = audience
        self.opened_by = needs
        self.stricter: dict[str, Permission] = {}
        self.halfway: set[str] = set()
        self.before_request(self._door)

    def needs(self, permission: Permission) -> Callable[[View], View]:
        """Ask for a further permission at one page of the room."""

        def mark(view: View) -> View:
            self.stricter[f"{self.name}.{view.__name__}"] = permission
            return view

        return mark

    def on_the_way(self, view: View) -> View:
        """Let a page be reached while the second factor is still to be set up, when all others lead to that."""
        self.halfway.add(f"{self.name}.{view.__name__}")
        return view

    def permissions(self, endpoint: str) -> tuple[Permission, ...]:
        """Return all that a page of this room asks for."""
        asked = (self.opened_by, self.stricter.get(endpoint))
        return tuple(permission for permission in asked if permission is not None)

    def _door(self) -> ResponseReturnValue | None:
        """Lead who has not come all the way in to the next step of the log-in, and refuse who may not."""
        refuse_other_sites()
        if self.audience is For.EVERYONE and request.endpoint in self.halfway:
            return None  # and nobody is looked up for a style sheet
        visiting = the_visiting()
        state = None if visiting is None else visiting.state
        if state is SessionState.TO_SET_UP:
            return redirect(url_for("set_up.show"))
        if self.audience is For.EVERYONE:
            return None
        if state is SessionState.CODE_AWAITED:
            return redirect(url_for("entry.give_code", next=_way_back()))
        return _to_log_in() if state is None else self._admit(the_actor())

    def _admit(self, actor: Actor) -> ResponseReturnValue | None:
        if self.audience is not For.KNOWN and (self.audience is For.CUSTOMERS) is not (actor.role is Role.CUSTOMER):
            # At the front door staff are led to their own house; elsewhere a mistake is called one.
            return redirect(front_door(actor)) if request.path == "/" else abort(403)
        if not all(permitted_to(actor, permission) for permission in self.permissions(request.endpoint or "")):
            abort(403)
        return None


def _to_log_in() -> ResponseReturnValue:
    """Lead to the log-in; say so where somebody was logged in until now."""
    response = redirect(url_for("entry.log_in", next=_way_back()))
    if cookie(VISIT):
        lost = "" if request.method == "GET" else " What you just sent was not saved."
        flash(f"Your log-in has ended. Log in again.{lost}")
        take_cookie(response, VISIT)
    return response


def _way_back() -> str | None:
    """Return where to go after the log-in: a path of this site that was only looked at."""
    return request.path if request.method == "GET" and request.path != "/" else None
