"""A source on disk, read back in the order of its postcodes whatever order it came in."""

import tempfile
from datetime import date

import pytest
from directory_sources import postcodes
from hypothesis import given
from hypothesis import strategies as st

from app.services.directory import spool
from app.services.directory.rows import Row
from app.services.directory.spool import CheckedSource, SortedRows

rows = st.lists(
    st.tuples(
        postcodes(),
        st.none() | st.floats(50, 61),
        st.none() | st.floats(-8, 2),
        st.none() | st.dates(date(1980, 1, 1)),
        st.booleans(),
    ),
    unique_by=lambda row: row[0],
    max_size=60,
)


@given(rows, st.integers(1, 9), st.integers(1, 20), st.integers(1, 5))
def test_what_was_kept_comes_back_sorted_as_often_as_asked(wanted: list[Row], batch: int, run: int, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryFile() as file:
        patch.setattr(spool, "RUN", run)
        patch.setattr(spool, "CHUNK", chunk)
        kept = SortedRows(file)
        for start in range(0, len(wanted), batch):
            kept.keep(wanted[start : start + batch])
        kept.settle()
        source = CheckedSource(None, "", (), len(wanted), 0, kept)  # type: ignore[arg-type]
        assert list(source.rows()) == sorted(wanted, key=lambda row: row[0])
        first, second = source.rows(), source.rows()
        assert [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]] == []


def test_what_comes_in_order_is_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "RUN", 2)
    with tempfile.TemporaryFile() as file:
        kept = SortedRows(file)
        for number in range(10, 20):
            kept.keep([(f"LS{number} 1AA", None, None, None, False)])
        kept.settle()
        assert len(kept._runs) == 1
        kept.keep([("AB1 1AA", None, None, None, False)])
        kept.settle()
        assert len(kept._runs) == 2
        assert [row[0] for row in kept] == ["AB1 1AA", *(f"LS{number} 1AA" for number in range(10, 20))]
