import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from app.db import migrate
from app.db.engine import Database
from app.db.migrate import MIGRATIONS, current, pending, upgrade
from app.errors import Misconfigured
from app.models import Base

FILES = sorted((MIGRATIONS / "versions").glob("*.py"))
NAMES = tuple(file.stem for file in FILES)
UPGRADER = """
import sys
from app.db.engine import Database
from app.db.migrate import upgrade
print(len(upgrade(Database(sys.argv[1]))))
"""


@pytest.fixture
def empty_sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path / 'new folder' / 'eld.db'}"


@pytest.fixture
def empty_postgresql_url(postgresql):
    postgresql.run("CREATE DATABASE empty")
    yield postgresql.url("empty")
    postgresql.run("DROP DATABASE empty WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request):
    return request.getfixturevalue(f"empty_{request.param}_url")


@pytest.fixture
def empty(empty_url):
    database = Database(empty_url)
    yield database
    database.dispose()


def test_a_migration_is_named_by_its_file_and_follows_the_one_before():
    before = None
    for number, file in enumerate(FILES, 1):
        assert re.fullmatch(rf"{number:04}_[a-z0-9_]+", file.stem)
        assert len(file.stem) <= 32, "Alembic's table holds 32 characters"
        source = file.read_text("utf-8")
        assert f'revision = "{file.stem}"' in source
        assert f"down_revision = {before}" in source
        before = f'"{file.stem}"'


def test_everything_is_pending_before_and_nothing_after(empty):
    assert pending(empty) == NAMES
    assert upgrade(empty) == NAMES
    assert pending(empty) == ()
    assert current(empty) == NAMES[-1]
    assert upgrade(empty) == ()


def test_asking_what_is_pending_makes_no_file(empty_sqlite_url):
    database = Database(empty_sqlite_url)
    assert pending(database) == NAMES
    assert not database.path.exists()


def test_the_file_is_for_its_owner_alone(empty_sqlite_url):
    database = Database(empty_sqlite_url)
    upgrade(database)
    assert database.path.stat().st_mode & 0o777 == 0o600
    database.dispose()


def test_two_processes_at_once_do_the_work_once(empty_url):
    def run(_):
        command = [sys.executable, "-W", "error", "-c", UPGRADER, empty_url]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.strip()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(run, range(3))) == ["0", "0", str(len(NAMES))]


def test_the_migrated_schema_is_the_one_of_the_models(database):
    with database.unit_of_work() as work:
        context = MigrationContext.configure(work.session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_later_schema_is_refused(database):
    with database.unit_of_work() as work:
        work.session.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
        work.commit()
    for ask in (pending, upgrade):
        with pytest.raises(Misconfigured, match="9999_later"):
            ask(database)


@pytest.fixture
def with_more(tmp_path, monkeypatch):
    """Put one more migration, of a test's making, behind the real ones."""

    def put(body: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        source = (
            f'from alembic import op\nimport sqlalchemy as sa\nrevision = "9000_more"\ndown_revision = "{NAMES[-1]}"\n'
        )
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        (folder / "versions" / "9000_more.py").write_text(f"{source}\n\ndef upgrade():\n{lines}\n", "utf-8")
        monkeypatch.setattr(migrate, "MIGRATIONS", folder)

    return put


def test_a_migration_that_fails_leaves_the_database_as_it_was(database, with_more):
    with_more("op.create_table('half', sa.Column('id', sa.Integer()))\nraise RuntimeError('power cut')")
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade(database)
    assert current(database) == NAMES[-1]
    with database.unit_of_work() as work:
        work.session.execute(text("CREATE TABLE half (id integer)"))  # so there is none


def test_a_table_that_others_point_to_is_rebuilt_in_place(sqlite_url, with_more):
    database = Database(sqlite_url)
    with database.unit_of_work() as work:
        work.session.execute(text("CREATE TABLE parent (id integer primary key, name text)"))
        work.session.execute(
            text("CREATE TABLE child (id integer primary key, parent_id integer REFERENCES parent(id))")
        )
        work.session.execute(text("INSERT INTO parent VALUES (1, 'x')"))
        work.session.execute(text("INSERT INTO child VALUES (1, 1)"))
        work.commit()
    with_more("with op.batch_alter_table('parent', recreate='always') as batch:\n    batch.drop_column('name')")
    assert upgrade(database) == ("9000_more",)
    with database.reading() as look:
        assert look.session.execute(text("SELECT * FROM child JOIN parent ON parent.id = parent_id")).all() == [
            (1, 1, 1)
        ]
    database.dispose()


def test_rows_that_would_point_nowhere_stop_the_upgrade(sqlite_url, with_more):
    database = Database(sqlite_url)
    with database.unit_of_work() as work:
        work.session.execute(text("CREATE TABLE parent (id integer primary key)"))
        work.session.execute(text("CREATE TABLE child (parent_id integer REFERENCES parent(id))"))
        work.session.execute(text("INSERT INTO parent VALUES (1)"))
        work.session.execute(text("INSERT INTO child VALUES (1)"))
        work.commit()
    with_more("op.execute('DELETE FROM parent')")
    with pytest.raises(Misconfigured, match="child"):
        upgrade(database)
    with database.reading() as look:
        assert look.session.scalar(text("SELECT count(*) FROM parent")) == 1
    database.dispose()


def test_the_template_for_new_migrations_ships_beside_them():
    assert "down_revision" in Path(MIGRATIONS / "script.py.mako").read_text("utf-8")
