"""Your numbers: the sentence that says it all, the list worst first, and each number's own page."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.life.showing import history_of_number
from app.services.lists import Which, list_csv
from app.services.locations.planned import planned_of
from app.services.locations.registering import share_of_address
from app.services.overview import list_numbers, number_line
from app.services.records import show_record_of
from app.services.turns import whose_turn
from app.web.desk import the_account, the_actor, the_system
from app.web.downloads import list_answer
from app.web.forms.search import SearchForm, page_asked
from app.web.life_words import in_words
from app.web.rooms import For, Room
from app.web.status_words import found_sentence, home_sentence

PER_PAGE = 50

room = Room("numbers", audience=For.CUSTOMERS, needs=Permission.SEE_RECORD)


@room.route("/", methods=["GET", "POST"])
def home() -> ResponseReturnValue:
    """List the account's numbers; a search comes as a form's body, so that no number stands in an address."""
    form = SearchForm(formdata=request.form if request.method == "POST" else request.args)
    search = str(form.search.data or "").strip() if request.method == "POST" else ""
    form.search.data = search
    status = form.chosen_status()
    listing = list_numbers(
        the_system(),
        the_actor(),
        the_account(),
        status=status,
        search=search,
        page=page_asked(),
        per_page=PER_PAGE,
    )
    return render_template(
        "portal/home.html",
        form=form,
        listing=listing,
        search=search,
        sentence=found_sentence(listing.counts) if search else home_sentence(listing.counts),
        used=bool(search) or any(listing.counts.values()),
        turns=None if search or status else whose_turn(the_system(), the_actor(), the_account()),
    )


@room.get("/numbers.csv")
def download() -> ResponseReturnValue:
    """Hand out the account's numbers as they were typed: mended, the file can be sent in as it is."""
    return list_answer(list_csv(the_system(), the_actor(), Which.ALL, the_account()), "numbers")


@room.get("/numbers/<int:number_id>")
def show(number_id: int) -> ResponseReturnValue:
    """Show one number: its status, what the agent holds, what is wanted, and what became of it."""
    system, actor = the_system(), the_actor()
    line = number_line(system, actor, number_id)
    record = show_record_of(system, actor, number_id)
    return render_template(
        "portal/number.html",
        line=line,
        record=record,
        shared=share_of_address(system, actor, line.number),
        life=in_words(history_of_number(system, actor, number_id)),
        planned=planned_of(system, actor, number_id),
    )
