"""The second factor of one who must have one and has none yet: the only page that is open to them."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.people import SessionState
from app.errors import Refused
from app.services.people.second_factor import begin_second_factor
from app.services.people.sessions import Visiting
from app.web.desk import the_system, the_visit, the_visiting
from app.web.factor import confirm, factor_page
from app.web.findings import place, summary_of
from app.web.forms.entry import FactorCodeForm, PasswordForm
from app.web.rooms import For, Room

room = Room("set_up", audience=For.EVERYONE, prefix="/log-in/set-up")


@room.route("", methods=["GET", "POST"])
@room.on_the_way
def show() -> ResponseReturnValue:
    """Say what is to be done, and begin; the password is asked for where it was given too long ago."""
    visiting = _on_the_way()
    if visiting is None:
        return redirect(url_for("entry.log_in"), 303)
    form = PasswordForm()
    if request.method != "POST":
        return _page(form, asks=False)
    actor = visiting.person.actor(the_visit().address)
    try:
        made = begin_second_factor(the_system(), actor, form.password.data or "", visiting.session_id)
    except Refused as refused:
        if not form.password.data:
            form.password.errors = ["Enter your password once more: some time has passed since the log-in."]
            return _page(form, asks=True)
        place(form, refused.problems)
        return _page(form, asks=True)
    return factor_page(FactorCodeForm(formdata=None), made, url_for("set_up.finish"), None)


@room.post("/code")
@room.on_the_way
def finish() -> ResponseReturnValue:
    """Take the first code of the app, and show the recovery codes."""
    visiting = _on_the_way()
    if visiting is None:
        return redirect(url_for("entry.log_in"), 303)
    actor = visiting.person.actor(the_visit().address)
    return confirm(actor, visiting.session_id, url_for("set_up.finish"), url_for("set_up.show"))


def _on_the_way() -> Visiting | None:
    visiting = the_visiting()
    return visiting if visiting is not None and visiting.state is SessionState.TO_SET_UP else None


def _page(form: PasswordForm, *, asks: bool) -> ResponseReturnValue:
    problems = summary_of(form)
    return render_template("door/set_up.html", form=form, asks=asks, problems=problems), 422 if problems else 200
