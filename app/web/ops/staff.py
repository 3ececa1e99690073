"""The console's own people: listed for whoever manages users, added, changed and removed by administrators."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.errors import NotAllowed, Refused
from app.services.people.staff import StaffLine, change_staff_role, list_staff, remove_staff
from app.services.people.staff_joining import add_staff
from app.web.account.member_acts import ask_for_reset
from app.web.asking import Question, ask
from app.web.desk import the_actor, the_person, the_system
from app.web.findings import place, summary_of
from app.web.forms.staff import StaffForm, StaffRoleForm
from app.web.rooms import For, Room
from app.web.sentences import sentence

room = Room("staff", audience=For.STAFF, needs=Permission.MANAGE_USERS, prefix="/ops/users")


@room.get("")
def listing() -> ResponseReturnValue:
    """List the console's people."""
    return render_template("ops/staff.html", people=list_staff(the_system(), the_actor()), me=the_person().id)


@room.route("/new", methods=["GET", "POST"])
@room.needs(Permission.CHANGE_STAFF)
def add() -> ResponseReturnValue:
    """Ask whom to add; they choose a password by a mailed link."""
    form, settings = StaffForm(), the_system().settings
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        email = str(form.email.data).strip()
        try:
            add_staff(the_system(), the_actor(), email, form.chosen())
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            flash(f"{email} is added. A link goes out by mail, by which they choose a password.", "done")
            return redirect(url_for(".listing"), 303)
    elif form.is_submitted():
        problems = summary_of(form)
    page = render_template("ops/staff_new.html", form=form, problems=problems, mails_go=bool(settings.mail_smtp))
    return page, 422 if problems else 200


@room.route("/<int:user_id>/role", methods=["GET", "POST"])
@room.needs(Permission.CHANGE_STAFF)
def role(user_id: int) -> ResponseReturnValue:
    """Give a member of staff another role; never oneself (U7)."""
    person, form = _find(user_id), StaffRoleForm()
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            change_staff_role(the_system(), the_actor(), user_id, form.chosen())
        except NotAllowed as no:
            problems = [{"text": sentence(str(no))}]
        else:
            flash(f"The role of {person.email} is {form.chosen()} now.", "done")
            return redirect(url_for(".listing"), 303)
    elif form.is_submitted():
        problems = summary_of(form)
    else:
        form.role.data = person.role
    page = render_template("ops/staff_role.html", person=person, form=form, problems=problems, mine=_mine(user_id))
    return page, 422 if problems else 200


@room.route("/<int:user_id>/remove", methods=["GET", "POST"])
@room.needs(Permission.CHANGE_STAFF)
def remove(user_id: int) -> ResponseReturnValue:
    """Ask, then take a member of staff out."""
    person, mine = _find(user_id), _mine(user_id)
    lead = "Their sessions end at once and they can no longer log in. What they did stays in the trail."
    question = Question(
        f"Remove {person.email}?",
        "Nobody removes themselves: another administrator does." if mine else lead,
        "" if mine else "Remove",
        url_for(".listing"),
        keep="Back" if mine else "Keep",
        warning=True,
        facts=(("Role", person.role.capitalize()),),
    )

    def act() -> str:
        remove_staff(the_system(), the_actor(), user_id)
        return f"{person.email} was removed."

    return ask(question, act)


@room.route("/<int:user_id>/second-factor", methods=["GET", "POST"])
@room.needs(Permission.MANAGE_PEOPLE)
def reset_factor(user_id: int) -> ResponseReturnValue:
    """Take away the second factor of one who lost theirs: they set up another before anything else."""
    person = _find(user_id)
    return ask_for_reset(person.id, person.email, url_for(".listing"), has_one=person.second_factor)


def _find(user_id: int) -> StaffLine:
    found = next((line for line in list_staff(the_system(), the_actor()) if line.id == user_id), None)
    return abort(404) if found is None else found


def _mine(user_id: int) -> bool:
    return the_person().id == user_id
