"""What is printed: aligned, safe for a terminal, and right when nobody reads it."""

import io
import os
import subprocess
import sys
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app.cli.output import ZONE, complain_all, json_option, pairs, rows_value, say, show, table
from app.cli.progress import progress_bar
from app.errors import Problem


def test_a_table_is_aligned() -> None:
    lines = list(table(["id", "name"], [(7, "Pennant House"), (12, None)]))
    assert lines == ["id  name", " 7  Pennant House", "12  -"]


def test_pairs_are_aligned() -> None:
    assert list(pairs([("rows", 3), ("accepted", 0)])) == ["rows      3", "accepted  0"]


def test_moments_are_told_where_the_provider_is() -> None:
    with click.Context(click.Command("any")) as context:
        context.meta[ZONE] = ZoneInfo("Europe/London")
        values = [rows_value(value) for value in ("2026-07-01T23:30:05.123+00:00", "2026-07-01", True, False, None)]
    assert values == ["2026-07-02 00:30", "2026-07-01", "yes", "no", "-"]


@given(st.lists(st.tuples(st.text(max_size=9), st.integers(0, 999)), max_size=5))
def test_every_row_of_a_table_is_one_line(rows: list[tuple[str, int]]) -> None:
    assert len(list(table(["name", "count"], rows))) == len(rows) + 1


@given(st.text())
def test_nothing_printed_can_steer_a_terminal(text: str) -> None:
    @click.command()
    def work() -> None:
        say(text)

    printed = CliRunner().invoke(work, []).stdout
    assert printed.endswith("\n")
    assert printed.removesuffix("\n").isprintable()


def test_a_terminal_without_the_letter_gets_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    say("Tŷ")
    stream.flush()
    assert stream.buffer.getvalue() == b"T\\u0177\n"  # type: ignore[attr-defined]


def test_json_is_ascii() -> None:
    @click.command()
    @json_option([])
    def work() -> None:
        show(["Tŷ"], list)

    assert CliRunner().invoke(work, ["--json"]).stdout_bytes.isascii()


def problem(severity: str) -> Problem:
    return Problem("A07", "premises", severity, "A sentence.")


@pytest.mark.parametrize(("severity", "bad"), [("error", True), ("review", False), ("warning", False)])
def test_only_an_error_is_bad(severity: str, bad: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert complain_all([problem(severity)]) is bad
    assert capsys.readouterr().err == f"A07 {severity} (premises): A sentence.\n"


def test_many_warnings_are_counted_and_all_errors_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert complain_all([problem("warning")] * 100 + [problem("error")] * 100)
    said = capsys.readouterr().err.splitlines()
    assert len([line for line in said if " error " in line]) == 100
    assert len([line for line in said if " warning " in line]) == 20
    assert said[-1] == "and 80 more warnings: --json lists them all"


def test_there_is_no_bar_away_from_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as progress:
        progress("rows", 1, 2)
    assert capsys.readouterr().err == ""


def test_there_is_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar() as progress:
        progress("rows", 1, 2)
        progress("rows", 2, 2)
    assert isinstance(sys.stderr, Terminal)
    assert "rows" in sys.stderr.getvalue()


def test_a_reader_that_goes_away_leaves_one_line_and_status_1() -> None:
    code = (
        "import click\n"
        "from app.cli.output import say\n"
        "from app.cli.program import GuardedCommand\n"
        "@click.command(cls=GuardedCommand)\n"
        "def work():\n"
        "    for _ in range(100_000): say('a line')\n"
        "work()"
    )
    reading, writing = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    os.read(reading, 10)
    os.close(reading)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said == b"E13 error: nobody reads the output any more\n"
