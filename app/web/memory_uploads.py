"""Uploads that touch no disk: where nothing may be stored, the parser's temporary file would be a copy too."""

from io import BytesIO
from typing import IO

from flask import Flask, Request, request

from app.web.desk import the_visitor
from app.web.limits import FORM_LIMIT

# What is explained is held in memory whole, for as long as the answer takes: so it is bounded.
IN_MEMORY = {"explain.show": 16 * 2**20}


class HouseRequest(Request):
    """A request whose uploads stay in memory where nothing of them may be stored; else as Werkzeug does it."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.endpoint in IN_MEMORY:
            return BytesIO()
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


def keep_in_memory(flask_app: Flask) -> None:
    """Take what is to be explained into memory, as far as its limit; for who is logged in alone."""
    flask_app.request_class = HouseRequest

    @flask_app.before_request
    def make_room() -> None:
        most = IN_MEMORY.get(request.endpoint or "")
        if most is not None and the_visitor() is not None:
            request.max_content_length = most + FORM_LIMIT
            request.max_form_memory_size = most + FORM_LIMIT
