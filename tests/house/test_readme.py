"""What the README says is so: its commands exist, its settings are all there are, and its links lead somewhere."""

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.cli import build
from app.settings import load_settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = "\n".join(re.findall(r"^```\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL))
IN_TEXT = re.findall(r"`(eld [^`]+)`", README)
COMMANDS = sorted({line for line in BLOCKS.splitlines() if line.startswith("eld ")} | set(IN_TEXT))


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_exists(line: str) -> None:
    words = [word for word in shlex.split(line)[1:] if word != "--help"]
    if words[:1] == ["--as"]:
        words = words[2:]
    program: click.Command = build(serve=lambda _: None, schedule=lambda _: None)
    context = click.Context(program)
    while words and isinstance(program, click.Group) and not words[0].startswith("-"):
        found = program.get_command(context, words.pop(0))
        assert found is not None, line
        program = found
    options = {name for parameter in program.params for name in parameter.opts}
    given = {word.split("=")[0] for word in words if word.startswith("--")}
    assert given <= options, line


def test_every_setting_is_listed_and_no_other() -> None:
    listed = set(re.findall(r"^\| `(ELD_[A-Z_]+)` \|", README, flags=re.MULTILINE))
    known = {name for name, _, _ in load_settings({"ELD_DEMO": "1"}).listing()}
    assert listed == known


def test_every_link_leads_somewhere() -> None:
    places = [place for place in re.findall(r"\]\(([^)]+)\)", README) if "://" not in place]
    assert places
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_the_night_by_hand_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ELD_DEMO", "1")
    monkeypatch.setenv("ELD_DATA_DIR", str(tmp_path))
    by_hand = next(
        block for block in re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL) if "db upgrade" in block
    )
    program = build(serve=lambda _: None, schedule=lambda _: None)
    for line in by_hand.splitlines():
        ran = CliRunner().invoke(program, shlex.split(line)[1:])
        assert ran.exit_code == 0, f"{line}: {ran.output}"
    assert (tmp_path / "outbox").is_dir()
