"""A planned change is taken back, after a word on what holds instead."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind
from app.errors import Conflict
from app.services.locations.cancelling import cancel_change, foresee_cancelling, number_id_of_change
from app.services.locations.outlook import Outlook
from app.web.desk import the_actor, the_system
from app.web.rooms import For, Room
from validators.dates import written_date

room = Room("cancelling", audience=For.CUSTOMERS, needs=Permission.REGISTER_LOCATION)


@room.get("/planned/<int:change_id>/cancel")
def ask(change_id: int) -> ResponseReturnValue:
    """Say what is taken back and what will hold instead, and ask."""
    try:
        outlook = foresee_cancelling(the_system(), the_actor(), change_id)
    except Conflict as gone:
        return _too_late(change_id, gone)
    return render_template("portal/cancel.html", outlook=outlook, change=outlook.change, today=the_system().today)


@room.post("/planned/<int:change_id>/cancel")
def confirm(change_id: int) -> ResponseReturnValue:
    """Take it back."""
    try:
        outlook = cancel_change(the_system(), the_actor(), change_id)
    except Conflict as gone:
        return _too_late(change_id, gone)
    flash(f"Cancelled. {_what_holds(outlook)}", "done")
    return redirect(url_for("numbers.show", number_id=outlook.change.number_id), 303)


def _too_late(change_id: int, gone: Conflict) -> ResponseReturnValue:
    """Say why not, at the number itself: what holds now is seen there."""
    told = str(gone)
    flash(f"Nothing was cancelled: {told}.", "problem")
    number_id = number_id_of_change(the_system(), the_actor(), change_id)
    return redirect(url_for("numbers.show", number_id=number_id), 303)


def _what_holds(outlook: Outlook) -> str:
    if outlook.ends_on is not None:
        return f"The number goes out of use on {written_date(outlook.ends_on)}, as was said before."
    if outlook.kind is RegistrationKind.RECORD:
        return "The number stays in use, and what was said before holds."
    return "Nothing is said of the number now: give its address, so that help can find whoever dials 999."
