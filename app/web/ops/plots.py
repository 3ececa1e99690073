"""Figures: what the numbers say, drawn, with the table behind each plot and as a CSV (U3)."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.reports.ages import case_ages
from app.services.reports.coverage import coverage_history, coverage_now
from app.services.reports.nights import nights
from app.services.spreadsheet_cells import guarded
from app.web.desk import the_actor, the_system
from app.web.downloads import list_answer
from app.web.plot_words import Plot, acceptance, ages, by_status, over_time, volumes
from app.web.plots import draw
from app.web.rooms import For, Room

room = Room("plots", audience=For.STAFF, needs=Permission.SEE_REPORTS, prefix="/ops/figures")


def _of_status() -> Plot:
    return by_status(coverage_now(the_system(), the_actor()))


def _of_coverage() -> Plot:
    return over_time(coverage_history(the_system(), the_actor()))


def _of_acceptance() -> Plot:
    return acceptance(nights(the_system(), the_actor()))


def _of_ages() -> Plot:
    return ages(case_ages(the_system(), the_actor()))


def _of_volumes() -> Plot:
    return volumes(nights(the_system(), the_actor()))


PLOTS: dict[str, tuple[str, Callable[[], Plot]]] = {
    "status": ("Numbers by status", _of_status),
    "coverage": ("Coverage over time", _of_coverage),
    "acceptance": ("Acceptance by night", _of_acceptance),
    "ages": ("Age of open cases", _of_ages),
    "volumes": ("Volume by night", _of_volumes),
}


@room.get("")
def show() -> ResponseReturnValue:
    """Show every plot."""
    found = [(subject, make()) for subject, make in PLOTS.values()]
    drawn = [(subject, plot, draw(plot.drawing) if plot.drawing else None) for subject, plot in found]
    return render_template("ops/plots.html", plots=drawn)


@room.get("/<which>.csv")
def download(which: str) -> Response:
    """Send the table behind a plot."""
    if which not in PLOTS:
        abort(404)
    plot = PLOTS[which][1]()
    return list_answer(_lines([plot.columns, *plot.rows]), which)


def _lines(rows: Sequence[Sequence[object]]) -> Iterator[str]:
    for place, row in enumerate(rows):
        line = io.StringIO()
        csv.writer(line).writerow([guarded(str(cell)) for cell in row])
        yield ("\ufeff" if place == 0 else "") + line.getvalue()
