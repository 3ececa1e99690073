"""Where is this number used? For a number that is there, and for a further one."""

from dataclasses import replace

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind
from app.domain.statuses import Status
from app.services.locations.judgement import Judgement
from app.services.locations.planned import planned_of
from app.services.locations.registering import current_location, share_of_address
from app.services.overview import NumberLine, number_id_of, number_line
from app.web.desk import the_actor, the_system
from app.web.portal.location_steps import Subject, walk
from app.web.rooms import For, Room

# Where a number stands by what was said of it last.
WAITS = {"waiting": Status.WAITING, "review": Status.IN_REVIEW}

room = Room("locations", audience=For.CUSTOMERS, needs=Permission.REGISTER_LOCATION)


@room.route("/numbers/new", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Register a further number."""
    subject = Subject("Add a number", url_for(".add"), url_for("numbers.home"))
    return walk(subject, _to_what_happens)


@room.route("/numbers/<int:number_id>/location", methods=["GET", "POST"])
def change(number_id: int) -> ResponseReturnValue:
    """Say where a number is used."""
    system, actor = the_system(), the_actor()
    line = number_line(system, actor, number_id)
    number = line.number
    subject = Subject(
        "Where is this number used?",
        url_for(".change", number_id=number_id),
        url_for("numbers.show", number_id=number_id),
        number=number,
        bar=url_for("barring.bar", number_id=number_id),
        returned=line.note,
        start=current_location(system, actor, number),
        shared=share_of_address(system, actor, number),
    )
    return walk(subject, lambda _: redirect(url_for(".next_steps", number_id=number_id), 303))


@room.get("/numbers/<int:number_id>/next")
def next_steps(number_id: int) -> ResponseReturnValue:
    """Say what happens next, and when: of what was said last, whatever else waits for the number."""
    line = number_line(the_system(), the_actor(), number_id)
    return render_template("portal/next_steps.html", line=_of_the_last_word(line))


def _of_the_last_word(line: NumberLine) -> NumberLine:
    """Return the line as it stands for the newest change that has not gone out; unchanged where there is none."""
    said = [one for one in planned_of(the_system(), the_actor(), line.id) if one.kind is RegistrationKind.RECORD]
    newest = max(said, key=lambda one: one.id, default=None)
    if newest is None or newest.waits not in WAITS:
        return line
    return replace(line, status=WAITS[newest.waits], due_on=newest.due_on, since=newest.submitted_at)


def _to_what_happens(judgement: Judgement) -> ResponseReturnValue:
    number_id = number_id_of(the_system(), the_actor(), str(judgement.number))
    return redirect(url_for(".next_steps", number_id=number_id), 303)
