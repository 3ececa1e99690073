"""Imports: sent as a CSV or as rows, looked through, applied when that is asked for, or thrown away."""

import csv
import io
from typing import Any

from flask import Response, request
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest, UnprocessableEntity

from app.api.cursors import cursor_of, place_of
from app.api.desk import the_account, the_actor, the_system
from app.api.examples import LOCATIONS
from app.api.examples_more import CSV_EXAMPLE, FINDINGS, IMPORT
from app.api.once import the_upload
from app.api.rooms import CSV, JSON, ApiRoom
from app.api.shapes_in import ApplyIn, CursorIn, LocationsIn
from app.api.shapes_lists import FindingsOut, ImportOut, ImportsOut
from app.services.api_keys import Scope
from app.services.import_jobs import (
    UploadView,
    apply_upload,
    discard_upload,
    find_upload,
    findings_of,
    list_uploads,
    receive_upload,
)
from validators.columns import COLUMNS, Location

room = ApiRoom("imports_api", description="Imports of many locations")
LIST = "findings"
TAKEN = {
    "required": True,
    "content": {
        CSV: {
            "schema": {"type": "string", "description": "with a header row of column names; UTF-8"},
            "example": CSV_EXAMPLE,
        },
        JSON: {"schema": {"$ref": "#/components/schemas/LocationsIn"}, "example": LOCATIONS},
    },
}


@room.call("/imports", scope=Scope.WRITE, kinds=(CSV, JSON), once=True)
@room.doc(requestBody=TAKEN)
@room.response(202, ImportOut, example=IMPORT)
def send() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Send many locations and have them looked through; nothing is stored before the import is applied.

    A short import is looked through at once, a long one as soon as a worker is free: ask for its state.
    """
    stream = the_upload() if request.mimetype == CSV else io.BytesIO(_as_csv(_rows()))
    upload = receive_upload(the_system(), the_actor(), the_account(), stream)
    return _json(upload), 202, {"Location": f"{request.path}/{upload.token}"}


@room.call("/imports", scope=Scope.READ, method="GET")
@room.response(200, ImportsOut, example={"items": [IMPORT]})
def list_imports() -> dict[str, Any]:
    """List what was sent with this key within the day, the newest first."""
    return {"items": [_json(upload) for upload in list_uploads(the_system(), the_actor())]}


@room.call("/imports/<import_id>", scope=Scope.READ, method="GET", statuses=(404,))
@room.response(200, ImportOut, example=IMPORT)
def show_import(import_id: str) -> dict[str, Any]:
    """Show how far an import is."""
    return _json(_find(import_id))


@room.call("/imports/<import_id>/findings", scope=Scope.READ, method="GET", statuses=(404, 422))
@room.arguments(CursorIn, location="query")
@room.response(200, FindingsOut, example=FINDINGS)
def list_findings(asked: dict[str, str], import_id: str) -> dict[str, Any]:
    """List what was found in an import, the worst first, each with its row."""
    page = place_of(LIST, asked["cursor"]) or 1
    findings, pages = findings_of(the_system(), _find(import_id), page)
    return {
        "items": [problem.as_dict() for problem in findings],
        "next": cursor_of(LIST, page + 1 if page < pages else None),
    }


@room.call("/imports/<import_id>/apply", scope=Scope.WRITE, statuses=(404, 409), once=True)
@room.arguments(ApplyIn, example={"skip_bad": True})
@room.response(202, ImportOut, example=IMPORT | {"state": "applied"})
def apply_import(body: dict[str, bool], import_id: str) -> dict[str, Any]:
    """Apply an import that was looked through: all of its rows or none, or the good ones alone with `skip_bad`."""
    _find(import_id)
    return _json(apply_upload(the_system(), the_actor(), import_id, skip_bad=body["skip_bad"]))


@room.call("/imports/<import_id>", scope=Scope.WRITE, method="DELETE", statuses=(404, 409))
@room.response(204)
def discard(import_id: str) -> Response:
    """Throw an import away; what was applied stays."""
    _find(import_id)
    discard_upload(the_system(), the_actor(), import_id)
    answer = Response(status=204)
    answer.content_type = None  # type: ignore[assignment]  # there is no content to have a type
    return answer


def _find(import_id: str) -> UploadView:
    """Whatever is no token of ours is asked of no database: it may hold what that cannot take."""
    return find_upload(the_system(), the_actor(), import_id if import_id.isascii() and import_id.isprintable() else "")


def _rows() -> list[Location]:
    body = request.get_json(silent=True)
    if body is None:
        raise BadRequest
    try:
        rows: list[Location] = LocationsIn().load(body)["locations"]
    except ValidationError as wrong:
        refused = UnprocessableEntity()
        refused.exc = wrong  # type: ignore[attr-defined]  # as webargs has it, so that the findings are told
        raise refused from wrong
    return rows


def _as_csv(rows: list[Location]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([getattr(row, name) for name in COLUMNS] for row in rows)
    return text.getvalue().encode()


def _json(upload: UploadView) -> dict[str, Any]:
    return {
        "id": upload.token,
        "state": str(upload.state),
        "report": upload.report,
        "why": upload.why,
        "rows_done": upload.rows_done,
        "bytes_done": upload.bytes_done,
        "bytes_total": upload.bytes_total,
        "created_at": upload.created_at.isoformat(),
        "expires_at": upload.expires.isoformat(),
    }
