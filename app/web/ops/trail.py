"""The trail: is the chain whole, who did what, and each entry with its digests."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.audit.log import FROM_THE_NETWORK
from app.audit.verify import Verification
from app.domain.permissions import Permission
from app.services.trail import actions_used, list_events, names_of
from app.services.trail_entry import open_entry
from app.services.trail_state import trail_state, verify_now
from app.web.desk import the_actor, the_system
from app.web.findings import summary_of
from app.web.forms.search import page_asked
from app.web.forms.trail import TrailForm, action_words
from app.web.rooms import For, Room

room = Room("trail", audience=For.STAFF, needs=Permission.READ_TRAIL, prefix="/ops/trail")


@room.route("", methods=["GET", "POST"])
def listing() -> ResponseReturnValue:
    """Page through the events; who and what is looked for comes as a form's body, so that no name stands in a URL."""
    posted = request.method == "POST"
    form = TrailForm(formdata=request.form if posted else None)
    if not posted:
        form.action_name.data = request.args.get("action_name", "")
    return _page(form, searched=posted)


@room.post("/verify")
def verify() -> ResponseReturnValue:
    """Walk the whole chain, say whether anything was altered, and write down that it was walked."""
    verification = verify_now(the_system(), the_actor())
    return _page(TrailForm(formdata=None), verification=verification)


@room.get("/<int:seq>")
def show(seq: int) -> ResponseReturnValue:
    """Open one entry: its digests, its values where they are not erased, its neighbours."""
    system, actor = the_system(), the_actor()
    opened = open_entry(system, actor, seq)
    names = names_of(system, actor, [opened.event["actor"]])
    return render_template("ops/trail_entry.html", entry=opened, event=opened.event, names=names, words=action_words)


def _page(form: TrailForm, *, searched: bool = False, verification: Verification | None = None) -> ResponseReturnValue:
    system, actor = the_system(), the_actor()
    form.offer(actions_used(system, actor))
    days = form.days()
    events = list_events(
        system,
        actor,
        page_asked(),
        form.action_name.data or "",
        str(form.actor_name.data or "").strip(),
        subject=form.about(),
        days=days,
    )
    problems = summary_of(form)
    text = render_template(
        "ops/trail.html",
        form=form,
        events=events,
        names=names_of(system, actor, {event["actor"] for event in events.events}),
        searched=searched,
        verification=verification,
        state=trail_state(system, actor),
        problems=problems,
        words=action_words,
        from_the_network=FROM_THE_NETWORK,
    )
    return text, 422 if problems else 200
