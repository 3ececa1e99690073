"""The way through the house, by who is walking it."""

from flask import url_for
from flask_login import current_user

from app.domain.actors import Role
from app.domain.permissions import Permission, permitted

Item = dict[str, object]

CUSTOMER = (
    ("Your numbers", "numbers.home", ("numbers", "locations", "many", "ceasing", "cancelling", "barring")),
    ("Add a number", "locations.add", ()),
    ("Many at once", "bulk.start", ("bulk",)),
)
STAFF = (
    ("Tonight", "tonight.show", Permission.SEE_FILES),
    ("Cases", "cases.listing", Permission.WORK_CASES),
    ("Reviews", "reviews.listing", Permission.JUDGE_REVIEW),
    ("Missing", "missing.listing", Permission.SEE_RECORD),
    ("Porting", "porting.board", Permission.SEE_PORTING),
    ("Numbers", "ops_numbers.listing", Permission.SEE_RECORD),
    ("Files", "files.listing", Permission.SEE_FILES),
    ("Replies", "replies.listing", Permission.SEE_FILES),
    ("Trail", "trail.listing", Permission.READ_TRAIL),
)


def navigation(endpoint: str) -> list[Item]:
    """Return the entries for the visitor, the one they are in marked."""
    if not current_user.is_authenticated:
        return []
    here = endpoint.partition(".")[0]
    role = current_user.person.role
    if role is Role.CUSTOMER:
        exact = any(target == endpoint for _, target, _ in CUSTOMER)
        return [
            _item(text, target, current=target == endpoint, active=not exact and here in rooms)
            for text, target, rooms in CUSTOMER
        ]
    return [
        _item(text, target, current=target == endpoint, active=target.partition(".")[0] == here)
        for text, target, permission in STAFF
        if permitted(role, permission)
    ]


def front_door(role: Role) -> str:
    """Return the first page that a role may see."""
    if role is Role.CUSTOMER:
        return url_for("numbers.home")
    return url_for(next(target for _, target, permission in STAFF if permitted(role, permission)))


def _item(text: str, target: str, *, current: bool, active: bool) -> Item:
    return {"text": text, "href": url_for(target), "current": current, "active": active}
