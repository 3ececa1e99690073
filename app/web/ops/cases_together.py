"""Several cases at once: chosen in the list, shown once more, then taken, given, noted on or closed."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.errors import Refused
from app.services.casework.listing import Queue
from app.services.casework.together import Act, Together, chosen_cases, work_together
from app.services.casework.working import colleagues
from app.web.case_words import STATES
from app.web.desk import the_actor, the_system
from app.web.findings import place, summary_of
from app.web.forms.cases import GiveForm, NoteForm, WhyForm
from app.web.forms.fields import choices
from app.web.rooms import Room

# What the page asks, its button, and what was done.
WORDS = {
    Act.TAKE: ("Take", "Take", "yours now"),
    Act.GIVE: ("Give", "Give", "given"),
    Act.NOTE: ("Write a note on", "Add the note to", "noted on"),
    Act.CLOSE: ("Close", "Close", "closed"),
}
FIELDS = {Act.GIVE: "owner", Act.NOTE: "text", Act.CLOSE: "why"}


def put_views(room: Room) -> None:
    """Put the pages into the room of the cases."""
    room.post("/choose")(choose)
    room.post("/together")(together)


def choose() -> ResponseReturnValue:
    """Show the chosen cases once more, with what is asked for the act."""
    act, cases = _act(), _chosen()
    if act is None or not cases:
        flash("Choose the cases first, then press the button again.")
        return redirect(_listing(), 303)
    return _page(act, cases, _form(act, fresh=True))


def together() -> ResponseReturnValue:
    """Do it to each; those that cannot be are named with why."""
    act, cases = _act(), _chosen()
    if act is None or not cases:
        return redirect(_listing(), 303)
    form = _form(act)
    if not form.validate():
        return _page(act, cases, form, 422)
    seen = {case["id"]: request.form.get(f"seen-{case['id']}") for case in cases}
    text = str(form[FIELDS[act]].data) if act in FIELDS else ""
    try:
        result = work_together(the_system(), the_actor(), act, seen, text)
    except Refused as refused:
        place(form, refused.problems)
        return _page(act, cases, form, 422)
    return _told(act, result)


def _told(act: Act, result: Together) -> ResponseReturnValue:
    words = f"{len(result.done)} case{'' if len(result.done) == 1 else 's'} {WORDS[act][2]}."
    if not result.refused:
        flash(words, "done")
        return redirect(_listing(), 303)
    return render_template("ops/cases_told.html", words=words, result=result, back=_listing())


def _page(act: Act, cases: list[dict[str, Any]], form: FlaskForm, status: int = 200) -> ResponseReturnValue:
    count = f"{len(cases)} case{'' if len(cases) == 1 else 's'}"
    text = render_template(
        "ops/cases_together.html",
        act=act,
        heading=f"{WORDS[act][0]} {count}?",
        button=f"{WORDS[act][1]} {count}",
        cases=cases,
        form=form,
        field=form[FIELDS[act]] if act in FIELDS else None,
        problems=summary_of(form),
        states=STATES,
        queue=_queue(),
        back=_listing(),
    )
    return text, status


def _form(act: Act, *, fresh: bool = False) -> FlaskForm:
    """Return the form that an act asks to be filled in; a fresh one takes nothing from the list's own form."""
    given: dict[str, Any] = {"formdata": None} if fresh else {}
    if act is Act.GIVE:
        form = GiveForm(**given)
        people = colleagues(the_system(), the_actor())
        form.owner.choices = choices([("", "Choose a person"), *((one, one) for one in people)])
        return form
    return {Act.NOTE: NoteForm, Act.CLOSE: WhyForm}.get(act, FlaskForm)(**given)


def _act() -> Act | None:
    given = request.form.get("act", "")
    return Act(given) if given in set(Act) else None


def _queue() -> Queue:
    given = request.form.get("queue", "")
    return Queue(given) if given in set(Queue) else Queue.UNCLOSED


def _listing() -> str:
    return url_for("cases.listing", queue=_queue())


def _chosen() -> list[dict[str, Any]]:
    """Return the cases that were ticked; anything strange is none."""
    given = request.form.getlist("case")
    ids = {int(text) for text in given if text.isascii() and text.isdecimal() and len(text) < len(str(2**63))}
    return chosen_cases(the_system(), the_actor(), sorted(ids)) if ids else []
