"""Groups of calls that say which scope opens each: none can be made without, and a test walks them all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Request, Response, abort, request
from flask_smorest import Blueprint
from flask_smorest.spec.plugins import FlaskPlugin
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized
from werkzeug.routing import IntegerConverter

from app.api.desk import known_holder, let_in, the_system
from app.api.limits import BODY_LIMIT, limit_calls
from app.api.once import answered_before, keep_answer
from app.api.problems import answer_errors
from app.services.api_keys import Scope
from app.services.staff_keys import StaffScope

PREFIX = "/api/v1"
SCHEME = "api_key"
JSON = "application/json"
CSV = "text/csv"
ID = "api_id"
# The answers of the API are data: a browser that is led to one shows nothing of it and runs nothing in it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Call:
    """What a call is: where it stands, what opens it, what it takes, and with what it may answer beside success.

    `once`: it takes an Idempotency-Key. `versioned`: its answer has an ETag. `guarded`: it asks for If-Match.
    """

    endpoint: str
    path: str
    method: str
    scope: Scope | StaffScope
    kinds: tuple[str, ...]
    statuses: frozenset[int]
    once: bool
    versioned: bool
    guarded: bool


class RowId(IntegerConverter):
    """A whole number that both databases can hold; a longer one matches nothing, so that it is no call's."""

    regex = r"[0-9]{1,18}"


class BodyParser(FlaskParser):
    """Reads bodies; what Python's own reader gives up on, such as a number of 5,000 digits, is no JSON to us."""

    def load_json(self, req: Request, schema: Any) -> Any:
        """Return the JSON of a body; BadRequest where it cannot be read."""
        try:
            return super().load_json(req, schema)
        except (ValueError, RecursionError) as unread:
            raise BadRequest from unread


class ApiRoom(Blueprint):
    """Calls with one door: a key in the header Authorization, never a cookie, so no page can call for its visitor."""

    ARGUMENTS_PARSER = BodyParser()

    def __init__(self, name: str, *, description: str) -> None:
        super().__init__(name, __name__, url_prefix=PREFIX, description=description)
        self.scopes: dict[str, Scope | StaffScope | None] = {}
        self.calls: dict[str, Call] = {}
        answer_errors(self)
        limit_calls(self)
        self.before_request(self._door)
        self.after_request(_put_headers)
        self.after_request(keep_answer)  # before the headers are put: those of the second answer are its own

    def call(
        self,
        rule: str,
        *,
        scope: Scope | StaffScope,
        method: str = "POST",
        kinds: tuple[str, ...] = (JSON,),
        statuses: tuple[int, ...] = (),
        once: bool = False,
        versioned: bool = False,
        guarded: bool = False,
        **options: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a view that asks for a scope; no number, name or postcode comes in an address."""

        def mark(view: Callable[..., Any]) -> Callable[..., Any]:
            endpoint = f"{self.name}.{view.__name__}"
            path = PREFIX + FlaskPlugin.flaskpath2openapi(rule)
            taken = () if method in {"GET", "DELETE"} else kinds
            self.scopes[endpoint] = scope
            self.calls[endpoint] = Call(
                endpoint, path, method, scope, taken, frozenset(statuses), once, versioned, guarded
            )
            documented = self.doc(security=[{SCHEME: [scope.value]}])(view)
            self.route(rule, methods=[method], **options)(documented)
            return view

        return mark

    def arguments(self, schema: Any, *, location: str = "json", **options: Any) -> Any:
        """As flask-smorest's, and refuse in the query too what is not known: it may be a number, and be in logs."""
        if location == "query":
            options.setdefault("unknown", RAISE)
        return super().arguments(schema, location=location, **options)

    def open_to_all(self, rule: str, methods: list[str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a view that needs no key and stands in no document."""

        def mark(view: Callable[..., Any]) -> Callable[..., Any]:
            self.scopes[f"{self.name}.{view.__name__}"] = None
            super(Blueprint, self).add_url_rule(rule, view.__name__, view, methods=methods)
            return view

        return mark

    def _door(self) -> Response | None:
        """Let in who has a key with the scope that the call asks for; look at nothing else before."""
        request.max_content_length = BODY_LIMIT
        endpoint = request.endpoint or ""
        scope = self.scopes.get(endpoint)
        if scope is None:
            return None
        holder = known_holder()
        if holder is None:
            raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "emergency location data"}))
        if scope not in holder.scopes:
            raise Forbidden(f"This key may not be used for {scope}.")
        let_in(holder)
        call = self.calls[endpoint]
        _look_at_kind(call)
        return answered_before(call.once)


def _look_at_kind(call: Call) -> None:
    """Refuse a body of a kind that is not taken, and any where none is."""
    if call.kinds:
        if request.mimetype not in call.kinds:
            abort(415)
        if request.mimetype == CSV:
            request.max_content_length = the_system().settings.upload_limit
    elif call.method == "POST" and (request.content_length or request.headers.get("Transfer-Encoding")):
        abort(415)


def _put_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
