"""The door: log in, log out."""

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from app.services.accounts import log_in as check_log_in
from app.services.accounts import log_out as note_log_out
from app.web.desk import Visitor, the_system
from app.web.forms.entry import LogInForm
from app.web.limits import BY_ADDRESS, BY_NAME, attempt_failed, attempted_name, limiter
from app.web.navigation import front_door
from app.web.rooms import For, Room

room = Room("entry", audience=For.EVERYONE)


@room.route("/log-in", methods=["GET", "POST"])
@limiter.limit(BY_ADDRESS, methods=["POST"], deduct_when=attempt_failed)
@limiter.limit(BY_NAME, key_func=attempted_name, methods=["POST"], deduct_when=attempt_failed)
def log_in() -> ResponseReturnValue:
    """Ask for e-mail address and password; what was wrong of the two is not said."""
    if current_user.is_authenticated:
        return redirect(front_door(current_user.person.role))
    form = LogInForm()
    if form.validate_on_submit():
        person = check_log_in(
            the_system(), str(form.email.data).strip(), str(form.password.data), request.remote_addr or ""
        )
        if person is not None:
            session.clear()  # nothing of the visitor before the log-in is carried into it
            session.permanent = True
            login_user(Visitor(person))
            return redirect(_local(request.args.get("next")) or front_door(person.role), 303)
        form.password.errors = ["E-mail address or password is not right. Check both and try again."]
    status = 422 if form.is_submitted() else 200
    return render_template("log_in.html", form=form), status


@room.post("/log-out")
def log_out() -> ResponseReturnValue:
    """End the session."""
    if current_user.is_authenticated:
        note_log_out(the_system(), current_user.person.actor(request.remote_addr or ""))
    logout_user()
    session.clear()
    flash("You are logged out.")
    return redirect(url_for("entry.log_in"), 303)


def _local(target: str | None) -> str | None:
    """Return `target` where it is a path of this site: a link must not lead a log-in elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None
