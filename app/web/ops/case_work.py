"""What people do with a case beside mending it: take it, give it, write on it, close it, open it again."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.errors import Refused
from app.services.casework.showing import show_case
from app.services.casework.working import (
    close_case,
    colleagues,
    give_back_case,
    give_case,
    note_case,
    reopen_case,
    take_case,
)
from app.web.desk import the_actor, the_system
from app.web.findings import place, summary_of
from app.web.forms.cases import GiveForm, NoteForm, WhyForm
from app.web.forms.fields import choices
from app.web.rooms import Room

Act = Callable[[], object]


def put_views(room: Room) -> None:
    """Put the pages into the room of the cases."""
    room.post("/<int:case_id>/take")(take_over)
    room.post("/<int:case_id>/give-back")(give_back)
    for view, path in ((give, "give"), (note, "note"), (close, "close"), (reopen, "reopen")):
        room.route(f"/<int:case_id>/{path}", methods=["GET", "POST"])(view)


def take_over(case_id: int) -> ResponseReturnValue:
    """Make the visitor the owner of the case."""
    take_case(the_system(), the_actor(), case_id, request.form.get("owner"))
    return _done(case_id, "The case is yours.")


def give_back(case_id: int) -> ResponseReturnValue:
    """Leave the case to whoever takes it next."""
    give_back_case(the_system(), the_actor(), case_id, request.form.get("owner"))
    return _done(case_id, "The case is nobody's now.")


def give(case_id: int) -> ResponseReturnValue:
    """Give the case to another member of staff."""
    system, actor, form = the_system(), the_actor(), GiveForm()
    form.owner.choices = choices([("", "Choose a person"), *((one, one) for one in colleagues(system, actor))])

    def act() -> None:
        give_case(system, actor, case_id, str(form.owner.data), request.form.get("seen_owner"))

    return _ask(case_id, form, "give", act, "The case is given.")  # no address of a person in the cookie


def note(case_id: int) -> ResponseReturnValue:
    """Write a note on the case."""
    form = NoteForm()
    return _ask(
        case_id, form, "note", lambda: note_case(the_system(), the_actor(), case_id, str(form.text.data)), "Noted."
    )


def close(case_id: int) -> ResponseReturnValue:
    """Close a case without an accepted record, for a reason that is kept."""
    form = WhyForm()

    def act() -> None:
        close_case(the_system(), the_actor(), case_id, str(form.why.data))

    return _ask(case_id, form, "close", act, "The case is closed, with its reason.")


def reopen(case_id: int) -> ResponseReturnValue:
    """Open a closed case again, for a reason that is kept."""
    form = WhyForm()
    if show_case(the_system(), the_actor(), case_id)["case"]["state"] != "closed":
        return _done(case_id, "This case is open.")

    def act() -> None:
        reopen_case(the_system(), the_actor(), case_id, str(form.why.data))

    return _ask(case_id, form, "reopen", act, "The case is open again.")


def _ask(case_id: int, form: FlaskForm, act_name: str, act: Act, words: str) -> ResponseReturnValue:
    """Show the page of one act, or do it and go back to the case."""
    shown = show_case(the_system(), the_actor(), case_id)
    if form.validate_on_submit():
        try:
            act()
        except Refused as refused:
            place(form, refused.problems)
        else:
            return _done(case_id, words)
    status = 422 if form.is_submitted() else 200
    template = f"ops/case_{act_name}.html"
    return render_template(template, case=shown["case"], form=form, problems=summary_of(form)), status


def _done(case_id: int, words: str) -> ResponseReturnValue:
    flash(words, "done")
    return redirect(url_for("cases.show", case_id=case_id), 303)
