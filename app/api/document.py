"""The OpenAPI document made whole: every status that a call may answer with, its headers, and what it asks for."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from app.api.limits import BY_KEY
from app.api.once import HEADER, LONGEST, REPLAYED
from app.api.problems import CONTENT_TYPE, DETAILS
from app.api.rooms import JSON, PREFIX, ApiRoom, Call

# Whatever a call does: the key, how often, and what may go wrong at our end.
ALWAYS = frozenset({401, 403, 429, 500, 503})
OF_BODY = frozenset({400, 413, 415, 422})
OF_ONCE = frozenset({409, 422})
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
HEADERS: dict[str, dict[str, Any]] = {
    "X-RateLimit-Limit": {"description": f"How many calls the key has: {BY_KEY}", "schema": TEXT},
    "X-RateLimit-Remaining": {"description": "How many are left of them", "schema": TEXT},
    "X-RateLimit-Reset": {"description": "When they are whole again, in seconds since 1970", "schema": TEXT},
    "Retry-After": {"description": "Seconds to wait", "schema": TEXT},
    "WWW-Authenticate": {"description": "What is asked for", "schema": TEXT},
    "ETag": {"description": "The version that is shown", "schema": TEXT},
    "Location": {"description": "Where the import can be asked after", "schema": TEXT},
    REPLAYED: {"description": "`true` where the answer is that of an earlier call", "schema": TEXT},
}
LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
PARAMETERS: dict[str, dict[str, Any]] = {
    HEADER: {
        "in": "header",
        "name": HEADER,
        "required": False,
        "description": "A word of your own for this one call. Sent again with the same word within a day, the call is "
        "not done again: the same answer comes. With another content the word is refused.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
        "example": "order-2027-03-03-0001",
    },
    "If-Match": {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "description": "The ETag that you looked at, with its quotation marks.",
        "schema": TEXT,
        "example": '"5f0c1a2b3c4d5e6f708192a3b4c5d6e7"',
    },
    "If-None-Match": {
        "in": "header",
        "name": "If-None-Match",
        "required": False,
        "description": "An ETag that you have: 304 says that it still holds.",
        "schema": TEXT,
    },
}
SHORTHANDS = {"LocationsIn": "LocationIn", "RegisterIn": "LocationIn"}


def complete(document: dict[str, Any], rooms: Iterable[ApiRoom]) -> dict[str, Any]:
    """Return the document with what each call declares; nothing is left to a default."""
    components = document.setdefault("components", {})
    components["headers"] = HEADERS
    components["parameters"] = PARAMETERS
    components["responses"] = {f"Problem{status}": _problem(status) for status in sorted(DETAILS)}
    for room in rooms:
        for call in room.calls.values():
            _complete(document["paths"][call.path][call.method.lower()], call)
    _name_parameters(document)
    return document


def _complete(operation: dict[str, Any], call: Call) -> None:
    operation["operationId"] = call.endpoint.replace("_api.", "_")
    operation.setdefault("parameters", [])
    found = {status: told for status, told in operation["responses"].items() if status.isdecimal() and status[0] == "2"}
    for told in found.values():
        told["headers"] = _headers(call)
        if told.get("description") in {phrase.phrase for phrase in HTTPStatus}:
            told["description"] = operation.get("summary", "").rstrip(".") + ": done"
    statuses = ALWAYS | call.statuses
    statuses |= OF_BODY if call.kinds else frozenset()
    statuses |= OF_ONCE if call.once else frozenset()
    if call.method == "POST" and not call.kinds:
        statuses |= {413, 415}
    for status in sorted(statuses - {304}):
        found[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    if 304 in call.statuses:  # noqa: PLR2004  not modified
        found["304"] = {"description": "What you have still holds", "headers": _headers(call)}
    operation["responses"] = dict(sorted(found.items()))
    named = [HEADER] if call.once else []
    named += ["If-Match"] if call.guarded else []
    named += ["If-None-Match"] if call.versioned else []
    operation["parameters"] += [{"$ref": f"#/components/parameters/{name}"} for name in named]
    if call.kinds:
        _allow_shorthands(operation["requestBody"]["content"].get(JSON, {}))


def _headers(call: Call) -> dict[str, Any]:
    names = [*LIMITS]
    names += ["ETag"] if call.versioned else []
    names += [REPLAYED] if call.once else []
    names += ["Location"] if call.endpoint == "imports_api.send" else []
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _allow_shorthands(content: dict[str, Any]) -> None:
    """One location alone, or a list of them, is taken as well as an object that holds the list."""
    name = str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
    if name in SHORTHANDS:
        one = {"$ref": f"#/components/schemas/{SHORTHANDS[name]}"}
        several = {"type": "array", "items": one, "minItems": 1, "maxItems": 1000}
        content["schema"] = {"anyOf": [content["schema"], one, several]}


def _problem(status: int) -> dict[str, Any]:
    headers = list(LIMITS)
    headers += ["Retry-After"] if status in {429, 503} else []
    headers += ["WWW-Authenticate"] if status == 401 else []  # noqa: PLR2004  not known
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": DETAILS[status],
        "problems": [],
    }
    return {
        "description": DETAILS[status],
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}, "example": example}},
    }


def _name_parameters(document: dict[str, Any]) -> None:
    """Say what stands in an address: an id, the token of an import, or the name of a file."""
    told = {
        "import_id": "the import's `id`",
        "file_name": "the file's name",
        "number_id": "the number's `id`, which is no telephone number",
        "address_id": "the address's `id`",
        "change_id": "the change's `id`",
        "case_id": "the case's `id`",
        "hook_id": "the webhook's `id`",
    }
    for path in document["paths"].values():
        for parameter in path.get("parameters", []):
            if parameter.get("name") in told:
                parameter["description"] = told[parameter["name"]]
            if parameter.get("name") in {"import_id", "file_name"}:
                parameter["schema"] |= {"minLength": 1, "pattern": "^[A-Za-z0-9_.-]{1,60}$"}


def calls_in_order(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return path, method and operation of each call, by the groups that they stand in."""
    return [
        (path.removeprefix(PREFIX), method.upper(), operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]
