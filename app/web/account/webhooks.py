"""Webhooks: the account's own addresses that are told of each status change (U2)."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.domain.permissions import Permission
from app.errors import Refused
from app.services.webhooks.listing import list_subscriptions, show_subscription
from app.services.webhooks.log import list_attempts
from app.services.webhooks.subscriptions import EVERY_STATUS, add_subscription, change_subscription
from app.web.account.webhook_acts import put_acts
from app.web.desk import the_account, the_actor, the_system
from app.web.findings import place, summary_of
from app.web.forms.webhooks import WebhookForm
from app.web.rooms import For, Room

room = Room("webhooks", audience=For.CUSTOMERS, needs=Permission.MANAGE_WEBHOOKS, prefix="/account/webhooks")
put_acts(room)


@room.get("")
def listing() -> ResponseReturnValue:
    """List the webhooks, with how each stands."""
    return render_template(
        "webhooks/list.html",
        hooks=list_subscriptions(the_system(), the_actor(), the_account()),
        every=len(EVERY_STATUS),
    )


@room.route("/new", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Make a webhook, and show its secret this once."""
    form = WebhookForm()
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            made = add_subscription(
                the_system(), the_actor(), the_account(), str(form.url.data), list(form.statuses.data or [])
            )
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            return render_template("webhooks/secret.html", hook_id=made.id, secret=made.secret, turned=False)
    elif not form.is_submitted():
        form.statuses.data = list(EVERY_STATUS)
    return _form(form, problems, "Make a webhook", url_for(".listing"), "Make it")


@room.get("/<int:hook_id>")
def show(hook_id: int) -> ResponseReturnValue:
    """Show one webhook with a page of its log."""
    system, actor = the_system(), the_actor()
    hook = show_subscription(system, actor, hook_id)
    asked = request.args.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < len("1000000000000000000") else None
    log = list_attempts(system, actor, hook_id, before)
    return render_template("webhooks/hook.html", hook=hook, log=log, before=before, every=len(EVERY_STATUS))


@room.route("/<int:hook_id>/change", methods=["GET", "POST"])
def change(hook_id: int) -> ResponseReturnValue:
    """Change where to, and what of."""
    system, actor, form = the_system(), the_actor(), WebhookForm()
    hook = show_subscription(system, actor, hook_id)
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            changed = change_subscription(system, actor, hook_id, str(form.url.data), list(form.statuses.data or []))
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            flash("Changed." if changed else "Nothing was changed.", "done" if changed else "message")
            return redirect(url_for(".show", hook_id=hook_id), 303)
    elif not form.is_submitted():
        form.url.data, form.statuses.data = hook.url, list(hook.statuses)
    return _form(form, problems, "Change the webhook", url_for(".show", hook_id=hook_id), "Change it")


def _form(form: FlaskForm, problems: list[dict[str, str]], heading: str, back: str, button: str) -> ResponseReturnValue:
    problems = problems or summary_of(form)
    page = render_template(
        "webhooks/form.html", form=form, problems=problems, heading=heading, back=back, button=button
    )
    return page, 422 if problems else 200
