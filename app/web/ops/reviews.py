"""Reviews: what may go out only after a person looked at it, never the one who submitted it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.errors import NotFound
from app.services.reviews import approve_review, list_reviews, return_review
from app.web.desk import the_actor, the_person, the_system
from app.web.findings import summary_of
from app.web.forms.cases import WhyForm
from app.web.rooms import For, Room

room = Room("reviews", audience=For.STAFF, needs=Permission.JUDGE_REVIEW, prefix="/ops/reviews")


@room.get("")
def listing() -> ResponseReturnValue:
    """List what waits, the oldest first."""
    return render_template("ops/reviews.html", reviews=list_reviews(the_system(), the_actor()))


@room.get("/<int:review_id>")
def show(review_id: int) -> ResponseReturnValue:
    """Show what was found, what would be sent and what the agent holds."""
    return _page(_find(review_id), WhyForm())


@room.post("/<int:review_id>/approve")
def approve(review_id: int) -> ResponseReturnValue:
    """Let it go out."""
    approve_review(the_system(), the_actor(), review_id)
    flash("Approved. It goes out with the next file.", "done")
    return redirect(url_for(".listing"), 303)


@room.post("/<int:review_id>/return")
def send_back(review_id: int) -> ResponseReturnValue:
    """Give it back to the customer with words."""
    review, form = _find(review_id), WhyForm()
    if not form.validate():
        return _page(review, form, 422)
    return_review(the_system(), the_actor(), review_id, str(form.why.data).strip())
    flash("Returned to the customer with your words.", "done")
    return redirect(url_for(".listing"), 303)


def _find(review_id: int) -> dict[str, Any]:
    for review in list_reviews(the_system(), the_actor()):
        if review["id"] == review_id:
            return dict(review)
    raise NotFound("this was judged already, or is not there")


def _page(review: dict[str, Any], form: WhyForm, status: int = 200) -> ResponseReturnValue:
    own = review["submitted_by_user_id"] == the_person().id
    return render_template("ops/review.html", review=review, form=form, own=own, problems=summary_of(form)), status
