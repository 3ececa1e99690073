"""Many at once: upload, dry run, summary, then apply; between them the upload lies on the shelf, in no cookie."""

from contextlib import closing
from typing import Any

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.errors import Problem
from app.services.uploads import ImportReport, import_locations
from app.web.desk import the_account, the_actor, the_moment, the_person, the_system
from app.web.findings import summary_of
from app.web.forms.bulk import GOOD, ApplyForm, UploadForm
from app.web.forms.search import page_asked
from app.web.refused_rows import keep_refused
from app.web.rooms import For, Room
from app.web.upload_shelf import Upload, UploadShelf
from validators.columns import Location

FINDINGS_A_PAGE = 100

room = Room("bulk", audience=For.CUSTOMERS, needs=Permission.IMPORT_LOCATIONS, prefix="/bulk")


@room.get("")
def start() -> ResponseReturnValue:
    """Ask for the file."""
    return render_template("portal/bulk_start.html", form=UploadForm(), problems=[])


@room.get("/columns.csv")
def columns() -> ResponseReturnValue:
    """Hand out an empty file with the columns."""
    names = ",".join(Location.__dataclass_fields__) + "\r\n"
    return Response(names, mimetype="text/csv", headers={"Content-Disposition": 'attachment; filename="locations.csv"'})


@room.post("")
def receive() -> ResponseReturnValue:
    """Keep the upload, look through it, and show what is in it."""
    form = UploadForm()
    if not form.validate():
        return render_template("portal/bulk_start.html", form=form, problems=summary_of(form)), 422
    with closing(form.file.data) as sent:
        upload = _shelf().keep(sent.stream, the_person().id, the_account(), the_moment())
    _keep(upload, _look_through(upload))
    return redirect(url_for(".show", token=upload.token), 303)


@room.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show what the dry run, or the application, said."""
    return _summary(_find(token), ApplyForm())


@room.post("/<token>/apply")
def apply(token: str) -> ResponseReturnValue:
    """Apply the good rows only, or all or nothing."""
    upload, form = _find(token), ApplyForm()
    if not form.validate():
        return _summary(upload, form, 422)
    upload.claim()
    try:
        report = _look_through(upload, dry_run=False, skip_bad=form.rows.data == GOOD)
    except BaseException:
        upload.unclaim()
        raise
    if not report.saved:
        # The page goes on showing what the dry run found.
        upload.unclaim()
        form.rows.errors = ["Nothing was applied: some rows are refused. Apply the good rows only, or mend the file."]
        return _summary(upload, form, 422)
    upload.applied = True
    _keep(upload, report)
    flash("Applied. What is new goes out with the night's file.", "done")
    return redirect(url_for(".show", token=token), 303)


@room.get("/<token>/refused.csv")
def refused(token: str) -> ResponseReturnValue:
    """Hand out the refused rows with the reasons."""
    return send_file(
        _find(token).refused, mimetype="text/csv", as_attachment=True, download_name="refused-rows.csv", max_age=0
    )


@room.post("/<token>/discard")
def discard(token: str) -> ResponseReturnValue:
    """Throw the upload away."""
    _shelf().drop(_find(token))
    flash("The file was thrown away. Nothing was changed by it.")
    return redirect(url_for(".start"), 303)


def _shelf() -> UploadShelf:
    return UploadShelf(the_system().settings.data_dir)


def _find(token: str) -> Upload:
    return _shelf().find(token, the_person().id, the_moment())


def _look_through(upload: Upload, *, dry_run: bool = True, skip_bad: bool = False) -> ImportReport:
    with upload.rows.open("rb") as stream:
        return import_locations(
            the_system(),
            the_actor(),
            upload.account_id,
            stream,
            size=upload.rows.stat().st_size,
            dry_run=dry_run,
            skip_bad=skip_bad,
        )


def _keep(upload: Upload, report: ImportReport) -> None:
    upload.report = report.as_dict()
    keep_refused(upload, report)
    upload.save()


def _summary(upload: Upload, form: ApplyForm, status: int = 200) -> ResponseReturnValue:
    report, page = upload.report, page_asked()
    rows = sorted(
        report["problems"], key=lambda item: (item["severity"] != "error", item.get("row") or item.get("line") or 0)
    )
    page_count = max(1, -(-len(rows) // FINDINGS_A_PAGE))
    shown = rows[(page - 1) * FINDINGS_A_PAGE : page * FINDINGS_A_PAGE]
    text = render_template(
        "portal/bulk_summary.html",
        upload=upload,
        report=report,
        form=form,
        sentence=_sentence(report, applied=upload.applied),
        usable=report["accepted"] + report["for_review"],
        has_refused=upload.refused.exists(),
        problems=[_problem(item) for item in shown],
        page=page,
        page_count=page_count,
        summary_items=summary_of(form),
    )
    return text, status


def _problem(item: dict[str, Any]) -> Problem:
    return Problem(**{**item, "alternatives": tuple(item.get("alternatives") or ())})


def _sentence(report: dict[str, Any], *, applied: bool) -> str:
    rows, usable = report["rows"], report["accepted"] + report["for_review"]
    whole = f"{rows} row{'' if rows == 1 else 's'}"
    if applied:
        return f"{usable} of {whole} {'was' if usable == 1 else 'were'} applied."
    if not report["refused"]:
        return f"{whole}, and nothing is refused." if usable else f"{whole}, and nothing would change."
    return f"{usable} of {whole} can be applied; {report['refused']} cannot."
