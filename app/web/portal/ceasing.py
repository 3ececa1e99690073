"""The end of a number's use, after a word of warning."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.errors import Problem, Refused
from app.services.locations.ceasing import cease_numbers
from app.services.overview import number_line
from app.web.desk import the_actor, the_system
from app.web.findings import place
from app.web.forms.ceasing import CeaseForm
from app.web.rooms import For, Room
from validators.dates import read_date

room = Room("ceasing", audience=For.CUSTOMERS, needs=Permission.REGISTER_LOCATION)


@room.route("/numbers/<int:number_id>/cease", methods=["GET", "POST"])
def cease(number_id: int) -> ResponseReturnValue:
    """Ask once more, then take the number out of use."""
    system, actor = the_system(), the_actor()
    line = number_line(system, actor, number_id)
    form = CeaseForm()
    problems: list[Problem] = []
    if form.is_submitted():
        typed = str(form.on.data or "")
        day = read_date(typed) if typed else system.today
        if day is None:
            problems = [Problem("W02", "on", "error", f"{typed} is not a date. Write it as 3 3 2027.")]
        elif day < system.today:
            problems = [Problem("W03", "on", "error", "A number can be taken out of use today or later, not earlier.")]
        else:
            try:
                cease_numbers(system, actor, [line.number], day)
            except Refused as refused:
                problems = list(refused.problems)
            else:
                flash("The number is taken out of use. The agent is told in the next file.", "done")
                return redirect(url_for("numbers.show", number_id=number_id), 303)
    found = place(form, problems)
    return render_template("portal/cease.html", form=form, line=line, findings=found), 422 if problems else 200
