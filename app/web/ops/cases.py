"""Cases: what the agent refused, what to do about it, and who is at it."""

from hashlib import sha256
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.errors import Conflict, Problem, Refused
from app.services.casework.listing import Queue, neighbours, page_cases
from app.services.casework.mending import fix_case
from app.services.casework.showing import show_case
from app.services.overview import number_line
from app.web.case_words import EMPTY, QUEUES, STATES, told
from app.web.desk import the_actor, the_person, the_system
from app.web.findings import Findings, place, take
from app.web.forms.cases import FIXABLE, FixForm, NoteForm
from app.web.forms.location import ALL
from app.web.forms.search import page_asked
from app.web.ops.case_work import put_views
from app.web.ops.cases_together import put_views as put_views_of_several
from app.web.rooms import For, Room

room = Room("cases", audience=For.STAFF, needs=Permission.WORK_CASES, prefix="/ops/cases")
put_views(room)
put_views_of_several(room)


@room.get("")
def listing() -> ResponseReturnValue:
    """List the cases of one queue, the most urgent first."""
    asked = request.args.get("queue", "")
    queue = Queue(asked) if asked in set(Queue) else Queue.UNCLOSED
    found = page_cases(the_system(), the_actor(), queue, page_asked())
    return render_template(
        "ops/cases.html",
        found=found,
        queue=queue,
        queues=QUEUES,
        states=STATES,
        nothing=EMPTY[queue],
        all_chosen=bool(request.args.get("all")),
    )


@room.route("/<int:case_id>", methods=["GET", "POST"])
def show(case_id: int) -> ResponseReturnValue:
    """Show what was sent beside what to do; mend it and send it again."""
    shown = show_case(the_system(), the_actor(), case_id)
    form = _form(shown)
    if request.method == "GET" or shown["typed"] is None:
        return _page(shown, form, place(form, []))
    if "take" in request.form:
        take(form, request.form["take"])
        return _page(shown, form, place(form, []))
    if form.seen.data != _seen(shown):
        raise Conflict("This case was changed by somebody else meanwhile. Open it again and look at it afresh.")
    changes = _changes(form, shown)
    if not changes:
        nothing = Problem(
            "W04",
            _field(shown),
            "error",
            "Nothing is changed yet: the agent would refuse it again. To send it as it stands, give today's date.",
        )
        return _page(shown, form, place(form, [nothing]), 422)
    try:
        fix_case(the_system(), the_actor(), case_id, changes, whole_address=form.scope.data == ALL)
    except Refused as refused:
        return _page(shown, form, place(form, refused.problems), 422)
    flash("Mended. It goes out again with the next file; the case closes when the agent accepts it.", "done")
    return redirect(url_for(".show", case_id=case_id), 303)


def _form(shown: dict[str, Any]) -> FixForm:
    form = FixForm()
    form.offer_scope(len(shown["shared_with"] or ()))
    if request.method == "GET":
        for name in FIXABLE if shown["typed"] is not None else ():
            form[name].data = getattr(shown["typed"], name)
        form.seen.data = _seen(shown)
    return form


def _changes(form: FixForm, shown: dict[str, Any]) -> dict[str, str]:
    """Return what differs from what was typed; a date counts as soon as it is given."""
    given = {name: str(form[name].data or "").strip() for name in FIXABLE}
    changes = {name: value for name, value in given.items() if value != getattr(shown["typed"], name).strip()}
    return changes | ({"effective_date": form.effective_date.data} if form.effective_date.data else {})


def _seen(shown: dict[str, Any]) -> str:
    """Return a digest of the case and of what was typed, by which a fix notices that either moved on."""
    return sha256(f"{shown['case']['state']} {shown['typed']!r}".encode()).hexdigest()[:16]


def _field(shown: dict[str, Any]) -> str:
    field = shown.get("field_at_fault") or ""
    return field if field in FIXABLE else "postcode"


def _page(shown: dict[str, Any], form: FixForm, findings: Findings, status: int = 200) -> ResponseReturnValue:
    before, after = neighbours(the_system(), the_actor(), shown["case"]["id"])
    at_fault, number_id = _field(shown), shown["case"]["number_id"]
    text = render_template(
        "ops/case.html",
        shown=shown,
        case=shown["case"],
        states=STATES,
        told=told,
        form=form,
        note=NoteForm(formdata=None),
        findings=findings,
        first=[at_fault],
        rest=[name for name in FIXABLE if name != at_fault],
        mine=shown["case"].get("owner") == the_person().email,
        line=number_line(the_system(), the_actor(), number_id) if number_id else None,
        before=before,
        after=after,
    )
    return text, status
