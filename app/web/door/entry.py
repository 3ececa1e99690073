"""Log in with a password, then a code where there is a second factor; log out."""

from math import ceil

from flask import flash, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.domain.people import SessionState
from app.services.people.logging_in import LogInAnswer, Step
from app.services.people.logging_in import give_code as check_code
from app.services.people.logging_in import log_in as check_log_in
from app.services.people.sessions import log_out as end_visit
from app.services.people.throttle import NOTHING
from app.web.cookies import VISIT, cookie, take_cookie
from app.web.desk import the_system, the_visit, the_visiting, the_visitor
from app.web.door.going_in import asked_for, go_on, with_cookies
from app.web.forms.entry import CodeForm, LogInForm
from app.web.navigation import front_door
from app.web.rooms import For, Room
from app.web.waits import in_words

WAY_IN = (
    "Or take the link “I do not know my password”: we mail you a link for a new one, and the device that you open it on"
    " is known from then on, so you can log in there at once."
)

room = Room("entry", audience=For.EVERYONE)
WRONG_CODE = "This code is not right, or was used already. Enter the one that the app shows now, or a recovery code."


@room.route("/log-in", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """Ask for e-mail address and password; what was wrong of the two is not said."""
    person = the_visitor()
    if person is not None:
        return redirect(asked_for() or front_door(person.actor()))
    form = LogInForm()
    if not form.validate_on_submit():
        return _log_in_page(form, 422 if form.is_submitted() else 200)
    email, code = str(form.email.data).strip(), (form.code.data or "").strip()
    answer = check_log_in(the_system(), email, str(form.password.data), the_visit(), code)
    if answer.step is Step.WAIT:
        return _slowed_page(form, answer)
    if answer.step is Step.WRONG:
        form.password.errors = ["E-mail address or password is not right. Check both and try again."]
        return _log_in_page(form, 422, with_code=bool(code))
    if answer.code_wrong:
        return with_cookies(_code_page(CodeForm(formdata=None), answer), answer)
    return go_on(answer)


@room.route("/log-in/code", methods=["GET", "POST"])
def give_code() -> ResponseReturnValue:
    """Ask for the code of the app, or a recovery code, after the password was right."""
    visiting = the_visiting()
    if visiting is None or visiting.state is not SessionState.CODE_AWAITED:
        return redirect(url_for("entry.log_in", next=asked_for()), 303)
    form = CodeForm()
    if not form.validate_on_submit():
        return render_template("door/code.html", form=form), 422 if form.is_submitted() else 200
    answer = check_code(the_system(), cookie(VISIT), str(form.code.data), the_visit())
    if answer.step is Step.WRONG:
        flash("The log-in has ended meanwhile. Begin again.")
        return redirect(url_for("entry.log_in", next=asked_for()), 303)
    return _code_page(form, answer) if answer.step is Step.CODE else go_on(answer)


@room.post("/log-out")
@room.on_the_way
def log_out() -> ResponseReturnValue:
    """End the session, however far it has come."""
    visiting = the_visiting()
    if visiting is not None:
        end_visit(the_system(), visiting.person.actor(the_visit().address), visiting.session_id)
    session.clear()
    flash("You are logged out.")
    response = make_response(redirect(url_for("entry.log_in"), 303))
    take_cookie(response, VISIT)
    return response


def _log_in_page(form: LogInForm, status: int, *, with_code: bool = False) -> ResponseReturnValue:
    return render_template("door/log_in.html", form=form, with_code=with_code or bool(form.code.data)), status


def _slowed_page(form: LogInForm, answer: LogInAnswer) -> ResponseReturnValue:
    wait = in_words(answer.wait)
    # What is said is the same for everybody: it is not looked at whose name it is.
    form.password.errors = [f"Too many tries: this one was not looked at. Wait {wait}, then try again. {WAY_IN}"]
    page = make_response(_log_in_page(form, 429, with_code=True))
    page.headers["Retry-After"] = str(ceil(answer.wait.total_seconds()))
    return page


def _code_page(form: CodeForm, answer: LogInAnswer) -> ResponseReturnValue:
    slowed = (
        f" Wait {in_words(answer.wait)} for the next try; a recovery code is taken at once."
        if answer.wait > NOTHING
        else ""
    )
    form.code.errors = [f"{WRONG_CODE}{slowed}"]
    return render_template("door/code.html", form=form), 422
