"""Signing up: the business's data, a mail to confirm, and the password behind its link."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.errors import NotFound, Refused
from app.services.people.links import LinkSpent
from app.services.people.signing_up import confirm_sign_up, see_sign_up, send_confirmation_again, sign_up
from app.web.cookies import SIGN_UP, cookie, give_cookie, take_cookie
from app.web.desk import the_system, the_visit
from app.web.door import spent
from app.web.door.going_in import enter
from app.web.findings import Findings, place, summary_of
from app.web.forms.entry import NewPasswordForm
from app.web.forms.particulars import ParticularsForm
from app.web.rooms import For, Room

room = Room("sign_up", audience=For.EVERYONE, prefix="/sign-up")


@room.route("", methods=["GET", "POST"])
def begin() -> ResponseReturnValue:
    """Ask for all that an account needs; the answer is the same whoever has a log-in already."""
    form = ParticularsForm()
    if not form.is_submitted():
        return render_template("door/sign_up.html", form=form, found=Findings())
    try:
        handle = sign_up(the_system(), form.particulars(), the_visit())
    except Refused as refused:
        return render_template("door/sign_up.html", form=form, found=place(form, refused.problems)), 422
    response = make_response(redirect(url_for("sign_up.sent"), 303))
    give_cookie(response, SIGN_UP, handle)
    return response


@room.get("/sent")
def sent() -> ResponseReturnValue:
    """Say where the mail went; send it again where it does not arrive."""
    if not cookie(SIGN_UP):
        return redirect(url_for("sign_up.begin"))
    return render_template("door/check_mail.html")


@room.post("/again")
def send_again() -> ResponseReturnValue:
    """Have the mail of this visitor's sign-up sent again."""
    try:
        send_confirmation_again(the_system(), cookie(SIGN_UP), the_visit())
    except NotFound:
        flash("This sign-up is confirmed already, or too old. If you chose a password, log in; else sign up again.")
        return redirect(url_for("sign_up.begin"), 303)
    flash("It is on its way again. The link in an earlier mail is good no more once it arrives.", "done")
    return redirect(url_for("sign_up.sent"), 303)


@room.route("/confirm/<link>", methods=["GET", "POST"])
def confirm(link: str) -> ResponseReturnValue:
    """Show what the link would open, and open it with a password of the visitor's choice. Looking uses nothing up."""
    system = the_system()
    waiting = see_sign_up(system, link)
    if waiting is None:
        return spent.spent_page(spent.SIGN_UP)
    form = NewPasswordForm()
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        password = str(form.password.data)
        try:
            person = confirm_sign_up(system, link, password, the_visit())
        except LinkSpent:
            return spent.spent_page(spent.SIGN_UP)
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            response = enter(person.email, password, f"The account of {waiting.business_name} is open. Welcome.")
            take_cookie(response, SIGN_UP)
            return response
    problems = problems or summary_of(form)
    page = render_template("door/confirm.html", form=form, waiting=waiting, link=link, problems=problems)
    return page, 422 if problems else 200
