"""A number whose user is outside the UK: 999 is barred on it after a word on what that means; and the way back."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.statuses import Status
from app.services.barring import bar_number, unbar_number
from app.services.overview import number_line
from app.web.desk import the_actor, the_system
from app.web.rooms import For, Room

room = Room("barring", audience=For.CUSTOMERS, needs=Permission.BAR_NUMBER)


@room.get("/numbers/<int:number_id>/bar")
def bar(number_id: int) -> ResponseReturnValue:
    """Say what barring means, and ask."""
    line = number_line(the_system(), the_actor(), number_id)
    if line.status in {Status.BARRED, Status.CEASED}:
        return redirect(url_for("numbers.show", number_id=number_id), 303)
    return render_template("portal/bar.html", line=line)


@room.post("/numbers/<int:number_id>/bar")
def confirm(number_id: int) -> ResponseReturnValue:
    """Bar 999 on the number."""
    system, actor = the_system(), the_actor()
    bar_number(system, actor, number_line(system, actor, number_id).number)
    flash("999 is barred on the number. Its record, if there is one, is ended with the next file.", "done")
    return redirect(url_for("numbers.show", number_id=number_id), 303)


@room.post("/numbers/<int:number_id>/unbar")
def unbar(number_id: int) -> ResponseReturnValue:
    """Let the number dial 999 again: it needs an address at once."""
    system, actor = the_system(), the_actor()
    unbar_number(system, actor, number_line(system, actor, number_id).number)
    flash("999 is no longer barred on the number. Say where it is used: until then help would not know where to go.")
    return redirect(url_for("locations.change", number_id=number_id), 303)
