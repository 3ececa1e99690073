"""The three lists of operations, over all accounts, as files: rejected, missing, all."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.lists import Which, list_csv
from app.web.desk import the_actor, the_system
from app.web.downloads import list_answer
from app.web.rooms import For, Room

room = Room("lists", audience=For.STAFF, needs=Permission.SEE_RECORD, prefix="/ops/lists")


@room.get("")
def overview() -> ResponseReturnValue:
    """Say what the lists are."""
    return render_template("ops/lists.html")


@room.get("/<any(rejected, missing, all):which>.csv")
def download(which: str) -> ResponseReturnValue:
    """Hand out a list: mended, it can be imported as it is."""
    return list_answer(list_csv(the_system(), the_actor(), Which(which)), which)
