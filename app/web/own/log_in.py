"""Your log-in: the page, password, e-mail address, and the sessions that go on."""

from collections.abc import Callable
from dataclasses import replace

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.domain.permissions import Permission
from app.errors import Refused
from app.services.people.email_change import ask_email_change
from app.services.people.passwords import change_password
from app.services.people.second_factor import see_second_factor
from app.services.people.sessions import end_other_sessions, end_session, list_sessions
from app.web.desk import the_actor, the_person, the_session, the_system, the_visit
from app.web.findings import place, summary_of
from app.web.forms.own import ChangeEmailForm, ChangePasswordForm
from app.web.rooms import For, Room

room = Room("own", audience=For.KNOWN, needs=Permission.OWN_LOG_IN, prefix="/your-log-in")
OLD_ONE = {"B12", "B14"}


@room.get("")
def show() -> ResponseReturnValue:
    """Show everything of the log-in, this session marked among the others."""
    system, actor = the_system(), the_actor()
    return render_template(
        "own/log_in.html",
        person=the_person(),
        factor=see_second_factor(system, actor),
        sessions=list_sessions(system, actor, the_session()),
    )


@room.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Change the password; the other sessions end."""
    form = ChangePasswordForm()

    def change() -> str:
        try:
            old, new = str(form.password.data), str(form.new_password.data)
            change_password(the_system(), the_actor(), old, new, the_session())
        except Refused as refused:
            # The services know one field of that name; here it is two.
            raise Refused(
                [one if one.code in OLD_ONE else replace(one, field="new_password") for one in refused.problems]
            ) from None
        return "Your password is changed. Your other sessions have ended."

    return _ask("own/password.html", form, change)


@room.route("/e-mail", methods=["GET", "POST"])
def email() -> ResponseReturnValue:
    """Have a link mailed to the new address; nothing changes before it is opened."""
    form = ChangeEmailForm()

    def ask() -> str:
        typed, given = str(form.email.data), str(form.password.data)
        ask_email_change(the_system(), the_actor(), typed, given, the_visit())
        return "A mail is on its way to the new address. Open its link within 24 hours; until then nothing changes."

    return _ask("own/email.html", form, ask)


@room.post("/sessions/<int:session_id>/end")
def end(session_id: int) -> ResponseReturnValue:
    """End one session; it stops with its next step."""
    end_session(the_system(), the_actor(), session_id)
    flash("That session has ended.", "done")
    return redirect(url_for("own.show"), 303)


@room.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """End all sessions but this one."""
    count = end_other_sessions(the_system(), the_actor(), the_session())
    flash(f"{count or 'No'} other session{' has' if count == 1 else 's have'} ended.", "done")
    return redirect(url_for("own.show"), 303)


def _ask(template: str, form: FlaskForm, act: Callable[[], str]) -> ResponseReturnValue:
    """Show a form, or do what it is for and say so on the page of the log-in."""
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            flash(act(), "done")
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            return redirect(url_for("own.show"), 303)
    problems = problems or summary_of(form)
    page = render_template(template, form=form, problems=problems)
    return page, 422 if problems else 200
