"""Confirming another e-mail address to log in with."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.errors import Refused
from app.services.people.email_change import confirm_email_change, see_email_change
from app.services.people.links import LinkSpent
from app.web.desk import the_system, the_visit, the_visiting, the_visitor
from app.web.door import spent
from app.web.rooms import For, Room

room = Room("new_email", audience=For.EVERYONE, prefix="/e-mail")


@room.get("/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Say which address it is. Looking uses nothing up: what reads mails for viruses follows every link."""
    return _page(token)


@room.post("/confirm/<token>")
def change(token: str) -> ResponseReturnValue:
    """Log in with the new address from now on."""
    visiting = the_visiting()
    try:
        confirm_email_change(the_system(), token, the_visit(), visiting.session_id if visiting else None)
    except LinkSpent:
        return spent.spent_page(spent.EMAIL)
    except Refused as refused:
        return _page(token, [{"text": problem.message} for problem in refused.problems])
    flash("From now on you log in with the new address. The other sessions have ended.", "done")
    return redirect(url_for("own.show" if the_visitor() else "entry.log_in"), 303)


def _page(token: str, problems: list[dict[str, str]] | None = None) -> ResponseReturnValue:
    email = see_email_change(the_system(), token)
    if email is None:
        return spent.spent_page(spent.EMAIL)
    page = render_template("door/new_email.html", email=email, token=token, problems=problems or [])
    return page, 422 if problems else 200
