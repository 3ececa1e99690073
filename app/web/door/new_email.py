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


@room.get("/confirm/<link>")
def confirm(link: str) -> ResponseReturnValue:
    """Say which address it is. Looking uses nothing up: what reads mails for viruses follows every link."""
    return _page(link)


@room.post("/confirm/<link>")
def change(link: str) -> ResponseReturnValue:
    """Log in with the new address from now on."""
    visiting = the_visiting()
    try:
        confirm_email_change(the_system(), link, the_visit(), visiting.session_id if visiting else None)
    except LinkSpent:
        return spent.spent_page(spent.EMAIL)
    except Refused as refused:
        return _page(link, [{"text": problem.message} for problem in refused.problems])
    flash("From now on you log in with the new address. The other sessions have ended.", "done")
    return redirect(url_for("own.show" if the_visitor() else "entry.log_in"), 303)


def _page(link: str, problems: list[dict[str, str]] | None = None) -> ResponseReturnValue:
    email = see_email_change(the_system(), link)
    if email is None:
        return spent.spent_page(spent.EMAIL)
    page = render_template("door/new_email.html", email=email, link=link, problems=problems or [])
    return page, 422 if problems else 200
