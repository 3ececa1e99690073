"""The way through the house, by who is walking it."""

from typing import NamedTuple

from flask import url_for

from app.domain.actors import Actor, Role
from app.domain.permissions import Permission, permitted_to
from app.web.desk import the_actor, the_visitor
from app.web.message_words import unread

Item = dict[str, object]


class Way(NamedTuple):
    """An entry: its words, the page it leads to, what the page asks for, and the rooms that lie behind it as well."""

    text: str
    target: str
    needs: Permission
    rooms: tuple[str, ...] = ()


CUSTOMER = (
    Way(
        "Your numbers",
        "numbers.home",
        Permission.SEE_RECORD,
        ("numbers", "locations", "many", "ceasing", "cancelling", "barring"),
    ),
    Way("Add a number", "locations.add", Permission.REGISTER_LOCATION),
    Way("Many at once", "bulk.start", Permission.IMPORT_LOCATIONS, ("bulk",)),
    Way("Messages", "messages.listing", Permission.SEE_MESSAGES, ("messages",)),
    Way("Account", "account.home", Permission.SEE_ACCOUNT, ("account", "people", "access_log", "api_keys", "webhooks")),
)
STAFF = (
    Way("Tonight", "tonight.show", Permission.SEE_FILES, ("tonight",)),
    Way("Look-up", "lookup.show", Permission.LOOK_UP, ("lookup",)),
    Way("Cases", "cases.listing", Permission.WORK_CASES, ("cases",)),
    Way("Reviews", "reviews.listing", Permission.JUDGE_REVIEW, ("reviews",)),
    Way("Messages", "ops_messages.listing", Permission.SEE_MESSAGES, ("ops_messages",)),
    Way("Enquiries", "ops_enquiries.listing", Permission.WORK_ENQUIRIES, ("ops_enquiries",)),
    Way("Missing", "missing.listing", Permission.SEE_RECORD, ("missing",)),
    Way("Porting", "porting.board", Permission.SEE_PORTING, ("porting",)),
    Way("Numbers", "ops_numbers.listing", Permission.SEE_RECORD, ("ops_numbers", "life")),
    Way("Files", "files.listing", Permission.SEE_FILES, ("files",)),
    Way("Replies", "replies.listing", Permission.SEE_FILES, ("replies",)),
    Way("Accounts", "accounts.listing", Permission.SEE_ACCOUNT, ("accounts",)),
    Way("Trail", "trail.listing", Permission.READ_TRAIL, ("trail",)),
    Way("Users", "staff.listing", Permission.MANAGE_USERS, ("staff", "mails")),
    Way("Figures", "plots.show", Permission.SEE_REPORTS, ("plots",)),
    Way("Explain a file", "explain.show", Permission.EXPLAIN_FILE, ("explain",)),
)


def navigation(endpoint: str) -> list[Item]:
    """Return the entries for the visitor, the one they are in marked."""
    if the_visitor() is None:
        return []
    here = endpoint.partition(".")[0]
    ways = ways_of(the_actor())
    exact = any(way.target == endpoint for way in ways)
    return [
        {
            "text": f"{way.text}{_beside(way.target)}",
            "href": url_for(way.target),
            "current": way.target == endpoint,
            "active": not exact and here in way.rooms,
        }
        for way in ways
    ]


def _beside(target: str) -> str:
    """Return what waits behind an entry: how many messages nobody of the account has read."""
    count = unread() if target == "messages.listing" else 0
    return f" ({count} new)" if count else ""


def front_door(actor: Actor) -> str:
    """Return the first page that somebody may see."""
    return url_for(ways_of(actor)[0].target)


def ways_of(actor: Actor) -> list[Way]:
    """Return the entries that are open to one who acts."""
    ways = CUSTOMER if actor.role is Role.CUSTOMER else STAFF
    return [way for way in ways if permitted_to(actor, way.needs)]
