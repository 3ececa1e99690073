"""A forgotten password: a link by mail, and another password behind it. Nothing tells who has a log-in."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.errors import Refused
from app.services.people.links import LinkSpent
from app.services.people.passwords import ask_reset, is_reset_good, reset_password
from app.web.cookies import DEVICE, VISIT, give_cookie, take_cookie
from app.web.desk import the_system, the_visit
from app.web.door import spent
from app.web.findings import place, summary_of
from app.web.forms.entry import ForgottenForm, NewPasswordForm
from app.web.rooms import For, Room

room = Room("reset", audience=For.EVERYONE, prefix="/password")


@room.route("/forgotten", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Have a link mailed, where the address has a log-in."""
    form = ForgottenForm()
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            ask_reset(the_system(), str(form.email.data), the_visit())
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            return redirect(url_for("reset.sent"), 303)
    problems = problems or summary_of(form)
    return render_template("door/forgotten.html", form=form, problems=problems), 422 if problems else 200


@room.get("/sent")
def sent() -> ResponseReturnValue:
    """Say what to look for, whoever asked."""
    return render_template("door/reset_sent.html")


@room.route("/reset/<link>", methods=["GET", "POST"])
def choose(link: str) -> ResponseReturnValue:
    """Choose another password; all sessions end, this one too. Looking uses nothing up."""
    system = the_system()
    if not is_reset_good(system, link):
        return spent.spent_page(spent.RESET)
    form = NewPasswordForm()
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            _, device_token = reset_password(system, link, str(form.password.data), the_visit())
        except LinkSpent:
            return spent.spent_page(spent.RESET)
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            flash("Your password is changed, and all sessions have ended. Log in with the new one.", "done")
            response = make_response(redirect(url_for("entry.log_in"), 303))
            take_cookie(response, VISIT)
            give_cookie(response, DEVICE, device_token)
            return response
    problems = problems or summary_of(form)
    page = render_template("door/reset.html", form=form, link=link, problems=problems)
    return page, 422 if problems else 200
