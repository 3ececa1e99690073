"""Many at once: upload, dry run, summary, then apply; between them the upload lies on the shelf, in no cookie."""

from contextlib import closing
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.domain.jobs import JobState
from app.domain.permissions import Permission
from app.errors import NotFound, Refused
from app.services.import_jobs import (
    UploadView,
    apply_upload,
    check_again,
    discard_upload,
    find_upload,
    findings_of,
    list_uploads,
    receive_upload,
    refused_rows,
)
from app.web.desk import the_account, the_actor, the_system
from app.web.findings import place, summary_of
from app.web.forms.bulk import GOOD, ApplyForm, UploadForm
from app.web.forms.search import page_asked
from app.web.rooms import For, Room
from validators.location import COLUMNS

room = Room("bulk", audience=For.CUSTOMERS, needs=Permission.IMPORT_LOCATIONS, prefix="/bulk")


@room.get("")
def start() -> ResponseReturnValue:
    """Ask for the file."""
    return start_page(UploadForm())


@room.post("")
def receive() -> ResponseReturnValue:
    """Keep the upload, look through it, and show what is in it."""
    form = UploadForm()
    return receive_for(the_account(), form) if form.validate() else start_page(form, 422)


def start_page(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    """Show the form, and what was sent lately."""
    uploads = list_uploads(the_system(), the_actor())
    text = render_template("portal/bulk_start.html", form=form, problems=summary_of(form), uploads=uploads, **WORDS)
    return text, status


def receive_for(account_id: int, form: UploadForm) -> ResponseReturnValue:
    """Take the file of a form for an account."""
    try:
        with closing(form.file.data) as sent:
            upload = receive_upload(the_system(), the_actor(), account_id, sent.stream)
    except Refused as refused:
        place(form, refused.problems)
        return start_page(form, 422)
    return redirect(url_for(".show", token=upload.token), 303)


def columns() -> ResponseReturnValue:
    """Hand out an empty file with the columns."""
    names = ",".join(COLUMNS) + "\r\n"
    return Response(names, mimetype="text/csv", headers={"Content-Disposition": 'attachment; filename="locations.csv"'})


def show(token: str) -> ResponseReturnValue:
    """Show how far it is, or what the dry run, or the application, said."""
    return _page(_find(token), ApplyForm())


def apply(token: str) -> ResponseReturnValue:
    """Apply the good rows only, or all or nothing."""
    upload, form = _find(token), ApplyForm()
    if not form.validate():
        return _page(upload, form, 422)
    try:
        upload = apply_upload(the_system(), the_actor(), token, skip_bad=form.rows.data == GOOD)
    except Refused as refused:
        form.rows.errors = [problem.message for problem in refused.problems]
        return _page(upload, form, 422)
    if upload.state is JobState.CHECKED:
        form.rows.errors = [upload.why]
        return _page(upload, form, 422)
    if upload.state is JobState.APPLIED:
        flash("Applied. What is new goes out with the night's file.", "done")
    return redirect(url_for(".show", token=token), 303)


def again(token: str) -> ResponseReturnValue:
    """Look through it once more."""
    check_again(the_system(), the_actor(), token)
    return redirect(url_for(".show", token=token), 303)


def refused(token: str) -> ResponseReturnValue:
    """Hand out the refused rows with the reasons."""
    path = refused_rows(the_system(), _find(token))
    if path is None:
        raise NotFound("no row of this upload was refused")
    return send_file(path, mimetype="text/csv", as_attachment=True, download_name="refused-rows.csv", max_age=0)


def discard(token: str) -> ResponseReturnValue:
    """Throw the upload away."""
    discard_upload(the_system(), the_actor(), token)
    flash("The file was thrown away. Nothing was changed by it.")
    return redirect(url_for(".start"), 303)


def put_views(place: Room) -> None:
    """Give a room the pages of an upload, which are the same for customers and for operations."""
    place.get("/columns.csv")(columns)
    place.get("/<token>")(show)
    place.get("/<token>/refused.csv")(refused)
    for view in (apply, again, discard):
        place.post(f"/<token>/{view.__name__}")(view)


put_views(room)


def _find(token: str) -> UploadView:
    return find_upload(the_system(), the_actor(), token)


def _page(upload: UploadView, form: ApplyForm, status: int = 200) -> ResponseReturnValue:
    if upload.under_way or upload.state is JobState.FAILED or upload.report is None:
        share = 100 * upload.bytes_done // max(upload.bytes_total, 1)
        return render_template("portal/bulk_progress.html", upload=upload, share=share, **WORDS), status
    report = upload.report
    problems, page_count = findings_of(the_system(), upload, page_asked())
    text = render_template(
        "portal/bulk_summary.html",
        upload=upload,
        applied=upload.state is JobState.APPLIED,
        report=report,
        form=form,
        sentence=_sentence(report, applied=upload.state is JobState.APPLIED),
        usable=report["accepted"] + report["for_review"],
        has_refused=refused_rows(the_system(), upload) is not None,
        problems=problems,
        page=min(page_asked(), page_count),
        page_count=page_count,
        pages_of=f"{request.blueprint}.show",
        summary_items=summary_of(form),
    )
    return text, status


def _sentence(report: dict[str, Any], *, applied: bool) -> str:
    rows, usable = report["rows"], report["accepted"] + report["for_review"]
    whole = f"{rows:,} row{'' if rows == 1 else 's'}"
    if applied:
        return f"{usable:,} of {whole} {'was' if usable == 1 else 'were'} applied."
    if not report["refused"]:
        return f"{whole}, and nothing is refused." if usable else f"{whole}, and nothing would change."
    return f"{usable:,} of {whole} can be applied; {report['refused']:,} cannot."


WORDS: dict[str, Any] = {
    "state_words": {
        JobState.WAITING: ("Waiting to be looked through", "blue"),
        JobState.CHECKING: ("Being looked through", "blue"),
        JobState.CHECKED: ("Looked through, not applied", "yellow"),
        JobState.APPLYING: ("Being applied", "blue"),
        JobState.APPLIED: ("Applied", "green"),
        JobState.FAILED: ("Could not be finished", "red"),
    },
    "STATES": JobState,
}
