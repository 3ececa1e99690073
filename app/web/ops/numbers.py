"""Numbers of all accounts, for staff; looked for by a form's body, so that no number stands in an address."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission, permitted_to
from app.domain.references import transaction_number
from app.services.exports.urgent_list import list_urgent
from app.services.locations.planned import planned_of
from app.services.overview import list_numbers, number_line
from app.services.records import show_record_of
from app.web.desk import the_actor, the_system
from app.web.forms.search import SearchForm, page_asked
from app.web.life import life_of
from app.web.ops.urgent import IN_FLIGHT, put_views
from app.web.rooms import For, Room

PER_PAGE = 50

room = Room("ops_numbers", audience=For.STAFF, needs=Permission.SEE_RECORD, prefix="/ops/numbers")


@room.route("", methods=["GET", "POST"])
def listing() -> ResponseReturnValue:
    """List the numbers of every account, worst first."""
    form = SearchForm(formdata=request.form if request.method == "POST" else request.args)
    search = str(form.search.data or "").strip() if request.method == "POST" else ""
    form.search.data = search
    found = list_numbers(
        the_system(),
        the_actor(),
        None,
        status=form.chosen_status(),
        search=search,
        page=page_asked(),
        per_page=PER_PAGE,
    )
    return render_template(
        "ops/numbers.html",
        form=form,
        listing=found,
        search=search,
        may_import=permitted_to(the_actor(), Permission.IMPORT_LOCATIONS),
    )


@room.get("/<int:number_id>")
def show(number_id: int) -> ResponseReturnValue:
    """Show one number as operations see it: with commands, references and codes."""
    system, actor = the_system(), the_actor()
    line = number_line(system, actor, number_id)
    record = show_record_of(system, actor, number_id)
    planned = planned_of(system, actor, number_id)
    urgent = list_urgent(system, actor) if permitted_to(actor, Permission.SEE_FILES) else []
    return render_template(
        "ops/number.html",
        line=line,
        record=record,
        life=life_of(record),
        planned=planned,
        urgent=[item for item in urgent if item["number_id"] == number_id],
        in_flight=IN_FLIGHT,
        id_of=transaction_number,
    )


put_views(room)
