"""Messages in the portal: what operations wrote about a number, and the customer's answers."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.errors import Refused
from app.services.messages.threads import list_threads, show_thread
from app.services.messages.writing import answer as write_answer
from app.services.messages.writing import mark_read
from app.web.desk import the_account, the_actor, the_system
from app.web.findings import Findings, place
from app.web.forms.messages import MessageForm
from app.web.forms.search import page_asked
from app.web.rooms import For, Room

room = Room("messages", audience=For.CUSTOMERS, needs=Permission.SEE_MESSAGES, prefix="/messages")


@room.get("")
def listing() -> ResponseReturnValue:
    """List the account's conversations, the latest first."""
    found = list_threads(the_system(), the_actor(), the_account(), page_asked())
    return render_template("portal/messages.html", found=found)


@room.get("/<int:thread_id>")
def show(thread_id: int) -> ResponseReturnValue:
    """Show a conversation; what is new in it counts as seen by the account from now on."""
    return _page(thread_id, MessageForm(formdata=None), Findings())


@room.post("/<int:thread_id>/answer")
@room.needs(Permission.WRITE_MESSAGES)
def answer(thread_id: int) -> ResponseReturnValue:
    """Answer operations."""
    form = MessageForm()
    try:
        write_answer(the_system(), the_actor(), thread_id, str(form.text.data or ""))
    except Refused as refused:
        return _page(thread_id, form, place(form, refused.problems)), 422
    flash("Your answer is sent. Our operations see it at once.", "done")
    return redirect(url_for("messages.show", thread_id=thread_id), 303)


def _page(thread_id: int, form: MessageForm, found: Findings) -> str:
    thread = show_thread(the_system(), the_actor(), thread_id)
    mark_read(the_system(), the_actor(), thread_id)
    return render_template("portal/message.html", thread=thread, form=form, found=found)
