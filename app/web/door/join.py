"""Joining an account by invitation."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.errors import Refused
from app.services.people.invitations import IN_WORDS, accept_invitation, see_invitation
from app.services.people.links import LinkSpent
from app.web.desk import the_system, the_visit
from app.web.door import spent
from app.web.door.going_in import enter
from app.web.findings import place, summary_of
from app.web.forms.entry import JoinForm
from app.web.rooms import For, Room

room = Room("join", audience=For.EVERYONE, prefix="/join")


@room.route("/<link>", methods=["GET", "POST"])
def accept(link: str) -> ResponseReturnValue:
    """Say who invites and as what; join with a name and a password. Looking uses nothing up."""
    system = the_system()
    welcome = see_invitation(system, link)
    if welcome is None:
        return spent.spent_page(spent.JOIN)
    form = JoinForm()
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        password = str(form.password.data)
        try:
            person = accept_invitation(system, link, str(form.name.data or ""), password, the_visit())
        except LinkSpent:
            return spent.spent_page(spent.JOIN)
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            return enter(person.email, password, f"You are in the account of {welcome.account_name}. Welcome.")
    problems = problems or summary_of(form)
    role = IN_WORDS[welcome.account_role]
    page = render_template("door/join.html", form=form, welcome=welcome, role=role, link=link, problems=problems)
    return page, 422 if problems else 200
