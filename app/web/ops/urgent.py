"""The urgent correction of a number after a wrong-location call: typed, looked at, sent at once."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.domain.references import transaction_number
from app.errors import Conflict, Problem, Refused
from app.services.exports.urgent import INCIDENT, correct_urgently
from app.services.locations.judgement import FOR_REVIEW, Judgement
from app.services.locations.registering import check_location, current_location
from app.services.overview import NumberLine, number_line
from app.services.records import show_record_of
from app.services.transactions import abandon
from app.web.asking import Question, ask
from app.web.desk import the_actor, the_system
from app.web.findings import place, take
from app.web.forms.cases import FIXABLE, WhyForm
from app.web.forms.urgent import PLACE, UrgentForm
from app.web.label import label
from app.web.life import COMMANDS, STATES
from app.web.rooms import Room
from validators.columns import Location

IN_FLIGHT = {"EXTRACTED", "DELIVERED", "FCO_ACCEPTED", "ERROR"}
NO_INCIDENT = Problem(
    "H02", "incident", "error", "Name the incident: up to 40 letters, digits and _ . / - as in INC-2041."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The number that is corrected, what was typed last for it, and its record."""

    line: NumberLine
    typed: Location
    record: dict[str, Any]

    @property
    def seen(self) -> str:
        """Return a digest by which a later step notices that somebody else said something meanwhile."""
        return sha256(repr(self.typed).encode()).hexdigest()[:16]

    @property
    def flying(self) -> str:
        """Return the reference of what is in flight for the number, '' where nothing is."""
        return next((item["txn_ref"] for item in self.record["transactions"] if item["state"] in IN_FLIGHT), "")


def put_views(room: Room) -> None:
    """Put the pages into the room of the numbers."""
    put = room.needs(Permission.RUN_EXPORT)
    room.route("/<int:number_id>/urgent", methods=["GET", "POST"])(put(urgent))
    end = room.needs(Permission.ABANDON_TRANSACTION)
    room.route("/<int:number_id>/transactions/<int:transaction_id>/abandon", methods=["GET", "POST"])(
        end(abandon_transaction)
    )


def urgent(number_id: int) -> ResponseReturnValue:
    """Ask where the number is, show what will be sent, send it."""
    system, actor = the_system(), the_actor()
    line = number_line(system, actor, number_id)
    typed = current_location(system, actor, line.number)
    subject, form = Subject(line, typed, show_record_of(system, actor, number_id)), UrgentForm()
    if request.method == "GET":
        form.fill(typed)
        form.seen.data = subject.seen
        return _ask(subject, form, None, [])
    if form.seen.data != subject.seen:
        raise Conflict("Somebody else changed this number meanwhile. Open the page again and look at it afresh.")
    if "take" in request.form:
        take(form, request.form["take"])
    changes = form.changes(typed)
    judgement = _judge(subject, changes) if changes else None
    problems = list(judgement.problems) if judgement else []
    if not INCIDENT.fullmatch(str(form.incident.data or "").strip()):
        problems.append(NO_INCIDENT)
    step = "check" if "take" in request.form else request.form.get("step", "check")
    if step == "change" or "take" in request.form:
        return _ask(subject, form, judgement, problems if "take" in request.form else [])
    if any(problem.severity == "error" for problem in problems):
        return _ask(subject, form, judgement, problems, 422)
    if step != "send":
        return _show(subject, form, judgement)
    return _send(subject, form, changes)


def _judge(subject: Subject, changes: dict[str, str]) -> Judgement:
    mended = replace(subject.typed, **{"effective_date": "", **changes})
    return check_location(the_system(), the_actor(), subject.line.account_id, mended)


def _send(subject: Subject, form: UrgentForm, changes: dict[str, str]) -> ResponseReturnValue:
    number, incident = subject.line.number, str(form.incident.data).strip()
    try:
        report = correct_urgently(the_system(), the_actor(), number, changes, incident)
    except Refused as refused:
        return _ask(subject, form, None, list(refused.problems), 422)
    if report.stopped is not None:
        flash(f"The correction is kept and marked urgent, and has not left yet: {report.stopped}", "bad")
    elif report.files:
        flash(f"Sent at once: {', '.join(file['file_name'] for file in report.files)}.", "done")
    elif report.waits_for:
        flash(f"Kept. It goes out in the minute in which {report.waits_for}, which is in flight, ends.", "bad")
    else:
        flash("Nothing left: the agent holds this already, or it could not be written. See the cases.", "bad")
    return redirect(url_for("ops_numbers.show", number_id=subject.line.id), 303)


def _ask(
    subject: Subject, form: UrgentForm, judgement: Judgement | None, problems: list[Problem], status: int = 200
) -> ResponseReturnValue:
    text = render_template(
        "ops/urgent.html",
        subject=subject,
        form=form,
        findings=place(form, problems),
        first=PLACE,
        rest=[name for name in FIXABLE if name not in PLACE],
        label=_label(judgement),
    )
    return text, status


def _show(subject: Subject, form: UrgentForm, judgement: Judgement | None) -> ResponseReturnValue:
    reviews = [problem for problem in judgement.problems if problem.severity == "review"] if judgement else []
    return render_template(
        "ops/urgent_answers.html",
        subject=subject,
        form=form,
        judgement=judgement,
        label=_label(judgement),
        reviews=reviews,
        may_go=judgement is None or judgement.standing != FOR_REVIEW,
    )


def _label(judgement: Judgement | None) -> Any:
    return judgement and label(judgement.sent, judgement.changes, judgement.location.postcode)


def abandon_transaction(number_id: int, transaction_id: int) -> ResponseReturnValue:
    """Ask for the reason, then end one transaction that nobody answers."""
    system, actor = the_system(), the_actor()
    line, record = number_line(system, actor, number_id), show_record_of(system, actor, number_id)
    found = [item for item in record["transactions"] if transaction_number(item["txn_ref"]) == transaction_id]
    if not found:
        abort(404)
    flying, form = found[0], WhyForm()
    reference = str(flying["txn_ref"])
    question = Question(
        f"End {reference}?",
        "What the agent holds of the number is then unknown to us, and what is wanted goes out again, whole. This "
        "cannot be undone.",
        "End it",
        url_for("ops_numbers.show", number_id=number_id),
        keep="Wait for the agent",
        warning=True,
        facts=(
            ("Number", line.number),
            ("Command", COMMANDS.get(flying["command"] or "", "none yet").capitalize()),
            ("State", STATES.get(flying["state"], flying["state"]).capitalize()),
            ("File", flying["file_name"] or "none yet"),
        ),
    )

    def act() -> str:
        abandon(system, actor, txn_ref=reference, why=str(form.why.data))
        return f"{reference} is ended. What is wanted goes out with the next file; what is urgent within the minute."

    return ask(question, act, form=form)
