"""Files for people, sent as they come."""

from collections.abc import Iterable

from flask import Response


def list_answer(lines: Iterable[str], name: str) -> Response:
    """Send a CSV line by line, however long it is."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(lines, mimetype="text/csv", headers=headers)
