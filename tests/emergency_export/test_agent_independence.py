"""The agent must not repeat a mistake of the writer: it shares nothing with it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import emergency_export.agent
from emergency_export.agent import columns

AGENT = Path(emergency_export.agent.__file__).parent
MODULES = sorted(AGENT.rglob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            yield node.module
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "__import__":
            pytest.fail(f"{path.name} imports by a call")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_the_standard_library_and_the_agent_alone(path):
    allowed = sys.stdlib_module_names | ({"paramiko"} if path.stem == "sftp" else set())
    for name in imported(path):
        top = name.split(".")[0]
        assert top != "importlib"
        own = name == "emergency_export.agent" or name.startswith("emergency_export.agent.")
        assert own or top in allowed, f"{path.name} imports {name}"


def test_no_profile_is_read_either():
    for path in MODULES:
        assert "toml" not in path.read_text("utf-8")


def test_loading_the_agent_loads_nothing_else_of_the_project():
    program = (
        "import sys, emergency_export.agent\n"
        "print([n for n in sys.modules if n.split('.')[0] in {'app', 'validators', 'flask', 'sqlalchemy', 'paramiko'}\n"
        "       or n.startswith('emergency_export.') and not n.startswith('emergency_export.agent')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("table", [columns.HEADER, columns.DATA, columns.TRAILER])
def test_literal_positions_leave_no_gap_and_no_overlap(table):
    expected = 1
    for name, start, width in table:
        assert start == expected, name
        expected += width
    assert expected - 1 <= columns.RECORD_LENGTH


def test_the_data_record_fills_the_line():
    name, start, width = columns.DATA[-1]
    assert (name, start + width - 1) == ("cross_ref", 442)
