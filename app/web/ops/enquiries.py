"""Enquiries in the console: listed, shown, answered, noted, closed, erased on request."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.domain.enquiries import EnquiryState
from app.domain.permissions import Permission
from app.errors import Refused
from app.services.enquiries.working import (
    answer_enquiry,
    close_enquiry,
    erase_on_request,
    list_enquiries,
    note_enquiry,
    show_enquiry,
)
from app.web.asking import Question
from app.web.asking import ask as ask_once_more
from app.web.desk import the_actor, the_system
from app.web.enquiry_words import INTERESTS, NOTHING, STATES, STEPS, TOPICS
from app.web.findings import place
from app.web.forms.enquiries import AnswerForm, NoteForm
from app.web.forms.search import page_asked
from app.web.rooms import For, Room

room = Room("ops_enquiries", audience=For.STAFF, needs=Permission.WORK_ENQUIRIES, prefix="/ops/enquiries")
EVERY = "all"


@room.get("")
def listing() -> ResponseReturnValue:
    """List the enquiries of one state, what waits longest first."""
    asked = request.args.get("state", str(EnquiryState.OPEN))
    known = {str(state): state for state in STATES}
    state = None if asked == EVERY else known.get(asked, EnquiryState.OPEN)
    found = list_enquiries(the_system(), the_actor(), state, page_asked())
    return render_template(
        "ops/enquiries.html",
        found=found,
        chosen=EVERY if state is None else str(state),
        states=STATES,
        topics=TOPICS,
        interests=INTERESTS,
        nothing=NOTHING[state],
    )


@room.get("/<int:enquiry_id>")
def show(enquiry_id: int) -> ResponseReturnValue:
    """Show one enquiry, with what was agreed to and its history."""
    return _page(enquiry_id)


@room.post("/<int:enquiry_id>/answer")
def answer(enquiry_id: int) -> ResponseReturnValue:
    """Answer by mail."""
    form = AnswerForm()

    def act() -> None:
        answer_enquiry(the_system(), the_actor(), enquiry_id, str(form.answer.data or ""))

    return _do(enquiry_id, act, form, "The answer is on its way by mail.")


@room.post("/<int:enquiry_id>/note")
def note(enquiry_id: int) -> ResponseReturnValue:
    """Write a note for ourselves."""
    form = NoteForm()

    def act() -> None:
        note_enquiry(the_system(), the_actor(), enquiry_id, str(form.note.data or ""))

    return _do(enquiry_id, act, form, "Noted.")


@room.post("/<int:enquiry_id>/close")
def close(enquiry_id: int) -> ResponseReturnValue:
    """Close the enquiry; it is erased in its time."""
    close_enquiry(the_system(), the_actor(), enquiry_id)
    flash("The enquiry is closed.", "done")
    return redirect(url_for(".show", enquiry_id=enquiry_id), 303)


@room.route("/<int:enquiry_id>/erase", methods=["GET", "POST"])
def erase(enquiry_id: int) -> ResponseReturnValue:
    """Erase the enquiry of one who withdrew their consent by another way than the link."""
    shown = show_enquiry(the_system(), the_actor(), enquiry_id)
    question = Question(
        heading=f"Erase enquiry {enquiry_id}",
        lead="For one who withdrew their consent by telephone or letter. What they wrote, the answers and the notes are"
        " erased at once, also in the trail. This cannot be undone.",
        button="Erase it now",
        back=url_for(".show", enquiry_id=enquiry_id),
        warning=True,
        facts=(("Name", shown["name"]), ("E-mail address", shown["email"])),
    )

    def act() -> str:
        erase_on_request(the_system(), the_actor(), enquiry_id)
        return f"Enquiry {enquiry_id} is erased."

    return ask_once_more(question, act, then=url_for(".listing"))


def _do(enquiry_id: int, act: Callable[[], None], form: FlaskForm, words: str) -> ResponseReturnValue:
    try:
        act()
    except Refused as refused:
        return _page(enquiry_id, form, place(form, refused.problems).summary), 422
    flash(words, "done")
    return redirect(url_for(".show", enquiry_id=enquiry_id), 303)


def _page(enquiry_id: int, form: FlaskForm | None = None, problems: list[dict[str, str]] | None = None) -> str:
    given = {type(form): form}
    return render_template(
        "ops/enquiry.html",
        shown=show_enquiry(the_system(), the_actor(), enquiry_id),
        states=STATES,
        steps=STEPS,
        topics=TOPICS,
        interests=INTERESTS,
        answer=given.get(AnswerForm) or AnswerForm(formdata=None),
        note=given.get(NoteForm) or NoteForm(formdata=None),
        problems=problems or [],
    )
