"""The night operator's look-up: one field, a big answer, postcode first; the number goes in a form's body alone."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain.look_ups import CallBack
from app.domain.permissions import Permission
from app.domain.statuses import Status
from app.errors import AppError, Problem, Refused
from app.services.lookup.answers import Answer
from app.services.lookup.looking import look_up
from app.web.desk import the_actor, the_system
from app.web.findings import Findings, place
from app.web.forms.lookup import LookUpForm
from app.web.label import label
from app.web.rooms import For, Room
from app.web.status_words import COLOURS, PLAIN

room = Room("lookup", audience=For.STAFF, needs=Permission.LOOK_UP, prefix="/ops/look-up")

LINES = {"": "Ordinary", "DDI": "Direct dialling in", "EXT": "Extension", "FNET": "Feature network", "VOIP": "VoIP"}


@room.get("")
def show() -> ResponseReturnValue:
    """Ask for the number and why."""
    return _page(LookUpForm(formdata=None))


@room.post("")
def answer() -> ResponseReturnValue:
    """Record the look-up, then answer it."""
    form = LookUpForm()
    try:
        found = look_up(the_system(), the_actor(), form.asking())
    except Refused as refused:
        return _page(form, place(form, refused.problems)), 422
    except AppError as fault:
        if not fault.retryable:
            raise
        return _page(form, place(form, [Problem(fault.code, "", "error", str(fault))])), 503
    return _page(LookUpForm(formdata=None), found=found, unsure=form.call_back.data != CallBack.YES)


def _page(
    form: LookUpForm, findings: Findings | None = None, found: Answer | None = None, *, unsure: bool = False
) -> str:
    status = Status(found.status) if found is not None and found.known else None
    return render_template(
        "ops/lookup.html",
        form=form,
        findings=findings or Findings(),
        found=found,
        unsure=unsure,
        held=None if found is None else label(found.held),
        wanted=None if found is None else label(found.wanted),
        colour=COLOURS[status] if status else "grey",
        word=PLAIN[status] if status else "",
        line_type="" if found is None else LINES.get(found.line_type, found.line_type),
    )
