"""Tonight: what will go out, what is held back and why, what the agent owes; and the buttons of the night."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission, permitted_to
from app.services.alarms.listing import list_alarms
from app.services.exports.night import run_export
from app.services.exports.tonight import WORKED_OUT_AT_MOST, changes_folded, tonight
from app.services.exports.urgent_list import list_urgent
from app.services.replies.collecting import collect_replies
from app.web.desk import the_actor, the_system
from app.web.life import COMMANDS
from app.web.moments import read_moment
from app.web.ops.holds import put_views, standing
from app.web.rooms import For, Room

AGENT_STEP = "eld_agent_step"

room = Room("tonight", audience=For.STAFF, needs=Permission.SEE_FILES, prefix="/ops")


@room.get("")
def show() -> ResponseReturnValue:
    """Show the night."""
    system, actor = the_system(), the_actor()
    night = tonight(system, actor)
    return render_template(
        "ops/tonight.html",
        night=night,
        outlook=_outlook(night),
        holds=standing(),
        urgent=list_urgent(system, actor),
        alarms=list_alarms(system, actor) if permitted_to(actor, Permission.SEE_ALARMS) else [],
        commands=COMMANDS,
        next_run=read_moment(night["next_run_at"]),
        simulated=current_app.extensions[AGENT_STEP] is not None,
    )


def _outlook(night: dict[str, Any]) -> str:
    return outlook(night["due"], night["due_by_command"], changes_folded(the_system(), the_actor()))


def outlook(due: int, by_command: dict[str, int], folded: int) -> str:
    """Say what becomes of the changes that are due: `, folded into 2 records`; empty where each is a record.

    Above 5,000 commands are not worked out, and nothing is said of what becomes of all.
    """
    records = sum(by_command.values())
    if records == due or due > WORKED_OUT_AT_MOST:
        return ""
    made = f"{records or 'no'} record{'s' if records > 1 else ''}"
    if due == records + folded:
        return f", folded into {made}"
    return f", and make{'s' if due == 1 else ''} {made}"


@room.route("/send", methods=["GET"])
@room.needs(Permission.RUN_EXPORT)
def ask_to_send() -> ResponseReturnValue:
    """Ask once more: what has left cannot be called back."""
    night = tonight(the_system(), the_actor())
    return render_template("ops/send.html", night=night, outlook=_outlook(night), holds=standing())


@room.post("/send")
@room.needs(Permission.RUN_EXPORT)
def send() -> ResponseReturnValue:
    """Build and deliver what is due."""
    report = run_export(the_system(), the_actor())
    names = ", ".join(file["file_name"] for file in report.files)
    held = f" {report.held_back} could not be sent and became cases." if report.held_back else ""
    flash(f"Sent: {names}.{held}" if names else f"Nothing was due; no file was made.{held}", "done")
    return redirect(url_for(".show"), 303)


@room.post("/collect")
@room.needs(Permission.COLLECT_REPLIES)
def collect() -> ResponseReturnValue:
    """Fetch and apply what the agent answered."""
    report = collect_replies(the_system(), the_actor()).as_dict()
    words = (
        f"{report['fco']} file answers and {report['car']} files of record answers read, {report['applied']} applied."
    )
    if report["quarantined"]:
        words += f" {len(report['quarantined'])} were damaged and are set aside, whole: see the folder quarantine."
    flash(words, "bad" if report["quarantined"] else "done")
    return redirect(url_for(".show"), 303)


@room.post("/answer")
@room.needs(Permission.COLLECT_REPLIES)
def answer() -> ResponseReturnValue:
    """Let the simulated agent answer what lies in the outbox; demo mode alone."""
    step = current_app.extensions[AGENT_STEP]
    if step is None:
        abort(404)
    step(the_system())
    flash("The simulated agent has looked into the outbox and answered. Collect its replies now.", "done")
    return redirect(url_for(".show"), 303)


put_views(room)
