"""The account's people: who they are, who is invited, and what an owner does about it."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import AccountRole
from app.domain.permissions import Permission
from app.errors import Refused
from app.services.people.invitations import invite as invite_person
from app.services.people.invitations import list_invitations, revoke_invitation, send_invitation_again
from app.services.people.members import list_members
from app.web.account.member_acts import factor_reset, only_owner, removal, role_page
from app.web.asking import Question, ask
from app.web.desk import the_account, the_actor, the_person, the_system
from app.web.findings import place, summary_of
from app.web.forms.account import InviteForm
from app.web.rooms import For, Room

room = Room("people", audience=For.CUSTOMERS, needs=Permission.MANAGE_PEOPLE, prefix="/account/people")


@room.get("")
def listing() -> ResponseReturnValue:
    """List the account's people and the invitations that wait."""
    system, actor, account_id = the_system(), the_actor(), the_account()
    members = list_members(system, actor, account_id)
    return render_template(
        "account/people.html",
        members=members,
        only_owner=only_owner(members),
        me=the_person().id,
        invitations=list_invitations(system, actor, account_id),
    )


@room.route("/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    """Ask whom to invite, as what."""
    form = InviteForm()
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        email = str(form.email.data).strip()
        try:
            invite_person(the_system(), the_actor(), the_account(), email, form.chosen())
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            flash(f"An invitation to {email} goes out by mail. It is good for a week.", "done")
            return redirect(url_for(".listing"), 303)
    elif form.is_submitted():
        problems = summary_of(form)
    else:
        form.account_role.data = AccountRole.VIEWER
    return render_template("account/invite.html", form=form, problems=problems), 422 if problems else 200


@room.route("/<int:user_id>/role", methods=["GET", "POST"])
def role(user_id: int) -> ResponseReturnValue:
    """Give somebody another role."""
    return role_page(the_account(), user_id, url_for(".listing"))


@room.route("/<int:user_id>/remove", methods=["GET", "POST"])
def remove(user_id: int) -> ResponseReturnValue:
    """Take somebody out of the account."""
    return removal(the_account(), user_id, url_for(".listing"))


@room.route("/<int:user_id>/second-factor", methods=["GET", "POST"])
def reset_factor(user_id: int) -> ResponseReturnValue:
    """Take away the second factor of one who lost theirs."""
    return factor_reset(the_account(), user_id, url_for(".listing"))


@room.post("/invitations/<int:invitation_id>/again")
def send_again(invitation_id: int) -> ResponseReturnValue:
    """Send the mail of an invitation again."""
    try:
        send_invitation_again(the_system(), the_actor(), the_account(), invitation_id)
    except Refused as refused:
        flash(" ".join(problem.message for problem in refused.problems))
    else:
        flash("The invitation goes out again, with a new link. It is good for another week.", "done")
    return redirect(url_for(".listing"), 303)


@room.route("/invitations/<int:invitation_id>/withdraw", methods=["GET", "POST"])
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Ask, then make an invitation's link good no more."""
    waiting = list_invitations(the_system(), the_actor(), the_account())
    found = next((line for line in waiting if line.id == invitation_id), None)
    if found is None:  # accepted, withdrawn, or too old by now
        abort(404)
    question = Question(
        "Withdraw the invitation?",
        "The link in the mail stops working. You can invite them again at any time.",
        "Withdraw it",
        url_for(".listing"),
        keep="Let it wait",
        facts=(("E-mail address", found.email), ("Role", found.account_role.capitalize())),
    )

    def act() -> str:
        revoke_invitation(the_system(), the_actor(), the_account(), invitation_id)
        return f"The invitation to {found.email} was withdrawn."

    return ask(question, act)
