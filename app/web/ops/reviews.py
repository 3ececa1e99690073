"""Reviews: what may go out only after a person looked at it, never the one who submitted it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.reviews import (
    approve_review,
    approve_reviews,
    list_reviews,
    page_reviews,
    return_review,
    show_review,
)
from app.web.desk import the_actor, the_person, the_system
from app.web.findings import summary_of
from app.web.forms.cases import WhyForm
from app.web.forms.search import page_asked
from app.web.label import label
from app.web.place_map import draw, places_of
from app.web.review_words import ABOUT, directory_sentence, edition_sentence, field_name, measured_from, spoken_km
from app.web.rooms import For, Room
from validators.wording import Change

PER_PAGE = 25
# What a directory put before a person, the agent holds already.
GOES_OUT = "What the agent does not hold yet goes out with the next file."

room = Room("reviews", audience=For.STAFF, needs=Permission.JUDGE_REVIEW, prefix="/ops/reviews")


@room.get("")
def listing() -> ResponseReturnValue:
    """List what waits, the first due first; all of it, or what waits because of one finding."""
    code = request.args.get("code", "")
    found = page_reviews(the_system(), the_actor(), code=code, page=page_asked(), per_page=PER_PAGE)
    return render_template("ops/reviews.html", found=found, code=code, about=ABOUT, own=the_person().id)


@room.get("/<int:review_id>")
def show(review_id: int) -> ResponseReturnValue:
    """Show what was found, what the directory says, what would be sent and what the agent holds."""
    return _page(show_review(the_system(), the_actor(), review_id), WhyForm())


@room.post("/<int:review_id>/approve")
def approve(review_id: int) -> ResponseReturnValue:
    """Let it go out."""
    approve_review(the_system(), the_actor(), review_id)
    flash(f"Approved. {GOES_OUT}", "done")
    return redirect(url_for(".listing"), 303)


@room.post("/<int:review_id>/return")
def send_back(review_id: int) -> ResponseReturnValue:
    """Give it back to the customer with words."""
    review, form = show_review(the_system(), the_actor(), review_id), WhyForm()
    if not form.validate():
        return _page(review, form, 422)
    return_review(the_system(), the_actor(), review_id, str(form.why.data).strip())
    flash("Returned to the customer with your words.", "done")
    return redirect(url_for(".listing"), 303)


@room.post("/choose")
def choose() -> ResponseReturnValue:
    """Show the chosen ones once more before they are let out together."""
    chosen = list_reviews(the_system(), the_actor(), _chosen())
    if not chosen:
        flash("Choose the records that you want to approve, then press the button again.")
        return redirect(url_for(".listing"), 303)
    return render_template("ops/review_several.html", reviews=chosen)


@room.post("/approve")
def approve_several() -> ResponseReturnValue:
    """Let the chosen ones go out, all or none."""
    count = approve_reviews(the_system(), the_actor(), sorted(_chosen()))
    flash(f"Approved: {count}. {GOES_OUT}", "done")
    return redirect(url_for(".listing"), 303)


def _chosen() -> set[int]:
    """Return the ids that were ticked; anything strange is none."""
    given = request.form.getlist("review")
    return {int(text) for text in given if text.isascii() and text.isdecimal() and len(text) < len(str(2**63))}


def _page(review: dict[str, Any], form: WhyForm, status: int = 200) -> ResponseReturnValue:
    places = places_of(review)
    text = render_template(
        "ops/review.html",
        review=review,
        form=form,
        own=review["submitted_by_user_id"] == the_person().id,
        problems=summary_of(form),
        label=label(review["sent"], [Change(**change) for change in review["changes"]]),
        places=places,
        map=draw(places),
        directory_sentence=directory_sentence,
        edition_sentence=edition_sentence,
        measured_from=measured_from,
        field_name=field_name,
        spoken_km=spoken_km,
    )
    return text, status
