"""Many numbers at one address: which numbers, where they are, check your answers, done. The form carries the state."""

from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.voip import LIMITS
from app.errors import Problem, Refused
from app.services.locations.many import Placed, place_numbers, spread
from app.services.locations.places import list_places, numbers_at, numbers_of
from app.services.locations.spans import some
from app.web.desk import the_account, the_actor, the_system
from app.web.findings import place, take
from app.web.forms.location import blank_location
from app.web.forms.many import (
    CARRIED,
    BlockForm,
    BlockLocationForm,
    SeveralForm,
    SeveralLocationForm,
    lines_of,
)
from app.web.label import label
from app.web.portal.location_steps import Subject
from app.web.rooms import For, Room
from validators.columns import Location
from validators.numbers import national, read_number

MOST_TICKS = 1_000
# Where the signed session holds how many numbers were placed last.
PLACED = "placed"
NOTHING_CHOSEN = Problem(
    "M01", "typed", "error", "No number was chosen yet. Go back and tick them in the list, or type or paste them here."
)
SOME_GONE = Problem(
    "M01", "typed", "error", "Not all that you chose are in use here any more. Look again at those that stand below."
)

room = Room("many", audience=For.CUSTOMERS, needs=Permission.REGISTER_LOCATION)


@dataclass
class Which:
    """The numbers that were chosen, and how a page says which they are."""

    numbers: list[str]
    carried: dict[str, str]
    block: bool

    @property
    def words(self) -> str:
        """Say which numbers they are, on one line."""
        if not self.block:
            return some(self.numbers)
        left_out = lines_of(self.carried["exceptions"])
        span = f"{self.carried['first']} to {self.carried['last']}"
        return f"{span} without {some(left_out)}" if left_out else span

    @property
    def title(self) -> str:
        """Return the question that the page asks."""
        count = len(self.numbers)
        return "Where is this number used?" if count == 1 else f"Where are these {count:,} numbers used?"


@room.route("/numbers/block", methods=["GET", "POST"])
def block() -> ResponseReturnValue:
    """Register a block of numbers, with exceptions."""
    form = BlockForm()
    if request.method == "GET" or request.form.get("step") == "numbers":
        return render_template("portal/many_block.html", form=form, findings=place(form, []))
    try:
        which = _block(form)
    except Refused as refused:
        return render_template("portal/many_block.html", form=form, findings=place(form, refused.problems)), 422
    return _walk(BlockLocationForm(which.carried), which)


@room.route("/numbers/several", methods=["GET", "POST"])
def several() -> ResponseReturnValue:
    """Move several numbers to another address."""
    form = SeveralForm()
    step = request.form.get("step")
    if step == "chosen":
        return _start_with_chosen(form)
    if request.method == "GET" or step == "numbers":
        if step == "numbers":
            form.typed.data = "\n".join(str(request.form.get("numbers", "")).split())
        return _ask_numbers(form, [])
    try:
        which = _several(form)
    except Refused as refused:
        return _ask_numbers(form, list(refused.problems)), 422
    return _walk(SeveralLocationForm(which.carried), which)


@room.get("/numbers/placed")
def placed() -> ResponseReturnValue:
    """Say what was done last, and what happens next; nothing of it is taken from the address of the page."""
    counts = session.get(PLACED)
    if counts is None:
        return redirect(url_for("numbers.home"))
    return render_template("portal/many_done.html", counts=counts)


def _block(form: BlockForm) -> Which:
    typed = {name: str(form[name].data or "").strip() for name in ("first", "last", "exceptions")}
    exceptions = lines_of(typed["exceptions"])
    numbers = spread(typed["first"], typed["last"], exceptions)
    carried = {name: _dialled(typed[name]) for name in ("first", "last")}
    return Which(numbers, carried | {"exceptions": ", ".join(map(_dialled, exceptions))}, block=True)


def _dialled(text: str) -> str:
    """Return a number that was found to be one as it is dialled."""
    return national(read_number(text) or text)


def _several(form: SeveralForm) -> Which:
    carried = str(request.form.get("numbers", "")).split()
    listed = carried or form.numbers()
    read = {text: read_number(text) for text in listed}
    problems = []
    wrong = [text for text, number in read.items() if number is None]
    if wrong:
        problems.append(Problem("N01", "typed", "error", f"Not UK telephone numbers: {some(wrong)}."))
    if not listed:
        problems.append(Problem("M01", "typed", "error", "Say which numbers: tick them, or type or paste them."))
    if problems:
        raise Refused(problems)
    numbers = sorted({national(number) for number in read.values() if number})
    return Which(numbers, {"numbers": " ".join(numbers)}, block=False)


