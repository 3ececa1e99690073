"""Missing: every number in use without an accepted record; the target is 0."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.records import missing_records
from app.web.desk import the_actor, the_system
from app.web.rooms import For, Room

room = Room("missing", audience=For.STAFF, needs=Permission.SEE_RECORD, prefix="/ops/missing")


@room.get("")
def listing() -> ResponseReturnValue:
    """List them, the oldest first."""
    rows = sorted(missing_records(the_system(), the_actor()), key=lambda row: row["age_days"] or 0, reverse=True)
    return render_template("ops/missing.html", rows=rows)
