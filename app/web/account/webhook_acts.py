"""What an owner does with a webhook: tests it, turns it off and on, gives it another secret, replays, removes it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Conflict, Refused
from app.services.webhooks.listing import SubscriptionLine, show_subscription
from app.services.webhooks.replaying import count_since, replay_event, replay_since, send_test
from app.services.webhooks.subscriptions import remove_subscription, switch_off, switch_on, turn_secret
from app.web.asking import Question, ask
from app.web.desk import the_actor, the_system
from app.web.findings import summary_of
from app.web.forms.webhooks import SPANS, ReplayForm
from app.web.rooms import Room
from app.web.sentences import sentence


def put_acts(room: Room) -> None:
    """Put the pages into the room of the webhooks."""
    room.post("/<int:hook_id>/test")(test)
    room.post("/<int:hook_id>/on")(turn_on)
    for view, path in ((turn_off, "off"), (new_secret, "secret"), (replay, "replay"), (remove, "remove")):
        room.route(f"/<int:hook_id>/{path}", methods=["GET", "POST"])(view)
    room.route("/<int:hook_id>/events/<int:event_id>/replay", methods=["GET", "POST"])(replay_one)


def test(hook_id: int) -> ResponseReturnValue:
    """Send an event that tells of no number."""
    try:
        send_test(the_system(), the_actor(), hook_id)
    except (Refused, Conflict) as no:
        flash(sentence(str(no)))
    else:
        flash("A test event is on its way. Its try stands in the log within a few seconds.", "done")
    return _back(hook_id)


def turn_on(hook_id: int) -> ResponseReturnValue:
    """Tell the webhook again from now on."""
    switch_on(the_system(), the_actor(), hook_id)
    flash("The webhook is on. What happened meanwhile is sent when you ask for it below.", "done")
    return _back(hook_id)


def turn_off(hook_id: int) -> ResponseReturnValue:
    """Ask, then tell the webhook nothing more."""
    hook = _hook(hook_id)
    lead = "Nothing more is sent to it until you turn it on again. What happens meanwhile is kept for 30 days."
    question = Question("Turn this webhook off?", lead, "Turn it off", _place(hook_id), facts=(("Address", hook.url),))

    def act() -> str:
        switch_off(the_system(), the_actor(), hook_id)
        return "The webhook is off."

    return ask(question, act)


def new_secret(hook_id: int) -> ResponseReturnValue:
    """Ask, then show another secret, this once."""
    hook = _hook(hook_id)
    if request.method == "POST":
        secret = turn_secret(the_system(), the_actor(), hook_id)
        return render_template("webhooks/secret.html", hook_id=hook_id, secret=secret, turned=True)
    lead = "The new secret is shown once, on the next page. For 24 hours every event is signed with both."
    question = Question(
        "Give this webhook a new secret?", lead, "Make a new secret", _place(hook_id), facts=(("Address", hook.url),)
    )
    return ask(question, str)


def replay(hook_id: int) -> ResponseReturnValue:
    """Ask since when, say how many events that is, then send them again."""
    system, actor, form = the_system(), the_actor(), ReplayForm()
    hook = _hook(hook_id)
    count = None
    if form.validate_on_submit():
        since = system.clock.now() - form.span()
        if "sure" not in request.form:
            count = count_since(system, actor, hook_id, since)
        else:
            try:
                sent = replay_since(system, actor, hook_id, since)
            except Conflict as no:
                flash(sentence(str(no)))
            else:
                flash(f"{sent or 'No'} event{'' if sent == 1 else 's'} sent again: see the log.", "done")
            return _back(hook_id)
    problems = summary_of(form)
    span = SPANS.get(str(form.hours.data), "")
    page = render_template("webhooks/replay.html", form=form, hook=hook, problems=problems, count=count, span=span)
    return page, 422 if problems else 200


def replay_one(hook_id: int, event_id: int) -> ResponseReturnValue:
    """Ask, then send one event again."""
    hook = _hook(hook_id)
    lead = "It goes out again with the same id and the same content: a receiver that keeps ids can tell."
    question = Question("Send this event again?", lead, "Send it again", _place(hook_id), facts=(("To", hook.url),))

    def act() -> str:
        replay_event(the_system(), the_actor(), hook_id, event_id)
        return "The event is on its way again."

    return ask(question, act)


def remove(hook_id: int) -> ResponseReturnValue:
    """Ask, then remove the webhook for good."""
    hook = _hook(hook_id)
    lead = "Its address and its secret are deleted, and nothing more is sent to it. It cannot be undone."
    question = Question(
        "Remove this webhook?", lead, "Remove it", _place(hook_id), warning=True, facts=(("Address", hook.url),)
    )

    def act() -> str:
        remove_subscription(the_system(), the_actor(), hook_id)
        return "The webhook is removed."

    return ask(question, act, then=url_for("webhooks.listing"))


def _hook(hook_id: int) -> SubscriptionLine:
    return show_subscription(the_system(), the_actor(), hook_id)


def _place(hook_id: int) -> str:
    return url_for("webhooks.show", hook_id=hook_id)


def _back(hook_id: int) -> ResponseReturnValue:
    return redirect(_place(hook_id), 303)
