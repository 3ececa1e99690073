"""The figures: what each plot says, that it is drawn within the policy, the table behind it, and the CSV."""

import csv
import io
import sys
from collections.abc import Callable
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.statuses import Status
from app.services.reports.ages import CaseAges, Span
from app.services.reports.coverage import Coverage, note_coverage
from app.services.reports.nights import Night
from app.services.system import System
from app.web.plot_words import acceptance, ages, by_status, over_time, percent, volumes
from app.web.plots import Drawing, draw

ONE_KIND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAY = date(2027, 3, 3)


def coverage(day: date = DAY, **numbers: int) -> Coverage:
    return Coverage(day, dict.fromkeys(Status, 0) | {Status(name): count for name, count in numbers.items()})


def test_before_anything_happened_each_plot_says_what_would_be_there(lone_operator: Visitor) -> None:
    page = lone_operator.get("/ops/figures")
    assert len(page.with_class("eld-empty")) >= 4
    assert "No case is open" in page.text
    assert "Nothing was answered yet" in page.text


@ONE_KIND
def test_the_plots_say_their_finding_and_show_their_numbers(
    operator: Visitor, register: Callable[..., None], system: System, clock: FixedClock
) -> None:
    register()
    register("01632 960002", premises="Berth Office")
    operator.get("/ops/send")
    for button in ("Send now", "Let the simulated agent answer", "Collect replies now"):
        operator.send(button)
    note_coverage(system)
    clock.advance(timedelta(days=1))
    note_coverage(system)
    page = operator.get("/ops/figures")
    headings = [element.text for element in page.all("h2")]
    assert "The agent accepted 50\N{NO-BREAK SPACE}% of what it answered in 1 night" in headings
    assert "1 case is not closed, the oldest for 1 day; none is overdue" in headings
    assert "The last night carried 2 records; 2 is the mean of 1 night" in headings
    assert page.all("svg")
    pictures = [e.attributes["aria-label"] for e in page.elements if e.attributes.get("role") == "img"]
    assert len(pictures) == 5
    assert all("the numbers are in the table below" in words for words in pictures)
    assert len([element for element in page.all("summary") if "Show the numbers" in element.text]) == 5
    assert "/ops/figures" in operator.get("/ops").links()


@ONE_KIND
def test_the_numbers_are_had_as_a_csv(operator: Visitor, register: Callable[..., None]) -> None:
    register()
    operator.get("/ops/send")
    operator.send("Send now")
    for which in ("status", "coverage", "acceptance", "ages", "volumes"):
        operator.get(f"/ops/figures/{which}.csv")
        assert operator.response.mimetype == "text/csv"
        rows = list(csv.reader(io.StringIO(operator.response.get_data(as_text=True).removeprefix("\ufeff"))))
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "+"))]
    operator.get("/ops/figures/acceptance.csv")
    assert "3 March 2027,1,0,0,1,0" in operator.response.get_data(as_text=True)
    operator.get("/ops/figures/secrets.csv", 404)


def test_a_finding_never_rounds_a_gap_away() -> None:
    space = "\N{NO-BREAK SPACE}"
    assert percent(974, 1000) == f"97.4{space}%"
    assert percent(999_999, 1_000_000) == f"99.9{space}%"
    assert percent(1, 1_000_000) == f"0.1{space}%"
    assert (percent(1, 1), percent(0, 3), percent(0, 0)) == (f"100{space}%", f"0{space}%", f"0{space}%")
    assert by_status(coverage(live=974, rejected=26)).finding == f"97.4{space}% of numbers in use are live; 26 are not"
    assert by_status(coverage(live=9, sent=1)).finding.endswith("1 is not")
    assert by_status(coverage(ceased=3)).drawing is None
    told = by_status(coverage(live=1, ceased=3, barred=2)).note
    assert "2 " in told
    assert "3 " in told


def test_coverage_over_time_says_which_way_it_goes() -> None:
    days = [coverage(DAY + timedelta(days=n), live=90 + n, rejected=10 - n) for n in range(5)]
    assert over_time(days).finding == "Coverage rose from 90 % on 3 March 2027 to 94 %".replace(
        " %", "\N{NO-BREAK SPACE}%"
    )
    assert "fell" in over_time([coverage(live=2), coverage(DAY + timedelta(days=1), live=1, sent=1)]).finding
    assert "stands" in over_time([coverage(live=1), coverage(DAY + timedelta(days=1), live=2)]).finding
    assert over_time(days[:1]).drawing is None
    assert over_time([coverage(), coverage()]).rows == []


counts = st.integers(0, 250_000)


@given(st.lists(st.tuples(counts, counts, counts, counts), max_size=40), st.lists(counts, min_size=6, max_size=6))
def test_whatever_the_numbers_are_they_are_drawn_without_style_script_or_id(
    rows: list[tuple[int, int, int, int]], spans: list[int]
) -> None:
    found = []
    for place, (accepted, refused, ended, waiting) in enumerate(rows):
        night = Night(DAY + timedelta(days=place), 1, accepted=accepted, refused=refused, ended=ended, waiting=waiting)
        night.by_command.update(A=accepted, M=refused + ended, C=waiting)
        found.append(night)
    cases = CaseAges([Span(f"<{place}>", count, count // 2) for place, count in enumerate(spans)], 0, timedelta(days=1))
    days = [coverage(DAY + timedelta(days=n), live=row[0], rejected=row[1]) for n, row in enumerate(rows)]
    for plot in (acceptance(found), volumes(found), ages(cases), over_time(days), by_status(coverage(live=spans[0]))):
        assert all(len(row) == len(plot.columns) for row in plot.rows)
        if plot.drawing is None:
            assert plot.nothing
            continue
        drawn = ET.fromstring(f"<div>{draw(plot.drawing)}</div>")  # noqa: S314  our own
        for element in drawn.iter():
            assert not element.attrib.keys() & {"style", "id", "onclick"}
            assert element.tag.rpartition("}")[2] not in {"style", "script", "defs", "desc", "title"}


def test_words_are_escaped_and_pygal_leaves_the_imports_alone() -> None:
    drawn = draw(Drawing("StackedBar", ["<b>&"], [("<script>", [1])], "<i>", "up"))
    assert "<script>" not in drawn
    assert "&lt;b&gt;&amp;" in drawn
    assert all(hasattr(finder, "find_spec") for finder in sys.meta_path)
