"""Explain a file: every field named, every fault pointed at in its line; nothing is stored and nothing logged (F9)."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.explaining import ExplainedFile, explain_file, profile_names
from app.web.desk import the_actor, the_system
from app.web.findings import summary_of
from app.web.forms.explain import ExplainForm
from app.web.forms.fields import choices
from app.web.raw_line import stretches, visible
from app.web.rooms import For, Room
from app.web.ruler import ruler
from emergency_export.explain.records import NamedRecord
from emergency_export.profiles import FileKind

room = Room("explain", audience=For.STAFF, needs=Permission.EXPLAIN_FILE, prefix="/ops/explain")
TITLES = {
    "header": "Header",
    "columns": "Names of the columns",
    "data": "Record",
    "trailer": "Trailer",
    "fco": "Answer for a file",
    "reply": "Reply",
    "unknown": "Unknown record",
}


@room.route("", methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    """Ask for a file, and show what it holds on the same page."""
    system, form = the_system(), ExplainForm()
    form.profile.choices = choices((name, name) for name in profile_names(system))
    if not form.is_submitted():
        form.profile.data = system.profile.name
        return _page(form)
    given = form.content(system.profile.line_ending) if form.validate() else None
    if given is None:
        return _page(form, status=422)
    kind = FileKind(form.kind.data) if form.kind.data else None
    content, name = given
    found = explain_file(system, the_actor(), content, name, profile=str(form.profile.data), kind=kind)
    return _page(form, found, visible(name or ""))


def _page(
    form: ExplainForm, found: ExplainedFile | None = None, name: str = "", status: int = 200
) -> ResponseReturnValue:
    text = render_template(
        "ops/explain.html",
        form=form,
        problems=summary_of(form),
        found=found,
        name=name,
        title_of=_title,
        ruler=ruler,
        visible=visible,
        cut=_cut,
    )
    return text, status


def _title(record: NamedRecord) -> str:
    title = TITLES[record.type]
    if record.number is not None and record.type != "fco":
        title += f" {record.number}"
    return f"{title}, read as: {TITLES[record.read_as].lower()}" if record.read_as else title


def _cut(record: NamedRecord) -> object:
    """Return the line in stretches, with what is wrong marked."""
    wrong = [finding.columns for finding in record.findings if finding.columns]
    return stretches(record.text, [field.columns for field in record.fields], wrong)
