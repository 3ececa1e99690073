"""The account itself: its data, who came in and called, and what of it waits for a person at the provider."""

from dataclasses import asdict
from typing import Any

from app.api.cursors import cursor_of, place_of
from app.api.desk import the_account, the_actor, the_system
from app.api.examples_more import ACCESS, ACCOUNT, REVIEW
from app.api.rooms import ApiRoom
from app.api.shapes_in import CursorIn, PageIn
from app.api.shapes_lists import AccessLogOut, AccountOut, ReviewsOut
from app.services.api_keys import Scope
from app.services.people.access_log import list_access
from app.services.people.account_data import show_account
from app.services.reviews.own import own_reviews

room = ApiRoom("account_api", description="The account itself")
ACCESS_LIST, REVIEW_LIST = "access", "reviews"


@room.call("/account", scope=Scope.ACCOUNT, method="GET")
@room.response(200, AccountOut, example=ACCOUNT)
def show() -> dict[str, Any]:
    """Show what the account has given of itself."""
    found = asdict(show_account(the_system(), the_actor(), the_account()))
    return {"id": the_account(), **found}


@room.call("/account/access", scope=Scope.ACCESS, method="GET", statuses=(422,))
@room.arguments(CursorIn, location="query")
@room.response(200, AccessLogOut, example={"items": [ACCESS], "next": None})
def access_log(asked: dict[str, str]) -> dict[str, Any]:
    """List who logged in or called with a key, when and from where, the newest first."""
    page = list_access(the_system(), the_actor(), the_account(), place_of(ACCESS_LIST, asked["cursor"]))
    items = [
        asdict(line) | {"kind": str(line.kind), "at": line.at.isoformat(), "last_at": line.last_at.isoformat()}
        for line in page.entries
    ]
    return {"items": items, "next": cursor_of(ACCESS_LIST, page.older)}


@room.call("/reviews", scope=Scope.READ, method="GET", statuses=(422,))
@room.arguments(PageIn, location="query")
@room.response(200, ReviewsOut, example={"items": [REVIEW], "next": None})
def reviews(asked: dict[str, Any]) -> dict[str, Any]:
    """List the account's locations that go out when a person at the provider has looked at them."""
    found = own_reviews(
        the_system(), the_actor(), the_account(), place_of(REVIEW_LIST, asked["cursor"]) or 0, asked["limit"]
    )
    return {"items": found.reviews, "next": cursor_of(REVIEW_LIST, found.after)}
