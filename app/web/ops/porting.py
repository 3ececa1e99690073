"""The porting board: numbers that come and go, and which of them lack their other half."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.porting import Stage, end_pair, open_pair, page_ports
from app.web.desk import the_actor, the_system
from app.web.findings import summary_of
from app.web.forms.cases import WhyForm
from app.web.forms.search import page_asked
from app.web.rooms import For, Room

room = Room("porting", audience=For.STAFF, needs=Permission.SEE_PORTING, prefix="/ops/porting")

STAGES = {
    Stage.OPEN: "Waiting for their other half",
    Stage.COMING: "To come",
    Stage.SENT: "Sent to the agent",
    Stage.CLOSED: "Closed",
}


@room.get("")
def board() -> ResponseReturnValue:
    """Show the ports of one stage by their day."""
    asked = request.args.get("stage", "")
    stage = Stage(asked) if asked in set(Stage) else Stage.OPEN
    found = page_ports(the_system(), the_actor(), stage, page=page_asked())
    days = the_system().settings.port_overdue
    return render_template("ops/porting.html", found=found, stage=stage, stages=STAGES, overdue_days=days)


@room.route("/<int:pair_id>/end", methods=["GET", "POST"])
@room.needs(Permission.ABANDON_TRANSACTION)
def end(pair_id: int) -> ResponseReturnValue:
    """End a port of which nothing more is to be expected, with the reason."""
    port = open_pair(the_system(), the_actor(), pair_id)
    form = WhyForm()
    if form.validate_on_submit():
        end_pair(the_system(), the_actor(), pair_id, str(form.why.data))
        flash("Ended. What the agent says of it later is still heard.", "done")
        return redirect(url_for(".board"), 303)
    status = 422 if form.errors else 200
    return render_template("ops/end_port.html", port=port, form=form, problems=summary_of(form)), status
