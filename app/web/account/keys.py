"""The account's API keys: listed, made, and revoked (U2)."""

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.errors import Refused
from app.services.api_keys import list_keys, make_key, revoke_key, scopes_to_give
from app.web.account_words import scope_words
from app.web.asking import Question, ask
from app.web.desk import the_account, the_actor, the_system
from app.web.findings import place, summary_of
from app.web.forms.account import KeyForm
from app.web.forms.fields import choices
from app.web.moments import moment
from app.web.rooms import For, Room

room = Room("api_keys", audience=For.CUSTOMERS, needs=Permission.MANAGE_API_KEYS, prefix="/account/keys")


@room.get("")
def listing() -> ResponseReturnValue:
    """List the keys, revoked ones too."""
    keys = list_keys(the_system(), the_actor(), the_account())
    return render_template("account/keys.html", keys=keys, words=scope_words)


@room.route("/new", methods=["GET", "POST"])
def make() -> ResponseReturnValue:
    """Make a key, and show it this once."""
    form = KeyForm()
    form.scopes.choices = choices((scope, scope_words(scope)) for scope in scopes_to_give(the_actor()))
    problems: list[dict[str, str]] = []
    if form.validate_on_submit():
        name, scopes = str(form.name.data), list(form.scopes.data or [])
        try:
            made = make_key(the_system(), the_actor(), the_account(), name, scopes)
        except Refused as refused:
            problems = place(form, refused.problems).summary
        else:
            return render_template("account/key_made.html", made=made, name=name)
    elif form.is_submitted():
        problems = summary_of(form)
    return render_template("account/key_new.html", form=form, problems=problems), 422 if problems else 200


@room.route("/<int:key_id>/revoke", methods=["GET", "POST"])
def revoke(key_id: int) -> ResponseReturnValue:
    """Ask, then end a key at once."""
    found = next((key for key in list_keys(the_system(), the_actor(), the_account()) if key.id == key_id), None)
    if found is None:
        abort(404)
    ended = found.revoked_at is not None
    question = Question(
        f"Revoke the key “{found.name}”?",
        "It was revoked already."
        if ended
        else "Whatever uses it is refused from the next call on. It cannot be undone.",
        "" if ended else "Revoke it",
        url_for(".listing"),
        keep="Back" if ended else "Keep it",
        warning=True,
        facts=(
            ("Key", f"eld_{found.prefix}_…"),
            ("Last used", moment(found.last_used_at) if found.last_used_at else "never"),
        ),
    )

    def act() -> str:
        revoke_key(the_system(), the_actor(), key_id)
        return f"The key “{found.name}” is revoked."

    return ask(question, act)
