"""Contact us (P10): anybody asks without an account, sees by a link what is kept, objects, withdraws."""

from math import ceil

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.errors import NotFound, Refused
from app.services.enquiries.asking import TooOften, consent_words, make_enquiry, object_to, see_own
from app.services.enquiries.asking import withdraw as erase_own
from app.web.desk import the_system, the_visit
from app.web.enquiry_words import INTERESTS, TOPICS
from app.web.findings import Findings, place
from app.web.forms.enquiries import EnquiryForm
from app.web.rooms import For, Room

DAY_SECONDS = 24 * 3600

room = Room("enquiries", audience=For.EVERYONE, prefix="/enquiries")


@room.route("", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask sales or support; nothing of the visit is kept but what is typed."""
    form = EnquiryForm()
    if not form.is_submitted():
        return _ask_page(form, Findings())
    try:
        make_enquiry(the_system(), form.typed(), the_visit())
    except TooOften as refused:
        page = make_response(_ask_page(form, place(form, refused.problems)), 429)
        page.headers["Retry-After"] = str(ceil(refused.wait.total_seconds()))
        return page
    except Refused as refused:
        return _ask_page(form, place(form, refused.problems)), 422
    return redirect(url_for("enquiries.thanks"), 303)


@room.get("/thanks")
def thanks() -> ResponseReturnValue:
    """Say what happens next; the same for everybody, whatever they asked."""
    return render_template("public/thanks.html", days=_days())


@room.get("/yours/<link>")
def yours(link: str) -> ResponseReturnValue:
    """Show what is kept of an enquiry to whoever has its link. Looking changes nothing."""
    own = see_own(the_system(), link)
    if own is None:
        return render_template("public/erased.html", done=False), 404
    return render_template("public/yours.html", own=own, link=link, topics=TOPICS, interests=INTERESTS)


@room.post("/yours/<link>/object")
def objects(link: str) -> ResponseReturnValue:
    """Stop all use of an enquiry."""
    try:
        object_to(the_system(), link)
    except NotFound:
        return render_template("public/erased.html", done=False), 404
    return redirect(url_for("enquiries.yours", link=link), 303)


@room.post("/yours/<link>/withdraw")
def withdraw(link: str) -> ResponseReturnValue:
    """Take the consent back: the enquiry is erased at once."""
    try:
        erase_own(the_system(), link)
    except NotFound:
        return render_template("public/erased.html", done=False), 404
    return redirect(url_for("enquiries.erased"), 303)


@room.get("/erased")
def erased() -> ResponseReturnValue:
    """Say that it is done."""
    return render_template("public/erased.html", done=True)


def _ask_page(form: EnquiryForm, found: Findings) -> str:
    settings = the_system().settings
    form.consent.label.text = consent_words(the_system())
    return render_template(
        "public/ask.html", form=form, found=found, days=_days(), log_days=settings.access_retention.days
    )


def _days() -> int:
    return int(the_system().settings.enquiry_retention.total_seconds()) // DAY_SECONDS