def _start_with_chosen(form: SeveralForm) -> ResponseReturnValue:
    """Fill in the numbers that were ticked in the list, which names them by the ids of their rows."""
    ticked = sorted(set(request.form.getlist("number")))[: MOST_TICKS + 1]
    found = numbers_of(
        the_system(), the_actor(), the_account(), [int(text) for text in ticked[:MOST_TICKS] if _is_id(text)]
    )
    form.typed.data = "\n".join(found)
    if not ticked:
        return _ask_numbers(form, [NOTHING_CHOSEN]), 422
    if len(found) < len(ticked):
        return _ask_numbers(form, [SOME_GONE]), 422
    return _ask_numbers(form, [])


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10  # noqa: PLR2004  more digits than an id has


def _ask_numbers(form: SeveralForm, problems: list[Problem]) -> str:
    system, actor, account = the_system(), the_actor(), the_account()
    text = str(form.at.data or request.args.get("at") or "")
    at = int(text) if _is_id(text) else None
    offered = [] if at is None else numbers_at(system, actor, account, at, MOST_TICKS)
    form.at.data = "" if at is None else str(at)
    form.offer(offered)
    places = list_places(system, actor, account)
    return render_template(
        "portal/many_several.html",
        form=form,
        findings=place(form, problems),
        places=places,
        here=next((one for one in places if one.id == at), None),
        offered=offered,
        most=MOST_TICKS,
    )


def _walk(form: BlockLocationForm | SeveralLocationForm, which: Which) -> ResponseReturnValue:
    """Ask for the address, show the answers, or store them."""
    step = request.form.get("step", "check")
    subject = Subject(which.title, url_for(f".{'block' if which.block else 'several'}"), url_for("numbers.home"))
    if step == "address":
        form.fill(blank_location())
        return _ask(form, subject, which, None)
    if "take" in request.form:
        take(form, request.form["take"])
        step = "check"
    if step == "split":
        form.split()
    try:
        report = _place(form.location(blank_location()), which, dry_run=step != "confirm")
    except Refused as refused:
        return _ask(form, subject, which, Placed(), list(refused.problems)), 422
    if step not in {"continue", "confirm"}:
        return _ask(form, subject, which, report)
    if report.refused:
        return _ask(form, subject, which, report), 422
    if step == "continue":
        return _show_answers(form, subject, which, report)
    session[PLACED] = {name: getattr(report, name) for name in ("accepted", "unchanged", "for_review")}
    return redirect(url_for(".placed"), 303)


def _place(location: Location, which: Which, *, dry_run: bool) -> Placed:
    return place_numbers(
        the_system(), the_actor(), the_account(), which.numbers, location, block=which.block, dry_run=dry_run
    )


def _ask(
    form: BlockLocationForm | SeveralLocationForm,
    subject: Subject,
    which: Which,
    report: Placed | None,
    problems: list[Problem] | None = None,
) -> str:
    """Show the form of the address; `report` is None at the first look."""
    told = _told(report) + (problems or []) if report else []
    return render_template(
        "portal/many_location.html",
        form=form,
        subject=subject,
        which=which,
        findings=place(form, told),
        notice="",
        label=_label(report),
        checked=report is not None,
        limits=LIMITS,
        moves_from="",
        confirm=bool(form.address_confirmed.data) or any(_asks_to_confirm(problem) for problem in told),
        abroad=False,
    )


def _show_answers(
    form: BlockLocationForm | SeveralLocationForm, subject: Subject, which: Which, report: Placed
) -> ResponseReturnValue:
    findings = place(form, _told(report))
    return render_template(
        "portal/many_answers.html",
        form=form,
        subject=subject,
        which=which,
        report=report,
        findings=findings,
        label=_label(report),
        line_types=form.line_types,
    )


def _told(report: Placed) -> list[Problem]:
    """Return the findings; one about what is carried along belongs to no field that can be seen."""
    return [replace(found, field="") if found.field in CARRIED else found for found in report.problems]


def _label(report: Placed | None) -> Any:
    sample = report.sample if report else None
    return None if sample is None else label(sample.sent, sample.changes)


def _asks_to_confirm(problem: Problem) -> bool:
    """Say whether the address is to be confirmed: it is billed there, or serves very many numbers."""
    return problem.code == "A09" or (problem.code == "A05" and problem.severity == "warning")
