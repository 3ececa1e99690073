"""The API put together: its rooms, its document, and what stands at its other addresses."""

from flask import Flask, Response, current_app, jsonify, request
from flask_smorest import Api
from limits.errors import ConfigurationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter

from app.api import account, addresses, cases, files, imports, locations, numbers, records, webhooks
from app.api.desk import EXTENSION
from app.api.document import complete
from app.api.fields import Degrees, Text, YesNo
from app.api.limits import limiter
from app.api.once import close_upload
from app.api.page import show_page
from app.api.problems import CONTENT_TYPE
from app.api.rooms import ID, SCHEME, ApiRoom, RowId
from app.api.shapes_in import LocationIn, LocationsIn
from app.api.shapes_out import ProblemDocument
from app.errors import Misconfigured
from app.services.system import System

VERSION = "1"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
hall = ApiRoom("api_hall", description="The document, and addresses at which there is nothing")
# One line for each room: who adds one puts it here, and its calls are in the document, the tests and the page.
ROOMS: tuple[ApiRoom, ...] = (
    locations.room,
    numbers.room,
    records.room,
    addresses.room,
    imports.room,
    account.room,
    webhooks.room,
    files.room,
    cases.room,
)
ABOUT = (
    "Registers where telephone numbers are used, so that 999 and 112 calls are routed to the right place and help "
    "goes to the right door. Every finding has a code; the codes are the contract, the sentences are for people."
)
DOCUMENT = "eld_api_document"


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
    flask_app.config["RATELIMIT_STORAGE_URI"] = system.settings.limits_storage
    flask_app.url_map.converters[ID] = RowId
    document = Document(spec_kwargs={"info": {"description": ABOUT}})
    document.init_app(flask_app)
    document.register_converter(RowId, lambda _: {"type": "integer", "minimum": 0, "maximum": 10**18 - 1})
    for kind in (Text, Degrees, YesNo):
        document.ma_plugin.map_to_openapi_type(kind, list(kind.kinds), None)
    document.spec.components.security_scheme(
        SCHEME,
        {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of the account, made by its owner, or of a member of staff, made with "
            "`eld api-key make --own`. It is shown once, has scopes, and can be revoked.",
        },
    )
    for room in ROOMS:
        document.register_blueprint(room)
    for name, shape in (("LocationIn", LocationIn), ("LocationsIn", LocationsIn)):
        if name not in document.spec.components.schemas:
            document.spec.components.schema(name, schema=shape)
    flask_app.register_blueprint(hall)
    flask_app.extensions[DOCUMENT] = complete(document.spec.to_dict(), ROOMS)
    flask_app.teardown_request(close_upload)
    try:
        limiter.init_app(flask_app)
    except ConfigurationError as wrong:
        raise Misconfigured(f"ELD_LIMITS_STORAGE: {wrong}") from wrong
    # A call carries no cookie that counts, so no other site's page can make one for a visitor.
    if "csrf" in flask_app.extensions:
        for room in (*ROOMS, hall):
            flask_app.extensions["csrf"].exempt(room)


@hall.open_to_all("/openapi.json", ["GET"])
def openapi() -> Response:
    """Return the OpenAPI 3.1 document."""
    return jsonify(current_app.extensions[DOCUMENT])


@hall.open_to_all("/docs", ["GET"])
def docs() -> Response:
    """Return the document as a page for people."""
    return show_page(current_app.extensions[DOCUMENT])


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
    adapter = current_app.url_map.bind("")
    return {method for method in METHODS if method not in {"HEAD", "OPTIONS"} and _taken(adapter, path, method)}


def _taken(adapter: MapAdapter, path: str, method: str) -> bool:
    try:
        endpoint, _ = adapter.match(path, method)
    except HTTPException:
        return False
    return bool(endpoint != "api_hall.nothing_here")
