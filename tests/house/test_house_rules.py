import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "emergency_export", "validators", "samples")
SOURCES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
MOST_LINES = 300
# A file that may be longer, and why.
LONGER = {
    "app/db/migrations/versions/0001_foundation.py": "the whole first schema; never changed afterwards",
}
# The visitor of the pages and the caller of the API assert the status that they are told to expect.
SAYS = re.compile(r"assert|raises|expect\(|check|refused|fail\(|sweep_all\(|, 4\d\d\b")


def loaded_by(statement: str) -> set[str]:
    """The names of all modules that a fresh interpreter holds after the statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules, file=sys.__stderr__)"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_the_floors_import_only_what_stands_below_them():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("package", ["emergency_export", "validators"])
def test_the_lower_floors_load_neither_flask_nor_sqlalchemy_nor_each_other(package):
    modules = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in SOURCES]
    mine = [name.removesuffix(".__init__") for name in modules if name.split(".")[0] == package]
    loaded = {
        name.split(".")[0] for name in loaded_by("; ".join(f"import {name}" for name in mine if "__main__" not in name))
    }
    assert loaded.isdisjoint({"flask", "sqlalchemy", "app", "emergency_export", "validators"} - {package})


def test_help_is_quick_because_it_loads_nothing_heavy():
    heavy = {"flask", "sqlalchemy", "alembic", "apscheduler", "pyproj", "geopy", "holidays", "phonenumbers", "psycopg"}
    loaded = loaded_by(
        "import app, sys\nsys.argv = ['eld', '--help']\ntry:\n    app.main()\nexcept SystemExit:\n    pass"
    )
    assert loaded.isdisjoint(heavy)


def test_no_file_is_longer_than_a_reader_can_hold():
    lengths = {str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines()) for file in SOURCES}
    assert {name for name, length in lengths.items() if length > MOST_LINES} == set(LONGER)


def test_test_files_have_names_of_their_own():
    names = [file.name for file in (ROOT / "tests").rglob("*.py")]
    assert sorted({name for name in names if names.count(name) > 1} - {"conftest.py"}) == []


def test_every_test_asserts():
    """A test that can only fail by an error says too little."""
    saying_nothing = []
    for file in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                source = ast.unparse(node)
                if not SAYS.search(source):
                    saying_nothing.append(f"{file.name}: {node.name}")
    assert saying_nothing == []
