"""docs/security.md names what is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:tests|app|emergency_export|validators)/[\w/.]+)`", TEXT)))


@pytest.mark.parametrize("name", NAMED)
def test_what_it_names_is_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_every_row_is_shown_by_something() -> None:
    rows = re.findall(r"^\| (\d+\.[^|]*)\|.*\| ([^|]*) \|$", TEXT, re.MULTILINE)
    assert len(rows) > 60
    assert [row for row, shown in rows if not {"`tests/", "`make "} & set(re.findall("`(?:tests/|make )", shown))] == []
