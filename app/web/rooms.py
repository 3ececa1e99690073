"""Blueprints that say who may come in: none can be made without, and a test walks the URL map."""

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.domain.actors import Role
from app.domain.permissions import Permission, permitted
from app.web.navigation import front_door

View = TypeVar("View", bound=Callable[..., Any])
PLACE = Path(__file__).parent


class For(Enum):
    """Whose pages these are."""

    EVERYONE = "everyone"
    CUSTOMERS = "customers"
    STAFF = "staff"


class Room(Blueprint):
    """A group of pages with one door: `audience` says whose it is, `needs` what they must be permitted."""

    def __init__(self, name: str, *, audience: For, needs: Permission | None = None, prefix: str | None = None) -> None:
        super().__init__(name, __name__, url_prefix=prefix, root_path=str(PLACE))
        if (needs is None) is not (audience is For.EVERYONE):
            raise ValueError(f"{name}: a room is for everyone, or names the permission that opens it")
        self.audience = audience
        self.opened_by = needs
        self.stricter: dict[str, Permission] = {}
        self.before_request(self._door)

    def needs(self, permission: Permission) -> Callable[[View], View]:
        """Ask for a further permission at one page of the room."""

        def mark(view: View) -> View:
            self.stricter[f"{self.name}.{view.__name__}"] = permission
            return view

        return mark

    def permissions(self, endpoint: str) -> tuple[Permission, ...]:
        """Return all that a page of this room asks for."""
        asked = (self.opened_by, self.stricter.get(endpoint))
        return tuple(permission for permission in asked if permission is not None)

    def _door(self) -> ResponseReturnValue | None:
        """Send who is not known to the log-in, and refuse who may not."""
        if self.audience is For.EVERYONE:
            return None
        if not current_user.is_authenticated:
            return redirect(url_for("entry.log_in", next=_way_back()))
        role = current_user.person.role
        if (self.audience is For.CUSTOMERS) is not (role is Role.CUSTOMER):
            # At the front door staff are led to their own house; elsewhere a mistake is called one.
            return redirect(front_door(role)) if request.path == "/" else abort(403)
        for permission in self.permissions(request.endpoint or ""):
            if not permitted(role, permission):
                abort(403)
        return None


def _way_back() -> str | None:
    """Return where to go after the log-in: a path of this site that was only looked at."""
    return request.path if request.method == "GET" and request.path != "/" else None
