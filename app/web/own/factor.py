"""The second factor of one's own log-in: on, off, and its recovery codes."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.errors import Refused
from app.services.people.second_factor import (
    begin_second_factor,
    make_recovery_codes,
    remove_second_factor,
    see_second_factor,
)
from app.web.desk import the_actor, the_session, the_system
from app.web.factor import confirm, factor_page, recovery_page
from app.web.findings import place, summary_of
from app.web.forms.entry import FactorCodeForm
from app.web.forms.own import OwnPasswordForm, RemoveFactorForm
from app.web.rooms import For, Room

room = Room("own_factor", audience=For.KNOWN, needs=Permission.OWN_LOG_IN, prefix="/your-log-in")


@room.route("/second-factor", methods=["GET", "POST"])
def begin() -> ResponseReturnValue:
    """Make a secret for the app, after the password was given once more."""
    system, actor, form = the_system(), the_actor(), OwnPasswordForm()
    if see_second_factor(system, actor).since is not None:
        return redirect(url_for("own.show"))
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            made = begin_second_factor(system, actor, str(form.password.data), the_session())
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            return factor_page(FactorCodeForm(formdata=None), made, url_for("own_factor.finish"), url_for("own.show"))
    problems = problems or summary_of(form)
    return render_template("own/factor_begin.html", form=form, problems=problems), 422 if problems else 200


@room.post("/second-factor/code")
def finish() -> ResponseReturnValue:
    """Take the first code of the app, and show the recovery codes."""
    return confirm(the_actor(), the_session(), url_for("own_factor.finish"), url_for("own_factor.begin"))


@room.route("/second-factor/remove", methods=["GET", "POST"])
def remove() -> ResponseReturnValue:
    """Take the second factor away, where nobody asks for one."""
    system, actor, form = the_system(), the_actor(), RemoveFactorForm()
    standing = see_second_factor(system, actor)
    if standing.since is None or standing.required:
        return redirect(url_for("own.show"))
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            remove_second_factor(system, actor, str(form.password.data), str(form.code.data))
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            flash("Your second factor is off. Your password alone lets you in.", "done")
            return redirect(url_for("own.show"), 303)
    problems = problems or summary_of(form)
    return render_template("own/factor_remove.html", form=form, problems=problems), 422 if problems else 200


@room.route("/recovery-codes", methods=["GET", "POST"])
def recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes; those before are good no more."""
    system, actor, form = the_system(), the_actor(), OwnPasswordForm()
    if see_second_factor(system, actor).since is None:
        return redirect(url_for("own.show"))
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            codes = make_recovery_codes(system, actor, str(form.password.data))
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            heading = "You have new recovery codes; those before are good no more"
            return recovery_page(codes, heading, url_for("own.show"))
    problems = problems or summary_of(form)
    return render_template("own/recovery_begin.html", form=form, problems=problems), 422 if problems else 200
