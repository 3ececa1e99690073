"""Groups of calls that say which scope opens each: none can be made without, and a test walks them all."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, request
from flask_smorest import Blueprint
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from app.api.desk import let_in, the_system
from app.api.limits import BODY_LIMIT, limit_calls
from app.api.problems import answer_errors
from app.services.api_door import authenticate
from app.services.api_keys import Scope

PREFIX = "/api/v1"
SCHEME = "api_key"
JSON = "application/json"
# The answers of the API are data: a browser that is led to one shows nothing of it and runs nothing in it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class ApiRoom(Blueprint):
    """Calls with one door: a key in the header Authorization, never a cookie, so no page can call for its visitor."""

    def __init__(self, name: str, *, description: str) -> None:
        super().__init__(name, __name__, url_prefix=PREFIX, description=description)
        self.scopes: dict[str, Scope | None] = {}
        answer_errors(self)
        limit_calls(self)
        self.before_request(self._door)
        self.after_request(_put_headers)

    def call(self, rule: str, *, scope: Scope, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a view that takes JSON by POST and asks for a scope: no number or name comes in an address."""

        def mark(view: Callable[..., Any]) -> Callable[..., Any]:
            self.scopes[f"{self.name}.{view.__name__}"] = scope
            documented = self.doc(security=[{SCHEME: [scope.value]}])(view)
            self.route(rule, methods=["POST"], **options)(documented)
            return view

        return mark

    def open_to_all(self, rule: str, methods: list[str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a view that needs no key and stands in no document."""

        def mark(view: Callable[..., Any]) -> Callable[..., Any]:
            self.scopes[f"{self.name}.{view.__name__}"] = None
            super(Blueprint, self).add_url_rule(rule, view.__name__, view, methods=methods)
            return view

        return mark

    def _door(self) -> None:
        """Let in who has a key with the scope that the call asks for; look at nothing else before."""
        request.max_content_length = BODY_LIMIT
        scope = self.scopes.get(request.endpoint or "")
        if scope is None:
            return
        sign = request.authorization
        presented = sign.token if sign is not None and sign.type == "bearer" else None
        holder = None if presented is None else authenticate(the_system(), presented, request.remote_addr or "")
        if holder is None:
            raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "emergency location data"}))
        if scope not in holder.scopes:
            raise Forbidden(f"This key may not be used for {scope}.")
        let_in(holder)
        if request.mimetype != JSON:
            abort(415)


def _put_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
