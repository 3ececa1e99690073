"""What is done to one of an account's people: by an owner in the account, by an administrator in the console."""

from flask import abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.domain.actors import AccountRole
from app.errors import Conflict, NotAllowed, Refused
from app.services.people.members import Member, change_account_role, list_members, remove_member
from app.services.people.second_factor import reset_second_factor
from app.web.asking import Question, ask
from app.web.desk import the_actor, the_person, the_system
from app.web.findings import place, summary_of
from app.web.forms.account import RoleForm
from app.web.sentences import sentence

ONLY_OWNER = "the only owner of the account. Make somebody else an owner first: an account keeps at least one."


def find_member(account_id: int, user_id: int) -> tuple[Member, bool]:
    """Return one of the account's people and whether they are its only owner; 404 where they are not in it."""
    members = list_members(the_system(), the_actor(), account_id)
    found = next((member for member in members if member.id == user_id), None)
    if found is None:
        abort(404)
    return found, only_owner(members) == found.id


def only_owner(members: list[Member]) -> int | None:
    """Return the id of the only owner; None where there are several."""
    owners = [member.id for member in members if member.account_role is AccountRole.OWNER]
    return owners[0] if len(owners) == 1 else None


def role_page(account_id: int, user_id: int, back: str) -> ResponseReturnValue:
    """Ask for the new role, or say that the only owner stays one."""
    member, alone = find_member(account_id, user_id)
    form = RoleForm()
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            change_account_role(the_system(), the_actor(), account_id, user_id, form.chosen())
        except Refused as refused:
            problems = place(form, refused.problems).summary
        except (NotAllowed, Conflict) as no:
            problems = [{"text": sentence(str(no))}]
        else:
            flash(f"{_called(member)} is {form.chosen()} of the account now.", "done")
            return redirect(back, 303)
    elif form.is_submitted():
        problems = summary_of(form)
    else:
        form.account_role.data = member.account_role
    page = render_template(
        "account/role.html",
        member=member,
        alone=alone,
        form=form,
        back=back,
        problems=problems,
        mine=the_person().id == member.id,
    )
    return page, 422 if problems else 200


def removal(account_id: int, user_id: int, back: str) -> ResponseReturnValue:
    """Ask, then take somebody out of the account; of the only owner it is said that they cannot go."""
    member, alone = find_member(account_id, user_id)
    mine = the_person().id == member.id
    lead = (
        "Their sessions end at once and they can no longer log in. The keys of the API that they made and the "
        "invitations that they sent end with it: make new keys first where programs use them. What they registered "
        "stays."
    )
    if mine:
        lead = (
            "This is your own log-in. You are logged out at once and can no longer log in. The keys and invitations "
            "that you made end with it. What you registered stays."
        )
    question = Question(
        f"Remove {_called(member)} from the account?",
        f"{'You are' if mine else 'This is'} {ONLY_OWNER}" if alone else lead,
        "" if alone else "Remove",
        back,
        keep="Back" if alone else "Keep",
        warning=True,
        facts=(("E-mail address", member.email), ("Role", member.account_role.capitalize())),
    )

    def act() -> str:
        remove_member(the_system(), the_actor(), account_id, user_id)
        return f"{_called(member)} was removed."

    return ask(question, act)


def factor_reset(account_id: int, user_id: int, back: str) -> ResponseReturnValue:
    """Ask, then take away the second factor of one who lost theirs."""
    member, _ = find_member(account_id, user_id)
    return ask_for_reset(member.id, member.email, back, has_one=member.second_factor)


def ask_for_reset(user_id: int, email: str, back: str, *, has_one: bool) -> ResponseReturnValue:
    """Ask, then take away somebody's second factor; not one's own (U7)."""
    mine = the_person().id == user_id
    lead = (
        "They can log in with the password alone, until they set up a second factor anew. Make sure first, by a way "
        "other than mail, that it is they who ask. Their sessions end, and they are told by mail."
    )
    if mine:
        lead = "Nobody resets their own second factor. Another owner or an administrator does."
    elif not has_one:
        lead = "There is none: nothing to reset."
    question = Question(
        "Reset the second factor?",
        lead,
        "Reset it" if has_one and not mine else "",
        back,
        keep="Leave it as it is" if has_one and not mine else "Back",
        warning=True,
        facts=(("E-mail address", email),),
    )

    def act() -> str:
        reset_second_factor(the_system(), the_actor(), user_id)
        return f"The second factor of {email} was reset."

    return ask(question, act)


def _called(member: Member) -> str:
    return member.name or member.email
