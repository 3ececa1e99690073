"""Where is this number used: look, check your answers, confirm. Nothing is kept between the steps but the form itself.

So no address lies in a cookie or in a URL, and what was typed is on the page until it is stored.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.voip import LIMITS
from app.errors import Problem, Refused
from app.services.locations.judgement import UNCHANGED, Judgement
from app.services.locations.registering import change_address, check_location, register_location
from app.web.desk import the_account, the_actor, the_system
from app.web.findings import Findings, place, take
from app.web.forms.location import ALL, ALONE, LINE_TYPES, LocationForm, NewNumberForm, blank_location, typed_values
from app.web.label import label
from app.web.portal.registered import registered_at
from validators.columns import Location
from validators.free_line import SplitLine

CHANGED = (
    "Somebody else changed this number while you were typing. "
    "What you typed is kept: compare it with what the number's page shows now, then go on."
)


# Findings about a tick of the form, where the rules name a column.
TICKED = {
    "A09": "This is your billing address. Tick below that the number is used there, or enter the place where it is.",
    "R02": "Tick that you know the limits of 999 over the internet: without that there is no internet line.",
    "R03": "A number used outside the United Kingdom gets no record: help would be sent to a wrong door. 999 has to"
    " be barred on it instead.",
    "R08": "Only an internet line's user moves about. Choose the internet line above, or take this tick away.",
}
MOVE_NOT_CONFIRMED = Problem(
    "W05", "move_confirmed", "error", "Tick that you want to move this number, or change something."
)
LOOK_TWICE = "We are not sure that we took the line apart rightly. Look at every field, and put right what is not"


@dataclass
class Subject:
    """What the form is about: a number that is there, or one that is still to be typed.

    `action`, `leave` and `bar` are where the form goes, where it is left to, and where 999 is barred instead;
    `returned` are the words with which the address was given back.
    """

    title: str
    action: str
    leave: str
    number: str = ""
    bar: str = ""
    returned: str = ""
    start: Location = field(default_factory=blank_location)
    shared: list[str] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """Return a digest of what is held now, by which a later step notices that it changed."""
        return sha256(json.dumps(typed_values(self.start)).encode()).hexdigest()[:16]


def walk(subject: Subject, stored: Callable[[Judgement], ResponseReturnValue]) -> ResponseReturnValue:
    """Answer one step; `stored` says where to go once the location is registered."""
    form = LocationForm() if subject.number else NewNumberForm()
    form.offer_scope(len(subject.shared))
    if request.method == "GET":
        form.fill(subject.start)
        form.seen.data = subject.seen
        judgement = _judge(form, subject) if subject.start.postcode else None
        return _ask(form, subject, judgement, quiet=True)
    step = request.form.get("step", "check")
    if "take" in request.form:
        take(form, request.form["take"])
        step = "check"
    found_on_line = form.split() if step == "split" else None
    if subject.number and form.seen.data != subject.seen:
        form.seen.data = subject.seen
        return _ask(form, subject, _judge(form, subject), notice=CHANGED, status=409)
    judgement = _judge(form, subject)
    problems = [*judgement.problems, *_scope_problems(form, subject)]
    if step not in {"continue", "confirm"}:
        return _ask(form, subject, judgement, notice=_said_of_line(found_on_line) if step == "split" else "")
    if any(problem.severity == "error" for problem in problems):
        return _ask(form, subject, judgement, problems=problems, status=422)
    moves_from = _moves_from(subject, judgement)
    unconfirmed = bool(moves_from) and step == "confirm" and not form["move_confirmed"].data
    if step == "continue" or unconfirmed:
        return _show_answers(form, subject, judgement, moves_from, unconfirmed=unconfirmed)
    return _store(form, subject, stored)


def _said_of_line(found: SplitLine | None) -> str:
    """Say what became of an address on one line."""
    if found is None:
        return "Type the address on the one line first, then press the button again."
    looked = "These are the fields that we found. Compare them with the address" if found.sure else LOOK_TWICE
    rest = f" Not put anywhere: {found.left_over}." if found.left_over else ""
    return f"{looked}.{rest}"


def _asks_to_confirm(problem: Problem) -> bool:
    """Say whether the address is to be confirmed: it is billed there, or serves very many numbers."""
    return problem.code == "A09" or (problem.code == "A05" and problem.severity == "warning")


def _moves_from(subject: Subject, judgement: Judgement | None) -> str:
    """Return where a number that was typed as a further one is registered already, where going on changes that."""
    if subject.number or judgement is None or judgement.standing == UNCHANGED:
        return ""
    return registered_at(judgement.location.number)


def _judge(form: LocationForm, subject: Subject) -> Judgement:
    judgement = check_location(the_system(), the_actor(), the_account(), form.location(subject.start))
    return replace(judgement, problems=tuple(map(_as_the_form_says, judgement.problems)))


def _as_the_form_says(problem: Problem) -> Problem:
    """Put what is about a tick in the form's words; the code stays, and so does every other finding's sentence."""
    words = TICKED.get(problem.code)
    return replace(problem, message=words) if words and problem.severity == "error" else problem


def _scope_problems(form: LocationForm, subject: Subject) -> list[Problem]:
    if not subject.shared or form.scope.data in {ALONE, ALL}:
        return []
    return [Problem("W01", "scope", "error", "Say whether the other numbers at this address move too.")]


def _store(
    form: LocationForm, subject: Subject, stored: Callable[[Judgement], ResponseReturnValue]
) -> ResponseReturnValue:
    location = form.location(subject.start)
    try:
        if subject.shared and form.scope.data == ALL:
            judgement = change_address(the_system(), the_actor(), subject.number, location)[0]
        else:
            judgement = register_location(the_system(), the_actor(), the_account(), location)
    except Refused as refused:
        return _ask(
            form,
            subject,
            _judge(form, subject),
            problems=[_as_the_form_says(problem) for problem in refused.problems],
            status=422,
        )
    return stored(judgement)


def _ask(
    form: LocationForm,
    subject: Subject,
    judgement: Judgement | None,
    *,
    problems: list[Problem] | None = None,
    notice: str = "",
    status: int = 200,
    quiet: bool = False,
) -> ResponseReturnValue:
    """Show the form; at the first look (`quiet`) what is held is shown without being faulted."""
    if problems is None:
        problems = list(judgement.problems) if judgement and not quiet else []
    found: Findings = place(form, problems)
    page = render_template(
        "portal/location.html",
        form=form,
        subject=subject,
        findings=found,
        notice=notice,
        label=_label(judgement),
        checked=judgement is not None and not quiet,
        limits=LIMITS,
        moves_from=_moves_from(subject, judgement),
        confirm=bool(form.address_confirmed.data) or any(_asks_to_confirm(problem) for problem in problems),
        abroad=any(problem.code == "R03" for problem in problems),
    )
    return page, status


def _show_answers(
    form: LocationForm,
    subject: Subject,
    judgement: Judgement,
    moves_from: str,
    *,
    unconfirmed: bool,
) -> ResponseReturnValue:
    """Show what will be sent; `moves_from` is where the number is registered already, which is to be confirmed."""
    page = render_template(
        "portal/check_answers.html",
        form=form,
        subject=subject,
        judgement=judgement,
        findings=place(form, [*judgement.problems, *[MOVE_NOT_CONFIRMED] * unconfirmed]),
        moves_from=moves_from,
        label=_label(judgement),
        line_types=dict(LINE_TYPES),
        for_all=bool(subject.shared) and form.scope.data == ALL,
        composed=[problem for problem in judgement.problems if problem.code == "A10"],
    )
    return page, 422 if unconfirmed else 200


def _label(judgement: Judgement | None) -> object:
    return None if judgement is None else label(judgement.sent, judgement.changes)
