"""Files: the list, and one file with its records under a ruler."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.exports.files import file_records, list_files, release_file, resend_file, show_file
from app.web.desk import the_actor, the_system
from app.web.forms.search import page_asked
from app.web.rooms import For, Room
from app.web.ruler import ruler

room = Room("files", audience=For.STAFF, needs=Permission.SEE_FILES, prefix="/ops/files")


@room.get("")
def listing() -> ResponseReturnValue:
    """List the files, the newest first."""
    return render_template("ops/files.html", files=list_files(the_system(), the_actor()))


@room.get("/<file_name>")
def show(file_name: str) -> ResponseReturnValue:
    """Show a file's facts, its replies and its records."""
    system, actor = the_system(), the_actor()
    file = show_file(system, actor, file_name)
    records = file_records(system, actor, file_name, page_asked())
    width = max((len(record["raw"]) for record in records.records), default=0)
    return render_template("ops/file.html", file=file, records=records, ruler=ruler(width))


@room.post("/<file_name>/resend")
@room.needs(Permission.RUN_EXPORT)
def resend(file_name: str) -> ResponseReturnValue:
    """Send the same bytes again."""
    resend_file(the_system(), the_actor(), file_name)
    flash(f"{file_name} was sent again, byte for byte.", "done")
    return redirect(url_for(".show", file_name=file_name), 303)


@room.post("/<file_name>/release")
@room.needs(Permission.RUN_EXPORT)
def release(file_name: str) -> ResponseReturnValue:
    """Let further files leave after a refusal that would come again."""
    release_file(the_system(), the_actor(), file_name)
    flash(f"{file_name} is released: further files may leave.", "done")
    return redirect(url_for(".show", file_name=file_name), 303)
