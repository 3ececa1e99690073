"""From every revision there ever was, with data in it, the database comes to the present one and loses nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import MetaData, insert, select

from app.db.engine import Database, make_engine
from app.db.migrate import _all, _config, pending, upgrade

MOMENT = datetime(2027, 3, 3, 2, 0, tzinfo=UTC)
DAY = MOMENT.date()
# One row of each kind that an installation cannot do without, in the order of who points at whom.
ROWS: tuple[tuple[str, dict[str, object]], ...] = (
    ("accounts", {"id": 1, "name": "Harbour Lane", "retailer_id": "", "created_at": MOMENT}),
    (
        "numbers",
        {
            "id": 1,
            "number": "+441632960001",
            "account_id": 1,
            "child_cupid": "",
            "line_type": "",
            "in_use_from": DAY,
            "ported_in": False,
            "losing_cupid": "",
            "created_at": MOMENT,
        },
    ),
    (
        "transactions",
        {
            "id": 7,
            "number_id": 1,
            "cause": "change",
            "state": "NEW",
            "due_on": DAY,
            "child_cupid": "",
            "change_cupid": "",
            "why": "",
            "created_at": MOMENT,
        },
    ),
    (
        "cases",
        {
            "id": 1,
            "number_id": 1,
            "file_name": "",
            "code": "0102",
            "text": "incomplete",
            "field": "premises",
            "state": "open",
            "owner": "",
            "opened_at": MOMENT,
            "due_at": MOMENT,
            "closed_why": "",
        },
    ),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        yield Database(f"sqlite:///{tmp_path / 'bare.db'}")
        return
    server = request.getfixturevalue("postgresql")
    server.run("CREATE DATABASE bare")
    yield Database(server.url("bare"))
    server.run("DROP DATABASE bare WITH (FORCE)")


@pytest.mark.parametrize("revision", _all())
def test_data_of_every_revision_comes_through(bare: Database, revision: str) -> None:
    engine = make_engine(bare.url, pooled=False)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        tables = MetaData()
        tables.reflect(connection)
        for name, values in ROWS:
            connection.execute(insert(tables.tables[name]), values)
    upgrade(bare)
    assert pending(bare) == ()
    with engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        for name, values in ROWS:
            row = connection.execute(select(tables.tables[name])).mappings().one()
            assert {key: row[key] for key in values if key not in {"created_at", "opened_at", "due_at"}} == {
                key: value for key, value in values.items() if key not in {"created_at", "opened_at", "due_at"}
            }
    engine.dispose()
    bare.dispose()
