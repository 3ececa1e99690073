"""Asking once more before something that cannot be undone: one page, which works without a script."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.errors import Conflict, NotAllowed, Refused
from app.web.findings import place, summary_of
from app.web.sentences import sentence


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: `facts` are name and value, `button` says yes and `keep` no; `back` is where no leads.

    Without a button it is only told why it cannot be done.
    """

    heading: str
    lead: str
    button: str
    back: str
    keep: str = "Leave it as it is"
    warning: bool = False
    facts: tuple[tuple[str, object], ...] = ()


def ask(
    question: Question, act: Callable[[], str], *, form: FlaskForm | None = None, then: str = ""
) -> ResponseReturnValue:
    """Show the question, or do what was asked and say the words that `act` returns, at `then` or where no leads.

    What is not allowed, or not so any more, is said politely on the same page.
    """
    if request.method != "POST":
        return _page(question, form)
    if form is not None and not form.validate():
        return _page(question, form, status=422)
    try:
        words = act()
    except Refused as refused:
        loose = None if form is None else place(form, refused.problems).summary
        return _page(question, form, "" if loose else str(refused), 422, loose)
    except NotAllowed as no:
        return _page(question, form, str(no), 403)
    except Conflict as no:
        return _page(question, form, str(no), 409)
    flash(words, "done")
    return redirect(then or question.back, 303)


def _page(
    question: Question,
    form: FlaskForm | None,
    refused: str = "",
    status: int = 200,
    loose: list[dict[str, str]] | None = None,
) -> ResponseReturnValue:
    problems = [{"text": sentence(refused)}] if refused else loose or ([] if form is None else summary_of(form))
    return render_template("ops/ask.html", question=question, form=form, problems=problems), status
