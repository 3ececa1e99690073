"""The API put together: its rooms, its document, and what stands at its other addresses."""

from flask import Flask, Response, current_app, jsonify, request
from flask_smorest import Api
from werkzeug.exceptions import MethodNotAllowed, NotFound

from app.api import locations, records
from app.api.desk import EXTENSION
from app.api.limits import limiter
from app.api.problems import CONTENT_TYPE
from app.api.rooms import SCHEME, ApiRoom
from app.api.shapes_out import ProblemDocument
from app.services.system import System

VERSION = "1"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
hall = ApiRoom("api_hall", description="The document, and addresses at which there is nothing")
ROOMS = (locations.room, records.room)
ABOUT = (
    "Registers where telephone numbers are used, so that 999 and 112 calls are routed to the right place and help "
    "goes to the right door. Every finding has a code; the codes are the contract, the sentences are for people."
)


class Document(Api):
    """flask-smorest's document, with our own errors in it; the errors themselves are answered by the rooms."""

    ERROR_SCHEMA = ProblemDocument
    DEFAULT_ERROR_RESPONSE_NAME = "DEFAULT_ERROR"

    def _register_error_handlers(self) -> None:
        """Leave errors to the rooms: those of pages are not the API's business."""

    def _register_responses(self) -> None:
        super()._register_responses()
        told = {"description": "A problem document (RFC 9457)", "content": {CONTENT_TYPE: {"schema": ProblemDocument}}}
        for name in (self.DEFAULT_ERROR_RESPONSE_NAME, "UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT"):
            self.spec.components.responses.pop(name, None)
            self.spec.components.responses_lazy.pop(name, None)
            self.spec.components.response(name, told, lazy=True)


def register_api(flask_app: Flask, system: System) -> None:
    """Give `flask_app` the API under /api/v1 with its document, its door and its limits."""
    flask_app.extensions[EXTENSION] = system
    flask_app.config.update(API_TITLE="Emergency location data", API_VERSION=VERSION, OPENAPI_VERSION="3.1.0")
    document = Document(spec_kwargs={"info": {"description": ABOUT}})
    document.init_app(flask_app)
    document.spec.components.security_scheme(
        SCHEME, {"type": "http", "scheme": "bearer", "description": "A key, made with `eld api-key make`"}
    )
    for room in ROOMS:
        document.register_blueprint(room)
    flask_app.register_blueprint(hall)
    flask_app.extensions["eld_api_document"] = document.spec.to_dict
    limiter.init_app(flask_app)
    # A call carries no cookie that counts, so no other site's page can make one for a visitor.
    if "csrf" in flask_app.extensions:
        for room in (*ROOMS, hall):
            flask_app.extensions["csrf"].exempt(room)


@hall.open_to_all("/openapi.json", ["GET"])
def openapi() -> Response:
    """Return the OpenAPI 3.1 document."""
    return jsonify(current_app.extensions["eld_api_document"]())


@hall.open_to_all("/", METHODS)
@hall.open_to_all("/<path:rest>", METHODS)
def nothing_here(rest: str = "") -> Response:  # noqa: ARG001  Flask passes it
    """Say that there is nothing at this address, or that it takes another method."""
    others = _methods_of_others(request.path)
    if others:
        raise MethodNotAllowed(sorted(others))
    raise NotFound


def _methods_of_others(path: str) -> set[str]:
    """Return the methods that a call of the API takes at a path."""
    return {
        method
        for rule in current_app.url_map.iter_rules()
        if rule.rule == path and not rule.arguments and rule.endpoint != "api_hall.nothing_here"
        for method in rule.methods or ()
        if method not in {"HEAD", "OPTIONS"}
    }
