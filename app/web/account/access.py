"""The access log: who logged in or called the API for the account, when, from where and with what (P2)."""

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.people.access_log import list_access
from app.web.account_words import ACCESS_KINDS
from app.web.desk import the_account, the_actor, the_system
from app.web.rooms import For, Room

room = Room("access_log", audience=For.CUSTOMERS, needs=Permission.SEE_ACCESS_LOG, prefix="/account/access")
LARGEST = 2**63 - 1


@room.get("")
def listing() -> ResponseReturnValue:
    """Show a page of the log, the newest first."""
    before = before_asked()
    found = list_access(the_system(), the_actor(), the_account(), before)
    return render_template(
        "account/access.html", found=found, kinds=ACCESS_KINDS, kept_for=kept_for(), first=before is None
    )


def before_asked() -> int | None:
    """Return the entry before which a page of the log begins; anything strange is the newest page."""
    given = request.args.get("before", "", type=str)
    if not given.isascii() or not given.isdecimal() or len(given) > len(str(LARGEST)):
        return None
    return min(int(given), LARGEST)


def kept_for() -> str:
    """Say how long an entry is kept (ELD_ACCESS_RETENTION)."""
    kept = the_system().settings.access_retention
    days, hours = kept // timedelta(days=1), round(kept / timedelta(hours=1))
    count, unit = (days, "day") if kept == timedelta(days=days) and days else (hours, "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}"
