"""The whole life of one number on one page, and what differs between any two of its moments."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.life import LifeKind
from app.domain.permissions import Permission
from app.services.life.showing import Life, Standing, differences, life_of_number
from app.web.desk import the_actor, the_system
from app.web.forms.search import page_asked
from app.web.life_words import KINDS, told
from app.web.rooms import For, Room
from validators.dates import written_date

room = Room("life", audience=For.STAFF, needs=Permission.SEE_RECORD, prefix="/ops/numbers")

WANTED = {
    "record": "A record",
    "cease": "None: no longer in use",
    "port_out": "None: it moves to another provider",
    "no_record": "None",
    "": "Nothing was said",
}
VALUES = ("wanted_then", "wanted_later", "held_then", "held_later")
HELD = {"none": "No record", "live": "A record", "unknown": "A record of unknown content"}


@room.route("/<int:number_id>/life", methods=["GET", "POST"])
def show(number_id: int) -> ResponseReturnValue:
    """Show a page of the life, of one kind or of all but readings, and the difference of two moments."""
    asked = request.values.get("kind", "")
    kind = LifeKind(asked) if asked in [*LifeKind] else None
    life = life_of_number(the_system(), the_actor(), number_id, {kind} if kind else (), page_asked())
    earlier, later = _two_moments(life)
    return render_template(
        "ops/life.html",
        life=life,
        kind=kind,
        kinds=[(each, words, life.counts[each]) for each, words in KINDS.items() if each in life.counts],
        shown=sum(count for each, count in life.counts.items() if each is not LifeKind.READ),
        told=told,
        words=KINDS,
        earlier=earlier,
        later=later,
        rows=[_row_in_words(row) for row in differences(earlier, later)],
        wanted_words=WANTED,
        held_words=HELD,
    )


def _row_in_words(row: dict[str, str]) -> dict[str, str]:
    """Return a row of the comparison with its days as people write them."""
    if row["field"] != "effective_date":
        return row
    days = {name: written_date(date.fromisoformat(row[name])) for name in VALUES if row[name]}
    return row | days


def _two_moments(life: Life) -> tuple[Standing, Standing]:
    """Return the two moments that were asked for, in their order; else the last two at which something changed."""
    by_moment = {standing.at.isoformat(): standing for standing in life.standings}
    newest = life.standings[0]
    before = life.standings[1] if len(life.standings) > 1 else newest
    one = by_moment.get(request.form.get("one", ""), before)
    other = by_moment.get(request.form.get("other", ""), newest)
    return (one, other) if one.at <= other.at else (other, one)
