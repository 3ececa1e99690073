"""Messages in the console: what customers answered, and writing to them about a number or a case."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.errors import Refused
from app.services.messages.threads import list_unanswered, show_thread
from app.services.messages.writing import answer as write_answer
from app.services.messages.writing import close_thread, write_to_customer
from app.services.overview import number_line
from app.web.desk import the_actor, the_system
from app.web.findings import Findings, place
from app.web.forms.messages import MessageForm
from app.web.forms.search import page_asked
from app.web.rooms import For, Room

LONGEST_ID = 18

room = Room("ops_messages", audience=For.STAFF, needs=Permission.SEE_MESSAGES, prefix="/ops/messages")


@room.get("")
def listing() -> ResponseReturnValue:
    """List the conversations in which a customer waits for us, or all of them."""
    everything = request.args.get("which") == "all"
    found = list_unanswered(the_system(), the_actor(), page_asked(), everything=everything)
    return render_template("ops/messages.html", found=found, everything=everything)


@room.get("/<int:thread_id>")
def show(thread_id: int) -> ResponseReturnValue:
    """Show one conversation."""
    return _page(thread_id, MessageForm(formdata=None), Findings())


@room.post("/<int:thread_id>/answer")
@room.needs(Permission.WRITE_MESSAGES)
def answer(thread_id: int) -> ResponseReturnValue:
    """Go on with a conversation."""
    form = MessageForm()
    try:
        write_answer(the_system(), the_actor(), thread_id, str(form.text.data or ""))
    except Refused as refused:
        return _page(thread_id, form, place(form, refused.problems)), 422
    flash("Sent. The customer is told by a mail that says no more than that.", "done")
    return redirect(url_for("ops_messages.show", thread_id=thread_id), 303)


@room.post("/<int:thread_id>/close")
@room.needs(Permission.WRITE_MESSAGES)
def close(thread_id: int) -> ResponseReturnValue:
    """End a conversation; what was written stays."""
    close_thread(the_system(), the_actor(), thread_id)
    flash("The conversation is closed. What was written stays.", "done")
    return redirect(url_for("ops_messages.show", thread_id=thread_id), 303)


@room.route("/about/<int:number_id>", methods=["GET", "POST"])
@room.needs(Permission.WRITE_MESSAGES)
def write(number_id: int) -> ResponseReturnValue:
    """Write to the customer who has a number, from its page or from a case about it."""
    line, form, found, case_id = number_line(the_system(), the_actor(), number_id), MessageForm(), Findings(), _case()
    if form.is_submitted():
        try:
            thread_id = write_to_customer(
                the_system(), the_actor(), number_id, str(form.text.data or ""), case_id=case_id
            )
        except Refused as refused:
            found = place(form, refused.problems)
        else:
            flash("Sent. The customer is told by a mail that says no more than that.", "done")
            return redirect(url_for("ops_messages.show", thread_id=thread_id), 303)
    page = render_template("ops/message_write.html", line=line, form=form, found=found, case_id=case_id)
    return page, 422 if form.is_submitted() else 200


def _case() -> int | None:
    """Return the case that is written from, if any."""
    given = request.form.get("case") or request.args.get("case", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= LONGEST_ID else None


def _page(thread_id: int, form: MessageForm, found: Findings) -> str:
    thread = show_thread(the_system(), the_actor(), thread_id)
    return render_template("ops/message.html", thread=thread, form=form, found=found)
