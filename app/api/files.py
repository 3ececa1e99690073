"""Staff: the files that went to the agent, and the night to come. What takes two people is not done by a program."""

import re
from typing import Any

from app.api.cursors import cursor_of, place_of
from app.api.desk import the_actor, the_system
from app.api.examples_more import FILE, TONIGHT
from app.api.rooms import ApiRoom
from app.api.shapes_in import CursorIn, PageIn
from app.api.shapes_staff import FileOut, FileRecordsOut, FilesOut, TonightOut, WholeFileOut
from app.errors import NotFound
from app.services.exports.file_pages import slice_files
from app.services.exports.files import file_records, resend_file, show_file
from app.services.exports.tonight import tonight
from app.services.staff_keys import StaffScope

room = ApiRoom("files_api", description="Staff: files and the night")
LIST, RECORDS = "files", "records"
NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}")


@room.call("/files", scope=StaffScope.FILES_READ, method="GET", statuses=(422,))
@room.arguments(PageIn, location="query")
@room.response(200, FilesOut, example={"items": [FILE], "next": None})
def list_files(asked: dict[str, Any]) -> dict[str, Any]:
    """List the files that were given a number, the newest first."""
    found = slice_files(the_system(), the_actor(), place_of(LIST, asked["cursor"]), asked["limit"])
    return {"items": found.files, "next": cursor_of(LIST, found.before)}


@room.call("/files/<file_name>", scope=StaffScope.FILES_READ, method="GET", statuses=(404,))
@room.response(200, WholeFileOut)
def show(file_name: str) -> dict[str, Any]:
    """Show one file with its profile and the replies that came for it."""
    return show_file(the_system(), the_actor(), _known(file_name))


@room.call("/files/<file_name>/records", scope=StaffScope.FILES_READ, method="GET", statuses=(404, 422))
@room.arguments(CursorIn, location="query")
@room.response(200, FileRecordsOut)
def list_records(asked: dict[str, str], file_name: str) -> dict[str, Any]:
    """List the records of a file, each as it was sent and field by field; that it was read is noted."""
    number = place_of(RECORDS, asked["cursor"]) or 1
    page = file_records(the_system(), the_actor(), _known(file_name), number)
    return {"items": page.records, "next": cursor_of(RECORDS, number + 1 if number < page.pages else None)}


@room.call("/files/<file_name>/resend", scope=StaffScope.FILES_WRITE, kinds=(), statuses=(404, 409, 502), once=True)
@room.response(200, FileOut, example=FILE)
def resend(file_name: str) -> dict[str, Any]:
    """Put the same bytes under the same name once more; what is held by the brake is released by people alone."""
    return resend_file(the_system(), the_actor(), _known(file_name))


@room.call("/tonight", scope=StaffScope.FILES_READ, method="GET")
@room.response(200, TonightOut, example=TONIGHT)
def show_tonight() -> dict[str, Any]:
    """Show what goes out tonight, what waits for the agent, and what is overdue."""
    return tonight(the_system(), the_actor())


def _known(file_name: str) -> str:
    """Whatever can be no name of ours is asked of no database: it may hold what that cannot take."""
    if not NAME.fullmatch(file_name):
        raise NotFound("there is no such file")
    return file_name
