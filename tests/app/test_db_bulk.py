# ruff: noqa: PT012  a unit of work is a block, and the block is what must fail
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, func, select

from app.db.bulk import copy_rows
from app.db.engine import make_engine
from app.models.base import Moment

AT = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)
ROWS = Table(
    "bulk rows",  # to be quoted
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("order", String(20)),
    Column("at", Moment),
    Column("facts", JSON),
    Column("state", String(5), server_default="new"),
)
COLUMNS = ("id", "order", "at", "facts")


@pytest.fixture
def table(database):
    engine = make_engine(database.url, pooled=False)
    with engine.begin() as connection:
        ROWS.create(connection)
    yield ROWS
    with engine.begin() as connection:
        ROWS.drop(connection)
    engine.dispose()


def test_rows_come_back_as_they_went(database, table):
    rows = [(1, "tab\tand \\ and \n", AT, {"a": [1, None, "ü"]}), (2, None, None, None), (3, "\\N", AT, [])]
    with database.unit_of_work() as work:
        assert copy_rows(work, table, COLUMNS, rows) == 3
        work.commit()
    with database.reading() as look:
        found = look.session.execute(select(table).order_by(table.c.id)).all()
    assert [tuple(row[:4]) for row in found] == rows
    assert {row.state for row in found} == {"new"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)))
def test_any_text_comes_back_as_it_went(database, table, texts):
    with database.unit_of_work() as work:
        copy_rows(work, table, ("id", "order"), enumerate(texts))
        found = work.session.scalars(select(table.c.order).order_by(table.c.id)).all()
    assert list(found) == texts


def test_without_commit_there_are_no_rows(database, table):
    with database.unit_of_work() as work:
        copy_rows(work, table, COLUMNS, [(1, "x", AT, None)])
    with database.reading() as look:
        assert look.session.scalar(select(func.count()).select_from(table)) == 0


def test_no_rows_are_no_fault(database, table):
    with database.unit_of_work() as work:
        assert copy_rows(work, table, COLUMNS, []) == 0


@pytest.mark.parametrize("row", [(2, "x"), (2, "x", AT, None, "more")])
def test_a_row_of_another_length_is_refused_by_its_number(database, table, row):
    with pytest.raises(ValueError, match="row 2"), database.unit_of_work() as work:
        copy_rows(work, table, COLUMNS, [(1, "x", AT, None), row])
        work.commit()
    with database.reading() as look:
        assert look.session.scalar(select(func.count()).select_from(table)) == 0


def test_a_source_that_breaks_leaves_nothing(database, table):
    def rows():
        yield (1, "x", AT, None)
        raise RuntimeError("the file ends here")

    with pytest.raises(RuntimeError, match="ends here"), database.unit_of_work() as work:
        copy_rows(work, table, COLUMNS, rows())
        work.commit()
    with database.reading() as look:
        assert look.session.scalar(select(func.count()).select_from(table)) == 0


def test_memory_does_not_grow_with_the_rows(database, table):
    rows = ((number, "x" * 20, AT + timedelta(seconds=number), None) for number in range(30_000))
    with database.unit_of_work() as work:
        tracemalloc.start()
        copy_rows(work, table, COLUMNS, rows)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 3_000_000
