"""Cases: what the agent refused, what to do about it, and who is at it."""

from hashlib import sha256
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.errors import Conflict, Problem, Refused
from app.services.cases.listing import list_cases
from app.services.cases.mending import fix_case
from app.services.cases.showing import show_case
from app.services.cases.working import close_case, take_case
from app.services.overview import number_line
from app.web.desk import the_actor, the_person, the_system
from app.web.findings import Findings, place, summary_of, take
from app.web.forms.cases import FIXABLE, FixForm, WhyForm
from app.web.forms.location import ALL
from app.web.rooms import For, Room

room = Room("cases", audience=For.STAFF, needs=Permission.WORK_CASES, prefix="/ops/cases")


@room.get("")
def listing() -> ResponseReturnValue:
    """List the cases, the ones due first."""
    closed = request.args.get("closed") == "yes"
    return render_template("ops/cases.html", cases=list_cases(the_system(), the_actor(), closed=closed), closed=closed)


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


@room.post("/<int:case_id>/take")
def take_over(case_id: int) -> ResponseReturnValue:
    """Make the visitor the owner of the case."""
    take_case(the_system(), the_actor(), case_id)
    flash("The case is yours.", "done")
    return redirect(url_for(".show", case_id=case_id), 303)


@room.route("/<int:case_id>/close", methods=["GET", "POST"])
def close(case_id: int) -> ResponseReturnValue:
    """Close a case without an accepted record, for a reason that is kept."""
    shown, form = show_case(the_system(), the_actor(), case_id), WhyForm()
    if form.validate_on_submit():
        close_case(the_system(), the_actor(), case_id, str(form.why.data).strip())
        flash("The case is closed, with its reason.", "done")
        return redirect(url_for(".listing"), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("ops/close_case.html", shown=shown, form=form, problems=summary_of(form)), status


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
    lined = [case["id"] for case in list_cases(the_system(), the_actor())]
    here = lined.index(shown["case"]["id"]) if shown["case"]["id"] in lined else None
    at_fault, number_id = _field(shown), shown["case"]["number_id"]
    text = render_template(
        "ops/case.html",
        shown=shown,
        case=shown["case"],
        form=form,
        findings=findings,
        first=[at_fault],
        rest=[name for name in FIXABLE if name != at_fault],
        mine=shown["case"].get("owner") == the_person().email,
        line=number_line(the_system(), the_actor(), number_id) if number_id else None,
        before=lined[here - 1] if here else None,
        after=lined[here + 1] if here is not None and here + 1 < len(lined) else None,
    )
    return text, status
