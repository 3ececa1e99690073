"""The trail: is the chain whole, and who did what."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.trail import list_events, verify_trail
from app.web.desk import the_actor, the_system
from app.web.forms.search import page_asked
from app.web.forms.trail import TrailForm
from app.web.rooms import For, Room

room = Room("trail", audience=For.STAFF, needs=Permission.READ_TRAIL, prefix="/ops/trail")


@room.route("", methods=["GET", "POST"])
def listing() -> ResponseReturnValue:
    """Page through the events; who is looked for comes as a form's body, so that no name stands in an address."""
    form = TrailForm(formdata=request.form if request.method == "POST" else request.args)
    posted = request.method == "POST"
    form.actor_name.data = str(form.actor_name.data or "").strip() if posted else ""
    events = list_events(
        the_system(),
        the_actor(),
        page_asked(),
        action=form.action_name.data or "",
        actor_name=form.actor_name.data or "",
    )
    return render_template("ops/trail.html", form=form, events=events, searched=posted, verification=None)


@room.post("/verify")
def verify() -> ResponseReturnValue:
    """Walk the whole chain and say whether anything was altered."""
    verification = verify_trail(the_system(), the_actor())
    events = list_events(the_system(), the_actor(), 1)
    return render_template(
        "ops/trail.html", form=TrailForm(formdata=None), events=events, searched=False, verification=verification
    )
